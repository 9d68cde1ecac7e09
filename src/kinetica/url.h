// The URLs of a database's clusters, as users write them in kinetica.url.
//
//   urls = url *("," url)          url = ("http" / "https") "://" host [":" port] [path]
//
// The default port is 9191. A name and password in the URL are refused: it is shown in logs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kc::kinetica {

struct Url {
  bool https = false;
  std::string host;  // an IPv6 address keeps its brackets
  uint16_t port = 9191;
  std::string path;  // "/gpudb-0", never with a slash at the end

  // http://host:port
  std::string address() const;
  // http://host:port/path, to which an endpoint is appended.
  std::string base() const { return address() + path; }
  bool operator==(const Url&) const = default;
};

// At least one. Throws Error(fix_config) that says what is wrong, without repeating credentials.
std::vector<Url> parse_urls(std::string_view text);

}  // namespace kc::kinetica
