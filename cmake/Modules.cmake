# vdn_module(NAME DEPENDS other...): a static library of src/NAME, its headers in include/vdn/NAME.
add_library(vdn_options INTERFACE)
target_compile_options(vdn_options INTERFACE -Wall -Wextra -Wconversion $<$<BOOL:${VDN_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(vdn_options INTERFACE -Wno-restrict) # false alarms on "text" + std::string (GCC bug 105651)
endif()
if(VDN_SANITIZE)
  target_compile_options(vdn_options INTERFACE -Wno-maybe-uninitialized) # false alarms in std::regex under sanitizers
  target_compile_options(vdn_options INTERFACE -fsanitize=${VDN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(vdn_options INTERFACE -fsanitize=${VDN_SANITIZE})
endif()

set(VDN_MODULE_TARGETS "" CACHE INTERNAL "")
function(vdn_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  add_library(vdn_${name} STATIC ${sources})
  target_include_directories(vdn_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
    PRIVATE "${PROJECT_SOURCE_DIR}/src")
  foreach(dependency IN LISTS arg_DEPENDS)
    target_link_libraries(vdn_${name} PUBLIC vdn_${dependency})
  endforeach()
  target_link_libraries(vdn_${name} PRIVATE $<BUILD_INTERFACE:vdn_options>)
  list(APPEND VDN_MODULE_TARGETS vdn_${name})
  set(VDN_MODULE_TARGETS ${VDN_MODULE_TARGETS} CACHE INTERNAL "")
  include("${PROJECT_SOURCE_DIR}/src/${name}/libraries.cmake" OPTIONAL)
endfunction()
