#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/atomic_file.h"
#include "base/error.h"
#include "main/commands.h"
#include "main/signals.h"
#include "main/stopped_connector.h"

namespace kc::main {
namespace {

using base::Error;
using base::Reaction;

// "-": standard input.
std::string read_all(const std::string& file) {
  if (file == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad()) throw Error(Reaction::fix_config, "Cannot read {}", file);
  return text;
}

int show(StoppedConnector& connector) {
  const auto offsets = connector.list();
  std::printf("%s: %zu offset(s) in %s\n", connector.name().c_str(), offsets.size(),
              connector.place().c_str());
  for (const auto& [partition, offset] : offsets) {
    std::printf("  %s  %s\n", partition.c_str(), offset.value_or("null").c_str());
  }
  if (const auto url = connector.running_at()) {
    std::fprintf(stderr, "A worker answers at %s: the offsets may move on.\n", url->c_str());
  }
  return 0;
}

int export_to(const std::string& file, StoppedConnector& connector) {
  const auto offsets = connector.list();
  const std::string text = offsets_text(offsets);
  if (file == "-") {
    std::fputs(text.c_str(), stdout);
    return 0;
  }
  if (const auto error = base::replace_file(file, text)) {
    throw Error(Reaction::fix_config, "{} cannot be written: {}", file, error.message());
  }
  std::printf("%s: %zu offset(s) written to %s\n", connector.name().c_str(), offsets.size(),
              file.c_str());
  return 0;
}

int import_from(const std::string& file, StoppedConnector& connector) {
  const auto offsets = read_offsets(read_all(file));
  connector.alter(offsets);
  const auto forgotten = std::ranges::count_if(
      offsets, [](const worker::PartitionOffset& one) { return !one.offset; });
  std::printf("%s: %zu offset(s) set and %zu forgotten in %s\n", connector.name().c_str(),
              offsets.size() - static_cast<size_t>(forgotten), static_cast<size_t>(forgotten),
              connector.place().c_str());
  return 0;
}

int reset(StoppedConnector& connector) {
  connector.reset();
  std::printf("%s: no offsets any more in %s\n", connector.name().c_str(),
              connector.place().c_str());
  return 0;
}

}  // namespace

int run_offsets(OffsetsAction action, const OffsetsOptions& options) {
  unblock_signals();
  StoppedConnector connector(options.worker_file, options.connector_file);
  switch (action) {
    case OffsetsAction::show:
      return show(connector);
    case OffsetsAction::export_:
      return export_to(options.file, connector);
    case OffsetsAction::import_:
      return import_from(options.file, connector);
    case OffsetsAction::reset:
      break;
  }
  return reset(connector);
}

}  // namespace kc::main
