# A test in Python, of modules below tests/, perhaps against a real server: tests/servers/suite.py.
function(dynamutex_python_test name)
  add_test(NAME ${name} COMMAND ${DYNAMUTEX_PYTHON} -B -W error::ResourceWarning -m servers.suite ${ARGN}
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/tests)
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
endfunction()
