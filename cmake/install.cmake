# What `cmake --install` installs of the layers: headers, one library and one pkg-config file each, the CMake package. As install
# components: dynamutex_dev for those who build programs, dynamutex_runtime for shared libraries.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/dynamutex)
file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" prefix_from_pc ${prefix_from_pc})

install(DIRECTORY include/dynamutex DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dynamutex_dev FILES_MATCHING PATTERN "*.hpp")

get_property(layers GLOBAL PROPERTY dynamutex_layers)
set(DYNAMUTEX_LAYER_NEEDS "")
foreach(layer IN LISTS layers)
  # An export of its own, so that a layer that is not asked for asks for nothing.
  install(TARGETS dynamutex_${layer} EXPORT dynamutex_${layer}
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dynamutex_dev
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dynamutex_runtime NAMELINK_COMPONENT dynamutex_dev)
  install(EXPORT dynamutex_${layer} NAMESPACE dynamutex:: FILE dynamutex-${layer}.cmake DESTINATION ${package_folder}
          COMPONENT dynamutex_dev)

  get_property(needed_layers GLOBAL PROPERTY dynamutex_${layer}_layers)
  get_property(find GLOBAL PROPERTY dynamutex_${layer}_find)
  string(APPEND DYNAMUTEX_LAYER_NEEDS "set(_dynamutex_${layer}_layers ${needed_layers})\n")
  if(NOT BUILD_SHARED_LIBS)
    string(APPEND DYNAMUTEX_LAYER_NEEDS "set(_dynamutex_${layer}_find ${find})\n")
  endif()

  # What a static library leaves open has to be linked by its user; a shared one brings it.
  get_property(modules GLOBAL PROPERTY dynamutex_${layer}_pkg_config)
  list(JOIN modules ", " modules)
  set(pc_requires "")
  foreach(needed IN LISTS needed_layers)
    list(APPEND pc_requires "dynamutex-${needed} = ${PROJECT_VERSION}")
  endforeach()
  set(pc_requires_private "")
  if(BUILD_SHARED_LIBS)
    set(pc_requires_private "${modules}")
  elseif(modules)
    list(APPEND pc_requires "${modules}")
  endif()
  list(JOIN pc_requires ", " pc_requires)
  set(pc_layer ${layer})
  configure_file(cmake/dynamutex.pc.in ${PROJECT_BINARY_DIR}/dynamutex-${layer}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/dynamutex-${layer}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dynamutex_dev)
endforeach()

set(DYNAMUTEX_INSTALLED_LAYERS ${layers})
configure_package_config_file(cmake/dynamutex-config.cmake.in ${PROJECT_BINARY_DIR}/dynamutex-config.cmake
                              INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Before 1.0 a new minor version may break callers.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dynamutex-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dynamutex-config.cmake ${PROJECT_BINARY_DIR}/dynamutex-config-version.cmake
        DESTINATION ${package_folder} COMPONENT dynamutex_dev)
