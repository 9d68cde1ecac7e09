// Who may call the server: names with passwords (HTTP Basic authentication) and bearer tokens.
// Without any, everybody may.
//
//   # a comment
//   user:password       the password may hold colons
//   Bearer TOKEN
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kc::server {

// A value. Never printed or logged.
class Users {
 public:
  Users() = default;
  // One entry a line. Throws Error(fix_config) naming `source` and the line's number, never its
  // text.
  Users(std::string_view text, const std::string& source);
  // Warns when others than its owner may read the file. Throws Error(fix_config).
  static Users from_file(const std::string& path);

  // True: nobody is asked.
  bool empty() const { return passwords_.empty() && tokens_.empty(); }
  // The user of an Authorization header, empty for a token's; nothing when it is not valid.
  std::optional<std::string> user_of(std::string_view authorization) const;

 private:
  std::map<std::string, std::string> passwords_;
  std::vector<std::string> tokens_;
};

}  // namespace kc::server
