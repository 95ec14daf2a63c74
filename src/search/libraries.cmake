target_link_libraries(vdn_search PRIVATE nlohmann_json::nlohmann_json tomlplusplus::tomlplusplus SQLite::SQLite3)
target_include_directories(vdn_search SYSTEM PRIVATE ${VDN_BOOST_INCLUDE})
