target_link_libraries(vdn_model PRIVATE vdn_blas)
if(VDN_BLAS STREQUAL "openblas-serial")
  # linear_path.cpp calls OpenBLAS in double by itself: take the scratch memory (kernels/cpu/blas_scratch.cpp) along.
  target_link_options(vdn_model INTERFACE -Wl,-u,__wrap_blas_memory_alloc)
endif()
