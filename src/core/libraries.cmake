target_link_libraries(vdn_core PUBLIC fmt::fmt Threads::Threads PRIVATE tomlplusplus::tomlplusplus)
target_include_directories(vdn_core SYSTEM PRIVATE ${VDN_RANDOM123_INCLUDE})
target_compile_definitions(vdn_core PRIVATE "VDN_VERSION=\"${PROJECT_VERSION}\"")
