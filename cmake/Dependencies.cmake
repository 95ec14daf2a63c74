# Third-party libraries. Why each one: docs/dependencies.md. Debian names: tools/packages.txt.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(CURL 7.87 REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(hwy REQUIRED)
find_package(SQLite3 REQUIRED)
find_path(VDN_BOOST_INCLUDE boost/random/sobol.hpp REQUIRED)
find_path(VDN_RANDOM123_INCLUDE Random123/philox.h REQUIRED)
find_path(VDN_KISSFFT_INCLUDE kissfft.hh PATH_SUFFIXES kissfft REQUIRED)
find_path(VDN_FAST_FLOAT_INCLUDE fast_float/fast_float.h REQUIRED)

add_library(vdn_blas INTERFACE)
if(VDN_BLAS STREQUAL "openblas-serial")
  find_library(VDN_OPENBLAS_SERIAL libopenblas.a PATH_SUFFIXES openblas-serial REQUIRED
    PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} NO_DEFAULT_PATH)
  find_path(VDN_OPENBLAS_INCLUDE cblas.h REQUIRED
    PATHS /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-serial NO_DEFAULT_PATH)
  target_include_directories(vdn_blas SYSTEM INTERFACE $<BUILD_INTERFACE:${VDN_OPENBLAS_INCLUDE}>)
  # The serial build hands its scratch memory out without a lock: two threads would share one buffer and compute
  # garbage. src/kernels/cpu/blas_scratch.cpp gives every thread its own.
  target_link_libraries(vdn_blas INTERFACE ${VDN_OPENBLAS_SERIAL}
    -Wl,--wrap=blas_memory_alloc -Wl,--wrap=blas_memory_free
    -Wl,-u,__wrap_blas_memory_alloc) # -u: take the file along when only LAPACK is called
  target_compile_definitions(vdn_blas INTERFACE VDN_BLAS_SERIAL=1)
else()
  find_package(BLAS REQUIRED)
  find_package(LAPACK REQUIRED)
  find_path(VDN_CBLAS_INCLUDE cblas.h REQUIRED PATH_SUFFIXES ${CMAKE_LIBRARY_ARCHITECTURE})
  target_include_directories(vdn_blas SYSTEM INTERFACE $<BUILD_INTERFACE:${VDN_CBLAS_INCLUDE}>)
  target_link_libraries(vdn_blas INTERFACE LAPACK::LAPACK BLAS::BLAS)
endif()
