#include <csignal>
#include <cstdio>
#include <exception>

#include "base/error.h"
#include "base/redaction.h"
#include "main/command_line.h"
#include "main/signals.h"

int main(int argc, char** argv) {
  // Every thread inherits this: SIGTERM and SIGINT are waited for, a broken pipe is an error code.
  kc::main::block_signals();
  try {
    return kc::main::run_command(argc, argv);
  } catch (const kc::base::Error& error) {
    std::fprintf(stderr, "kinetica-connect: %s\n", kc::base::redacted(error.what()).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kinetica-connect: unexpected error: %s\n",
                 kc::base::redacted(error.what()).c_str());
  }
  return 1;
}
