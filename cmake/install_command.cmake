# What `cmake --install` installs of the command: itself, its manual page and its completions.
if(BUILD_SHARED_LIBS)
  file(RELATIVE_PATH libraries_from_bin /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
  set_target_properties(dynamutex_command PROPERTIES INSTALL_RPATH $ORIGIN/${libraries_from_bin})
endif()
install(TARGETS dynamutex_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT dynamutex_command)
install(FILES docs/dynamutex.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT dynamutex_command)
install(FILES completions/dynamutex.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME dynamutex
        COMPONENT dynamutex_command)
install(FILES completions/_dynamutex DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT dynamutex_command)
