#include "base/version.h"

namespace kc::base {

std::string_view version() { return KC_VERSION; }

}  // namespace kc::base
