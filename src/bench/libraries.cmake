target_link_libraries(vdn_bench PRIVATE vdn_blas) # the products a step is measured against
