# Every option of the build, in one place.

# Tests look inside the layers, and a shared library hides what is inside.
set(default_for_tests ${PROJECT_IS_TOP_LEVEL})
if(BUILD_SHARED_LIBS)
  set(default_for_tests OFF)
endif()

option(BUILD_SHARED_LIBS "Build the layers as shared libraries" OFF)
option(DYNAMUTEX_BUILD_COMMAND "Build the command dynamutex" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_BUILD_TESTS "Build the tests" ${default_for_tests})
option(DYNAMUTEX_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_BUILD_BENCH "Build the benchmarks" OFF)
option(DYNAMUTEX_BUILD_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(DYNAMUTEX_STATIC_RUNTIME "Link the C++ runtime into the command: it starts sooner and takes 1.5 MB less" ON)
option(DYNAMUTEX_INSTALL "Make what `cmake --install` installs" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_DEVELOPER "Warnings are errors" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_LTO "Optimise across files at link time" OFF)
option(DYNAMUTEX_STATIC "Link programs statically, against a minimal libcurl built from DYNAMUTEX_CURL_SOURCE" OFF)
set(DYNAMUTEX_CURL_SOURCE "" CACHE STRING "libcurl's sources for DYNAMUTEX_STATIC: a folder, a tarball or its URL")
set(DYNAMUTEX_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined")

# Fewer layers need fewer libraries: "sigv4" alone needs OpenSSL's libcrypto.
set(DYNAMUTEX_LAYERS "sigv4;http;credentials;dynamo;lock" CACHE STRING
    "The layers to build, in this order; each needs those before it, but http, which needs none")

# Where credentials may come from, besides the program itself and the environment.
option(DYNAMUTEX_CREDENTIALS_PROFILE "Credentials from the shared files ~/.aws/config and ~/.aws/credentials" ON)
option(DYNAMUTEX_CREDENTIALS_PROCESS "Credentials from a profile's credential_process" ON)
option(DYNAMUTEX_CREDENTIALS_STS "Credentials of an assumed role, a profile's web identity too" ON)
option(DYNAMUTEX_CREDENTIALS_WEB_IDENTITY "Credentials for a web identity token (EKS, OIDC)" ON)
option(DYNAMUTEX_CREDENTIALS_CONTAINER "Credentials of a container (ECS, EKS)" ON)
option(DYNAMUTEX_CREDENTIALS_IMDS "Credentials of an EC2 instance's role" ON)
option(DYNAMUTEX_CREDENTIALS_IOT "Credentials for a device's certificate (AWS IoT)" ON)

# For the tests.
set(DYNAMUTEX_VECTORS "${PROJECT_SOURCE_DIR}/../shared/vectors" CACHE PATH
    "Folder of AWS's test vectors; tests that need it are skipped without it")
# Debian's interpreter is named in full: python3-botocore belongs to it, and not to another python3 that may come first on the PATH.
set(DYNAMUTEX_PYTHON "/usr/bin/python3" CACHE FILEPATH "A Python 3.11 or newer that has botocore")
set(DYNAMUTEX_COMMAND_KB_MAX "" CACHE STRING "Budget of the whole static command, stripped, in KB of 1,000 bytes; empty for none")
set(DYNAMUTEX_DIFFERENTIAL_CASES 20000 CACHE STRING "Random requests that the signer and botocore both sign")
set(DYNAMUTEX_SIMULATION_SCHEDULES 3000 CACHE STRING "How many schedules the tests of the lock protocol run in each mode")

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

if(DYNAMUTEX_BUILD_TESTS AND BUILD_SHARED_LIBS)
  message(FATAL_ERROR "the tests look inside the layers, which shared libraries hide: set DYNAMUTEX_BUILD_TESTS or BUILD_SHARED_LIBS to OFF")
endif()
if(NOT "lock" IN_LIST DYNAMUTEX_LAYERS AND (DYNAMUTEX_BUILD_COMMAND OR DYNAMUTEX_BUILD_TESTS OR DYNAMUTEX_BUILD_EXAMPLES))
  message(FATAL_ERROR "DYNAMUTEX_LAYERS is \"${DYNAMUTEX_LAYERS}\": the command, the tests and the examples need all layers; "
                      "set DYNAMUTEX_BUILD_COMMAND, DYNAMUTEX_BUILD_TESTS and DYNAMUTEX_BUILD_EXAMPLES to OFF")
endif()
