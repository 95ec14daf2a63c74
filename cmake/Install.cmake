# cmake --install BUILD --prefix P; then, elsewhere, find_package(vdn) and target_link_libraries(app vdn::vdn).
# examples/embed is such a project; the test `install.embed` installs, builds and runs it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(VDN_PACKAGE_FOLDER "${CMAKE_INSTALL_LIBDIR}/cmake/vdn")

# Where OpenBLAS lies is a matter of the machine that links, not of this one: vdnConfig.cmake looks for it.
if(VDN_BLAS STREQUAL "openblas-serial")
  get_filename_component(VDN_OPENBLAS_SERIAL_FOLDER "${VDN_OPENBLAS_SERIAL}" DIRECTORY)
  get_target_property(blas_libraries vdn_blas INTERFACE_LINK_LIBRARIES)
  list(TRANSFORM blas_libraries REPLACE "^.*/libopenblas[.]a$"
    "$<BUILD_INTERFACE:${VDN_OPENBLAS_SERIAL}>$<INSTALL_INTERFACE:vdn::openblas_serial>")
  set_target_properties(vdn_blas PROPERTIES INTERFACE_LINK_LIBRARIES "${blas_libraries}")
endif()
target_compile_features(vdn INTERFACE cxx_std_20)
if(NOT PROJECT_IS_TOP_LEVEL) # a project that takes vdn in as a folder installs what it wants itself
  return()
endif()

install(TARGETS vdn ${VDN_MODULE_TARGETS} vdn_blas EXPORT vdnTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/vdn" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/data/flights.csv" DESTINATION "${CMAKE_INSTALL_DATADIR}/vdn")
if(TARGET vdn_cli)
  install(TARGETS vdn_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

install(EXPORT vdnTargets NAMESPACE vdn:: DESTINATION "${VDN_PACKAGE_FOLDER}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/vdnConfig.cmake.in" "${PROJECT_BINARY_DIR}/vdnConfig.cmake"
  INSTALL_DESTINATION "${VDN_PACKAGE_FOLDER}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/vdnConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/vdnConfig.cmake" "${PROJECT_BINARY_DIR}/vdnConfigVersion.cmake"
  DESTINATION "${VDN_PACKAGE_FOLDER}")

if(VDN_TESTS AND NOT VDN_SANITIZE) # a program without sanitizers cannot link libraries with them
  add_test(NAME install.embed COMMAND "${CMAKE_COMMAND}"
    "-DBUILD=${PROJECT_BINARY_DIR}" "-DEXAMPLES=${PROJECT_SOURCE_DIR}/examples"
    "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DGENERATOR=${CMAKE_GENERATOR}" "-DCONFIG=$<CONFIG>"
    -P "${PROJECT_SOURCE_DIR}/examples/embed/check.cmake")
  set_tests_properties(install.embed PROPERTIES LABELS long TIMEOUT 900)
endif()
