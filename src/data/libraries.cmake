target_link_libraries(vdn_data PRIVATE ZLIB::ZLIB OpenSSL::Crypto CURL::libcurl)
target_include_directories(vdn_data SYSTEM PRIVATE ${VDN_FAST_FLOAT_INCLUDE} ${VDN_KISSFFT_INCLUDE})
target_compile_definitions(vdn_data PRIVATE "VDN_SOURCE_DATA_DIR=\"${PROJECT_SOURCE_DIR}/data\"")
