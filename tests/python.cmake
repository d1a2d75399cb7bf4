# A test in Python, of modules below tests/, perhaps against a real server: tests/servers/suite.py.
function(dynamutex_python_test name)
  set(timeout_s 600)
  if(DYNAMUTEX_SANITIZE)
    set(timeout_s 1800)
  endif()
  add_test(NAME ${name} COMMAND ${DYNAMUTEX_PYTHON} -B -W error::ResourceWarning -m servers.suite ${ARGN}
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/tests)
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT ${timeout_s})
endfunction()
