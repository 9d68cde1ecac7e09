// SIGTERM and SIGINT as something to wait for instead of something that interrupts.
#pragma once

namespace kc::main {

// To be called first in main(), before any thread is made. Also ignores SIGPIPE.
void block_signals();

// Waits for SIGTERM or SIGINT and returns its number.
int wait_for_signal();

// Lets SIGTERM and SIGINT end the process at once again: for commands without anything to finish.
void unblock_signals();

}  // namespace kc::main
