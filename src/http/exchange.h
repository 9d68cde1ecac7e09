// One exchange at a time with a server, on libcurl's easy handle. Only sources of this folder
// include it.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/client.h"

namespace kc::http {

// host:port of a URL, for messages: a URL may carry credentials.
std::string authority(const std::string& url);

// A client's Client::Impl prepares it, has its handle run, and finishes it; then the result is
// there. Stays where it is: libcurl has pointers to it.
class Exchange {
 public:
  explicit Exchange(const ClientOptions& options);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void prepare_get(const std::string& url);
  void prepare_post(const PostRequest& request);
  CURL* handle() { return easy_.get(); }
  void set_timeout(std::chrono::milliseconds timeout);
  void set_bearer_token(const std::string& token);

  void finish(CURLcode code) { code_ = code; }
  // After finish(): the answer, or what is thrown when there is none.
  PostResult result(bool aborted);

 private:
  struct Free {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using Easy = std::unique_ptr<CURL, Free>;
  using Headers = std::unique_ptr<curl_slist, Free>;

  // The parts of a request's body as one stream.
  struct Upload {
    std::span<const std::string_view> parts;
    Repeat repeat = Repeat::never;
    size_t part = 0;
    size_t offset = 0;  // in the part

    size_t read(char* out, size_t size);
    bool seek(size_t position);
  };
  struct Download {
    CURL* easy = nullptr;
    size_t bytes_max = 0;
    std::string body;
    bool too_long = false;

    bool append(const char* data, size_t size);
  };
  // libcurl's callbacks, with an Upload or Download.
  static size_t on_read(char* out, size_t size, size_t count, void* upload);
  static int on_seek(void* upload, curl_off_t offset, int origin);
  static size_t on_write(char* data, size_t size, size_t count, void* download);

  static Headers make_headers(const std::vector<std::string>& lines);
  template <typename Value>
  void set(CURLoption option, Value value);
  void set_blob(CURLoption option, const std::string& text);
  void set_tls(const TlsOptions& tls);
  void set_headers(std::string_view type);
  void prepare(const std::string& url);
  bool any_sent() const;
  base::Error failure(bool aborted) const;

  Easy easy_;
  std::vector<std::string> own_headers_;
  Headers get_headers_;       // of a request without a body
  Headers headers_;           // of one with
  std::string content_type_;  // that headers_ have
  std::array<char, CURL_ERROR_SIZE> reason_{};
  std::string url_;
  Upload upload_;
  Download download_;
  CURLcode code_ = CURLE_OK;
};

}  // namespace kc::http
