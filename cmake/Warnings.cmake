# The warnings that every target of ours is built with.
add_library(kc_warnings INTERFACE)
target_compile_options(
  kc_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
                        $<$<BOOL:${KC_WERROR}>:-Werror>)
# GCC 12 finds overlapping copies, and copies out of bounds, where strings are concatenated (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(kc_warnings INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
                                               -Wno-stringop-overread)
endif()
