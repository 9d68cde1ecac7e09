// Runs a fuzz target without a fuzzer: every file of a corpus, then inputs made from them by random
// changes.
//
//   x_fuzz [CORPUS_FOLDER [MUTATIONS | SECONDSs [SEED]]]      as in: x_fuzz corpus 600s
//
// With clang, build the target with -fsanitize=fuzzer instead of this file for a guided search.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

std::vector<std::string> read_corpus(const char* folder) {
  std::vector<std::string> corpus;
  if (folder != nullptr && std::filesystem::is_directory(folder)) {
    const std::filesystem::directory_iterator entries(folder);
    std::vector<std::filesystem::path> files(begin(entries), end(entries));
    std::ranges::sort(files);  // a seed means the same inputs everywhere
    for (const auto& file : files) {
      std::ifstream in(file, std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }
  if (corpus.empty()) corpus.emplace_back(1, '\0');
  return corpus;
}

std::string mutate(std::string input, std::mt19937_64& random) {
  const auto below = [&](size_t limit) { return static_cast<size_t>(random() % (limit + 1)); };
  for (size_t changes = 1 + below(4); changes > 0; --changes) {
    const size_t at = below(input.size());
    switch (random() % 4) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(random());
        break;
      case 1:
        input.insert(at, 1 + below(8), static_cast<char>(random()));
        break;
      case 2:
        input.erase(at, 1 + below(8));
        break;
      default:
        input.insert(at, input.substr(below(input.size()), below(16)));
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> corpus = read_corpus(argc > 1 ? argv[1] : nullptr);
  const std::string amount = argc > 2 ? argv[2] : "20000";
  const unsigned long limit = std::strtoul(amount.c_str(), nullptr, 10);
  const bool timed = amount.ends_with('s');
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : std::random_device{}();
  std::printf("%zu inputs, %s mutations, seed %llu\n", corpus.size(), amount.c_str(),
              static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  for (const std::string& input : corpus) run(input);
  std::mt19937_64 random(seed);
  const auto begin = std::chrono::steady_clock::now();
  unsigned long done = 0;
  const auto more = [&] {
    if (!timed) return done < limit;
    return std::chrono::steady_clock::now() - begin < std::chrono::seconds(limit);
  };
  for (; more(); ++done) run(mutate(corpus[random() % corpus.size()], random));
  std::printf("%lu mutations, nothing found\n", done);
  return 0;
}
