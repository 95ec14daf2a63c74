target_link_libraries(vdn_diagnostics PRIVATE ZLIB::ZLIB)
