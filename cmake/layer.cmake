# For MinSizeRel: GCC 12's -Oz, where there is one, and nothing to unwind by, as nobody may throw through a layer.
include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-Oz DYNAMUTEX_HAS_OZ)
set(dynamutex_small $<$<CONFIG:MinSizeRel>:-fno-asynchronous-unwind-tables>)
if(DYNAMUTEX_HAS_OZ)
  list(APPEND dynamutex_small $<$<CONFIG:MinSizeRel>:-Oz>)
endif()

# Flags shared by every target of this project.
function(dynamutex_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wconversion -Wsign-conversion
                                           -Wold-style-cast -Wnon-virtual-dtor)
  if(DYNAMUTEX_DEVELOPER)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(DYNAMUTEX_SANITIZE)
    # The libraries have no RTTI, by which the check of virtual pointers would go.
    target_compile_options(${target} PRIVATE -fsanitize=${DYNAMUTEX_SANITIZE} -fno-sanitize-recover=all -fno-sanitize=vptr
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${DYNAMUTEX_SANITIZE})
  endif()
endfunction()

# dynamutex_layer(NAME SOURCES a.cpp … [LINK dynamutex::x …] [LINK_PRIVATE lib …] [FIND package version …] [PKG_CONFIG module …])
# A library layer, without exceptions and RTTI, known as dynamutex::NAME. FIND are the arguments of find_package for what
# LINK_PRIVATE names, PKG_CONFIG the same for pkg-config; whoever uses the installed layer needs both.
function(dynamutex_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LINK_PRIVATE;FIND;PKG_CONFIG" ${ARGN})
  set(target dynamutex_${name})
  foreach(needed IN LISTS ARG_LINK)
    if(NOT TARGET ${needed})
      message(FATAL_ERROR "the layer '${name}' needs ${needed}: DYNAMUTEX_LAYERS is \"${DYNAMUTEX_LAYERS}\"")
    endif()
  endforeach()
  # A parent project may bring the library itself, as cmake/static.cmake does.
  if(ARG_FIND AND NOT TARGET "${ARG_LINK_PRIVATE}")
    find_package(${ARG_FIND} REQUIRED)
  endif()
  # No generator expression: the property takes none.
  set(position_independent ON)
  if(DYNAMUTEX_STATIC)
    set(position_independent OFF)
  endif()
  add_library(${target} ${ARG_SOURCES})
  add_library(dynamutex::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ${position_independent}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    INSTALL_RPATH $ORIGIN)
  dynamutex_compile_options(${target})
  target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections ${dynamutex_small})
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${ARG_LINK} PRIVATE ${ARG_LINK_PRIVATE})

  list(TRANSFORM ARG_LINK REPLACE "^dynamutex::" "")
  set_property(GLOBAL APPEND PROPERTY dynamutex_layers ${name})
  set_property(GLOBAL PROPERTY dynamutex_${name}_layers ${ARG_LINK})
  set_property(GLOBAL PROPERTY dynamutex_${name}_find ${ARG_FIND})
  set_property(GLOBAL PROPERTY dynamutex_${name}_pkg_config ${ARG_PKG_CONFIG})
endfunction()

# For code that runs once in a while: small rather than fast. A command's start costs what is read of it.
function(dynamutex_optimise_for_size target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Os>)
endfunction()

# dynamutex_test(NAME SOURCES a_test.cpp … LINK dynamutex::x …): a doctest program, run by ctest.
function(dynamutex_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  set(target ${name}_test)
  add_executable(${target} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/main.cpp)
  dynamutex_compile_options(${target})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE ${ARG_LINK} doctest::doctest)
  target_compile_definitions(${target} PRIVATE DYNAMUTEX_VECTORS="${DYNAMUTEX_VECTORS}")
  add_test(NAME ${name} COMMAND ${target})
  set(timeout_s 300)
  if(DYNAMUTEX_SANITIZE)
    set(timeout_s 1200)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout_s})
endfunction()
