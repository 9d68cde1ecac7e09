#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "main/commands.h"
#include "main/reference.h"

namespace kc::main {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int run_reference(const ReferenceOptions& options, const Command& program) {
  const std::filesystem::path folder = options.folder;
  const auto pages = reference_pages(program);
  int status = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (pages.contains(entry.path().filename())) continue;
    std::fprintf(stderr, "%s is no page of the reference: remove it\n", entry.path().c_str());
    status = 1;
  }
  for (const auto& [name, text] : pages) {
    const std::filesystem::path path = folder / name;
    if (content(path) == text) continue;
    if (options.check) {
      std::fprintf(stderr, "%s is stale: run `make docs`\n", path.c_str());
      status = 1;
      continue;
    }
    std::ofstream file(path, std::ios::binary);
    file << text << std::flush;
    if (!file) {
      throw base::Error(base::Reaction::fix_config, "{} cannot be written", path.string());
    }
    std::printf("%s\n", path.c_str());
  }
  return status;
}

}  // namespace kc::main
