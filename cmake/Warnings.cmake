# The warnings that every target of ours is built with.
add_library(kc_warnings INTERFACE)
target_compile_options(
  kc_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
                        $<$<BOOL:${KC_WERROR}>:-Werror>)
