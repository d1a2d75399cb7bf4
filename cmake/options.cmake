# Every option of the build, in one place.
option(DYNAMUTEX_BUILD_COMMAND "Build the command dynamutex" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_BUILD_BENCH "Build the benchmarks" OFF)
option(DYNAMUTEX_BUILD_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(DYNAMUTEX_DEVELOPER "Warnings are errors" ${PROJECT_IS_TOP_LEVEL})
set(DYNAMUTEX_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined")
set(DYNAMUTEX_VECTORS "${PROJECT_SOURCE_DIR}/../shared/vectors" CACHE PATH
    "Folder of AWS's test vectors; tests that need it are skipped without it")

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
