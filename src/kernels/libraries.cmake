target_link_libraries(vdn_kernels PRIVATE hwy::hwy vdn_blas)
target_include_directories(vdn_kernels SYSTEM PRIVATE ${VDN_RANDOM123_INCLUDE})
# Three code paths are enough: the baseline (in Highway 1.0.3 one lane at a time), AVX2 and AVX-512. Fewer targets,
# shorter builds.
target_compile_definitions(vdn_kernels PRIVATE
  "HWY_DISABLED_TARGETS=(HWY_SSSE3|HWY_SSE4|HWY_AVX3_DL)")
