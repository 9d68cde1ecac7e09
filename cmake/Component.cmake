# component(<name> [DEPS <component>...] [LIBS <target>...] [INCLUDE_ROOT <folder>] [TEST_SHARDS <number>])
#
# One folder = one static library kc_<name> = one namespace kc::<name>. It is made of the folder's *.cc (and those of
# its sub-folders), without main.cc; *_test.cc become the program <name>_test with the CTest label `unit`, and each
# x_fuzz.cc a program that replays its corpus, each x_bench.cc a program that measures.
# DEPS are the only other folders that the component's files may include: tests/layers checks every #include.
# Include paths are relative to src/ (to the repository's root for `server`).
function(component name)
  cmake_parse_arguments(ARG "" "INCLUDE_ROOT;TEST_SHARDS" "DEPS;LIBS;TEST_DEPS;TEST_LIBS" ${ARGN})
  if(NOT ARG_INCLUDE_ROOT)
    set(ARG_INCLUDE_ROOT ${CMAKE_SOURCE_DIR}/src)
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
  set(tests ${sources})
  set(fuzz_targets ${sources})
  list(FILTER fuzz_targets INCLUDE REGEX "_fuzz\\.cc$")
  set(benches ${sources})
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "(_(test|fuzz|bench)|/main)\\.cc$")
  list(TRANSFORM ARG_DEPS PREPEND kc_)
  list(TRANSFORM ARG_TEST_DEPS PREPEND kc_)

  add_library(kc_${name} STATIC ${sources})
  target_include_directories(kc_${name} PUBLIC ${ARG_INCLUDE_ROOT})
  target_link_libraries(kc_${name} PUBLIC ${ARG_DEPS} ${ARG_LIBS} kc_sanitizers PRIVATE kc_warnings)
  kc_precompile(kc_${name})

  if(KC_TESTS AND tests)
    kc_test(${name}_test LABEL unit SHARDS ${ARG_TEST_SHARDS} SOURCES ${tests}
            LIBS kc_${name} ${ARG_TEST_DEPS} ${ARG_TEST_LIBS})
  endif()
  if(KC_BENCH)
    foreach(bench IN LISTS benches)
      get_filename_component(bench_name ${bench} NAME_WE)
      add_executable(${bench_name} ${bench})
      target_link_libraries(${bench_name} PRIVATE kc_${name} kc_warnings benchmark::benchmark_main)
    endforeach()
  endif()
  if(KC_TESTS)
    foreach(target IN LISTS fuzz_targets)
      kc_fuzz(${target} kc_${name})
    endforeach()
  endif()
endfunction()

# kc_precompile(<target>): the headers that nearly every source includes are parsed once, with KC_PRECOMPILE, by the lowest
# component. Sources still include what they use: builds without it tell.
function(kc_precompile target)
  if(NOT KC_PRECOMPILE)
    return()
  endif()
  if(target STREQUAL kc_base)
    target_precompile_headers(kc_base PRIVATE <algorithm> <chrono> <functional> <map> <memory> <optional> <span> <string>
                              <string_view> <thread> <utility> <vector> <fmt/core.h> <fmt/format.h>)
  else()
    target_precompile_headers(${target} REUSE_FROM kc_base)
  endif()
endfunction()

# kc_fuzz(<file> <library>): a fuzz target that replays fuzz/corpus/<its name> with random changes, as a unit test;
# with KC_LIBFUZZER one that libFuzzer guides by coverage (scripts/fuzz.sh runs it).
function(kc_fuzz file library)
  get_filename_component(name ${file} NAME_WE)
  if(KC_LIBFUZZER)
    add_executable(${name} ${file})
    target_link_libraries(${name} PRIVATE ${library} kc_warnings -fsanitize=fuzzer)
    return()
  endif()
  add_executable(${name} ${file} ${CMAKE_SOURCE_DIR}/fuzz/replay.cc)
  target_link_libraries(${name} PRIVATE ${library} kc_warnings)
  add_test(NAME unit.${name} COMMAND ${name} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# kc_test(<name> LABEL <label> SOURCES <file>... LIBS <target>... [TIMEOUT <seconds>] [SHARDS <number>]): a GoogleTest
# program. One whose tests mostly wait runs in SHARDS parts, which ctest starts side by side.
function(kc_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT;SHARDS" "SOURCES;LIBS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} kc_warnings GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE KC_VECTORS_DIR="${CMAKE_SOURCE_DIR}/tests/compat/vectors")
  if(NOT ARG_SHARDS)
    set(ARG_SHARDS 1)
  endif()
  foreach(shard RANGE 1 ${ARG_SHARDS})
    set(test ${ARG_LABEL}.${name})
    if(ARG_SHARDS GREATER 1)
      string(APPEND test .${shard})
    endif()
    math(EXPR index "${shard} - 1")
    add_test(NAME ${test} COMMAND ${name} --gtest_brief=1)
    set_tests_properties(${test} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
                         ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()
