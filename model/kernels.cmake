# Kernels of the models, compiled once per instruction set and chosen at start-up (core/base/simd/isa.hpp).
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(kernel_options_scalar -fno-tree-vectorize -fno-tree-slp-vectorize)
  set(kernel_options_sse2 -msse2)
  set(kernel_options_avx2 -mavx2 -mfma)
  set(kernel_options_avx512 -mavx512f -mavx512dq -mavx512bw -mavx512cd -mavx512vl -mfma -mprefer-vector-width=512
      -Wno-uninitialized -Wno-maybe-uninitialized)  # false alarms of GCC 12 in avx512fintrin.h
  foreach(isa scalar sse2 avx2 avx512)
    set(sources ${CMAKE_SOURCE_DIR}/model/daily/daily_${isa}_kernel.cpp
                ${CMAKE_SOURCE_DIR}/model/hourly/hourly_${isa}_kernel.cpp)
    if(NOT isa STREQUAL "scalar")  # derivatives fill at least a pack of two
      list(APPEND sources ${CMAKE_SOURCE_DIR}/model/daily/daily_dual_${isa}_kernel.cpp
                          ${CMAKE_SOURCE_DIR}/model/hourly/hourly_dual_${isa}_kernel.cpp)
    endif()
    add_library(tilth_kernel_${isa} OBJECT ${sources})
    target_include_directories(tilth_kernel_${isa} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
    target_link_libraries(tilth_kernel_${isa} PRIVATE tilth_settings xsimd)
    # Optimised in every build: the functions are forced inline and would be unusable without.
    target_compile_options(tilth_kernel_${isa} PRIVATE ${kernel_options_${isa}} -O3)
    target_sources(tilth_model PRIVATE $<TARGET_OBJECTS:tilth_kernel_${isa}>)
  endforeach()
else()
  message(FATAL_ERROR "model/kernels.cmake: no kernels for ${CMAKE_SYSTEM_PROCESSOR}; add its instruction sets here")
endif()
