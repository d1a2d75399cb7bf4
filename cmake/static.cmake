# DYNAMUTEX_STATIC: programs that are linked statically through and through, against a libcurl that can do HTTP, TLS and c-ares and
# nothing else. With glibc, only c-ares resolves names without loading libraries at run time.

if(BUILD_SHARED_LIBS)
  message(FATAL_ERROR "DYNAMUTEX_STATIC and BUILD_SHARED_LIBS exclude each other")
endif()
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(OPENSSL_USE_STATIC_LIBS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

# What nobody calls is left out at link time, and nobody unwinds through it. Code and constants share a segment: each segment of its own
# is filled up to the next page.
# Nor does the name of a source, in what an assertion would say, tell where it was built.
add_compile_options(-ffunction-sections -fdata-sections ${dynamutex_small} -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
add_link_options(-static -Wl,--gc-sections -Wl,-z,noseparate-code)
if(DYNAMUTEX_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_link_options(-flto-partition=one)  # In parts it would be linked sooner, and be 4 KB larger.
endif()

if(NOT DYNAMUTEX_CURL_SOURCE AND NOT FETCHCONTENT_SOURCE_DIR_CURL)
  message(FATAL_ERROR "a static program needs a minimal libcurl: set DYNAMUTEX_CURL_SOURCE to libcurl's sources, "
                      "a folder, a tarball or its URL; on Debian, scripts/fetch-sources gets them")
endif()

# A function, so that libcurl's settings stay its own.
function(dynamutex_add_curl)
  include(FetchContent)
  get_filename_component(source "${DYNAMUTEX_CURL_SOURCE}" ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
  if(IS_DIRECTORY ${source})
    FetchContent_Declare(curl SOURCE_DIR ${source})
  elseif(EXISTS ${source})
    FetchContent_Declare(curl URL ${source})
  elseif(DYNAMUTEX_CURL_SOURCE MATCHES "://")
    FetchContent_Declare(curl URL ${DYNAMUTEX_CURL_SOURCE})
  elseif(FETCHCONTENT_SOURCE_DIR_CURL)
    FetchContent_Declare(curl)
  else()
    message(FATAL_ERROR "there are no sources of libcurl at ${source} (DYNAMUTEX_CURL_SOURCE); "
                        "on Debian, scripts/fetch-sources gets them")
  endif()

  set(BUILD_CURL_EXE OFF)
  set(BUILD_TESTING OFF)
  set(BUILD_SHARED_LIBS OFF)
  set(CURL_DISABLE_INSTALL ON)
  set(CURL_ENABLE_EXPORT_TARGET OFF)
  set(PICKY_COMPILER OFF)
  set(ENABLE_MANUAL OFF)
  set(HTTP_ONLY ON)
  set(ENABLE_ARES ON)
  set(CURL_USE_OPENSSL ON)
  set(CURL_DISABLE_OPENSSL_AUTO_LOAD_CONFIG ON)
  # Where Debian, Alpine and others keep the certificates that they trust; AWS_CA_BUNDLE names another file.
  set(CURL_CA_BUNDLE /etc/ssl/certs/ca-certificates.crt)
  set(CURL_CA_PATH none)
  foreach(extra IN ITEMS CURL_BROTLI CURL_ZSTD USE_NGHTTP2 USE_LIBIDN2 CURL_USE_LIBSSH2 CURL_USE_LIBSSH CURL_USE_LIBPSL
                         CURL_USE_GSSAPI ENABLE_UNIX_SOCKETS)
    set(${extra} OFF)
  endforeach()
  set(CURL_ZLIB OFF CACHE STRING "Build curl with ZLIB support (AUTO, ON or OFF)")  # It overwrites a variable that is not cached.
  foreach(unused IN ITEMS ALTSVC COOKIES CRYPTO_AUTH DOH GETOPTIONS HSTS LIBCURL_OPTION MIME NETRC NTLM PARSEDATE PROGRESS_METER
                          SHUFFLE_DNS SOCKETPAIR)
    set(CURL_DISABLE_${unused} ON)
  endforeach()
  set(CMAKE_POLICY_DEFAULT_CMP0069 NEW)
  FetchContent_GetProperties(curl)
  FetchContent_Populate(curl)
  add_subdirectory(${curl_SOURCE_DIR} ${curl_BINARY_DIR} EXCLUDE_FROM_ALL SYSTEM)
endfunction()
dynamutex_add_curl()

# An object, as a library would be searched after the one that it stands in for.
add_library(dynamutex_static_only OBJECT src/static/without.cpp)
dynamutex_compile_options(dynamutex_static_only)
target_compile_options(dynamutex_static_only PRIVATE -fno-lto)
function(dynamutex_link_statically target)
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:dynamutex_static_only>)
endfunction()
