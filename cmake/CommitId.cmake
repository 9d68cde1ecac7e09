# Writes the C++ source OUTPUT with the commit that SOURCE_DIR is at, unless it says so already:
#   cmake -D SOURCE_DIR=... -D OUTPUT=... -P CommitId.cmake
# "unknown" where git, or a repository of this project, is not there.
set(commit unknown)
file(REAL_PATH ${SOURCE_DIR} root)
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} rev-parse --show-toplevel --short=16 HEAD OUTPUT_VARIABLE answer
                  ERROR_QUIET RESULT_VARIABLE failed)
  # Unpacked below some other repository, the commit would be that one's.
  if(NOT failed AND answer MATCHES "^(.*)\n([0-9a-f]+)\n$" AND CMAKE_MATCH_1 STREQUAL root)
    set(commit ${CMAKE_MATCH_2})
  endif()
endif()
set(text "#include \"main/commit_id.h\"

namespace kc::main {

std::string_view commit_id() { return \"${commit}\"; }

}  // namespace kc::main
")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT before STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
