target_link_libraries(vdn_io PRIVATE nlohmann_json::nlohmann_json)
