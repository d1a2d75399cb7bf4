# Every option of the build, in one place.
option(DYNAMUTEX_BUILD_COMMAND "Build the command dynamutex" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(DYNAMUTEX_BUILD_BENCH "Build the benchmarks" OFF)
option(DYNAMUTEX_BUILD_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(DYNAMUTEX_STATIC_RUNTIME "Link the C++ runtime into the command: it starts sooner and takes 1.5 MB less" ON)
option(DYNAMUTEX_DEVELOPER "Warnings are errors" ${PROJECT_IS_TOP_LEVEL})
set(DYNAMUTEX_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined")
set(DYNAMUTEX_VECTORS "${PROJECT_SOURCE_DIR}/../shared/vectors" CACHE PATH
    "Folder of AWS's test vectors; tests that need it are skipped without it")

# Where credentials may come from, besides the program itself and the environment.
option(DYNAMUTEX_CREDENTIALS_PROFILE "Credentials from the shared files ~/.aws/config and ~/.aws/credentials" ON)
option(DYNAMUTEX_CREDENTIALS_PROCESS "Credentials from a profile's credential_process" ON)
option(DYNAMUTEX_CREDENTIALS_STS "Credentials of an assumed role" ON)
option(DYNAMUTEX_CREDENTIALS_WEB_IDENTITY "Credentials for a web identity token (EKS, OIDC)" ON)
option(DYNAMUTEX_CREDENTIALS_CONTAINER "Credentials of a container (ECS, EKS)" ON)
option(DYNAMUTEX_CREDENTIALS_IMDS "Credentials of an EC2 instance's role" ON)
option(DYNAMUTEX_CREDENTIALS_IOT "Credentials for a device's certificate (AWS IoT)" ON)

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
