// The connectors and converters that this program is made with.
#pragma once

#include "worker/plugins.h"

namespace kc::main {

worker::Plugins built_in_plugins();

}  // namespace kc::main
