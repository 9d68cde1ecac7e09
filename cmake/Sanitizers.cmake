# Sanitizers by option, so that a preset is all it takes: -D KC_SANITIZE=address,undefined
add_library(kc_sanitizers INTERFACE)
if(KC_SANITIZE)
  target_compile_options(kc_sanitizers INTERFACE -fsanitize=${KC_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(kc_sanitizers INTERFACE -fsanitize=${KC_SANITIZE})
  # GCC 12 reports false "maybe uninitialized" findings under sanitizers.
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(kc_sanitizers INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
