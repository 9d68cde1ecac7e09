#include "http/client.h"

#include <curl/curl.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cstring>
#include <new>

#include "base/error.h"

namespace kc::http {

using base::Error;
using base::Reaction;

namespace {

struct Free {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

using Easy = std::unique_ptr<CURL, Free>;
using Headers = std::unique_ptr<curl_slist, Free>;

void initialise() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (once != CURLE_OK) throw std::bad_alloc();
}

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string result = text;
  curl_free(text);
  return result;
}

// host:port, for messages: a URL may carry credentials.
std::string authority(const std::string& text) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return "the given URL";
  }
  return fmt::format("{}:{}", url_part(url.get(), CURLUPART_HOST),
                     url_part(url.get(), CURLUPART_PORT));
}

// The parts of a request's body as one stream.
struct Upload {
  std::span<const std::string_view> parts;
  size_t part = 0;
  size_t offset = 0;  // in the part

  size_t read(char* out, size_t size) {
    size_t done = 0;
    while (done < size && part < parts.size()) {
      const auto rest = parts[part].substr(offset);
      const size_t count = std::min(rest.size(), size - done);
      std::memcpy(out + done, rest.data(), count);
      done += count;
      offset += count;
      if (count == rest.size()) {
        ++part;
        offset = 0;
      }
    }
    return done;
  }

  bool seek(size_t position) {
    for (part = 0; part < parts.size() && position >= parts[part].size(); ++part) {
      position -= parts[part].size();
    }
    offset = position;
    return part < parts.size() || position == 0;
  }
};

size_t on_read(char* out, size_t size, size_t count, void* upload) {
  return static_cast<Upload*>(upload)->read(out, size * count);
}

int on_seek(void* upload, curl_off_t offset, int origin) {
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_FAIL;
  const bool found = static_cast<Upload*>(upload)->seek(static_cast<size_t>(offset));
  return found ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

struct Download {
  CURL* easy;
  size_t bytes_max;
  std::string body;
  bool too_long = false;

  bool append(const char* data, size_t size) {
    if (size > bytes_max - body.size()) {
      too_long = true;
      return false;
    }
    if (body.empty()) {
      curl_off_t length = 0;
      curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
      if (length > 0) body.reserve(std::min(static_cast<size_t>(length), bytes_max));
    }
    body.append(data, size);
    return true;
  }
};

size_t on_write(char* data, size_t size, size_t count, void* download) {
  try {
    const bool taken = static_cast<Download*>(download)->append(data, size * count);
    return taken ? size * count : CURL_WRITEFUNC_ERROR;
  } catch (const std::exception&) {  // no memory; no exception crosses libcurl
    return CURL_WRITEFUNC_ERROR;
  }
}

}  // namespace

struct Client::Impl {
  explicit Impl(ClientOptions given);

  template <typename Value>
  void set(CURLoption option, Value value) {
    const auto code = curl_easy_setopt(easy.get(), option, value);
    if (code != CURLE_OK) {
      throw Error(Reaction::fail_task, "libcurl refuses an option: {}", curl_easy_strerror(code));
    }
  }
  void set_headers(std::string_view type);
  void set_body(Upload& upload);
  ClientResponse exchange(const std::string& url);
  CURLcode run();
  bool any_sent() const;
  [[noreturn]] void fail(const std::string& url, CURLcode code, const Download& download);

  ClientOptions options;
  // Before the transfer, which it outlives. A multi handle and not curl_easy_perform, because only
  // that can be woken from another thread.
  std::unique_ptr<CURLM, FreeMulti> multi;
  Easy easy;
  Headers headers;
  std::string content_type;  // that `headers` have
  std::array<char, CURL_ERROR_SIZE> reason{};
  std::atomic<bool> aborted = false;
};

Client::Impl::Impl(ClientOptions given) : options(std::move(given)) {
  initialise();
  multi.reset(curl_multi_init());
  easy.reset(curl_easy_init());
  if (!multi || !easy) throw std::bad_alloc();
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_UPLOAD_BUFFERSIZE, 2L << 20);  // libcurl's maximum
  set(CURLOPT_BUFFERSIZE, 256L << 10);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  // A caller who gives an exchange longer than that means it.
  const auto limit = std::chrono::ceil<std::chrono::seconds>(options.timeout).count();
  set(CURLOPT_LOW_SPEED_TIME, std::max(60L, static_cast<long>(limit) + 1));
  set(CURLOPT_ERRORBUFFER, reason.data());
  set(CURLOPT_READFUNCTION, on_read);
  set(CURLOPT_SEEKFUNCTION, on_seek);
  set(CURLOPT_WRITEFUNCTION, on_write);
  if (!options.user_agent.empty()) set(CURLOPT_USERAGENT, options.user_agent.c_str());
  if (!options.username.empty()) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, options.username.c_str());
    set(CURLOPT_PASSWORD, options.password.c_str());
  }
}

void Client::Impl::set_headers(std::string_view type) {
  if (headers && content_type == type) return;
  content_type = type;
  Headers list(curl_slist_append(nullptr, "Expect:"));
  if (list && !curl_slist_append(list.get(), ("Content-Type: " + content_type).c_str())) {
    list.reset();
  }
  if (!list) throw std::bad_alloc();
  headers = std::move(list);
}

void Client::Impl::set_body(Upload& upload) {
  size_t size = 0;
  for (const auto part : upload.parts) size += part.size();
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  if (upload.parts.size() <= 1) {
    set(CURLOPT_POSTFIELDS, size ? upload.parts.front().data() : "");
  } else {
    set(CURLOPT_POSTFIELDS, nullptr);
  }
  set(CURLOPT_READDATA, &upload);
  set(CURLOPT_SEEKDATA, &upload);
}

CURLcode Client::Impl::run() {
  curl_multi_add_handle(multi.get(), easy.get());
  auto code = CURLE_OK;
  for (int running = 1; running > 0;) {
    const auto performed = curl_multi_perform(multi.get(), &running);
    if (performed != CURLM_OK) code = CURLE_FAILED_INIT;
    if (aborted) code = CURLE_ABORTED_BY_CALLBACK;
    if (code != CURLE_OK) break;
    // libcurl knows its own deadlines; the limit here is only the longest sleep.
    if (running > 0) curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
  }
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  }
  curl_multi_remove_handle(multi.get(), easy.get());
  return code;
}

bool Client::Impl::any_sent() const {
  long head = 0;
  curl_off_t body = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_REQUEST_SIZE, &head);
  curl_easy_getinfo(easy.get(), CURLINFO_SIZE_UPLOAD_T, &body);
  return head > 0 || body > 0;
}

void Client::Impl::fail(const std::string& url, CURLcode code, const Download& download) {
  const auto where = authority(url);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    throw Error(Reaction::fix_config,
                "The URL of {} cannot be used: {}; write http://HOST:PORT or https://HOST:PORT",
                where, curl_easy_strerror(code));
  }
  std::string why = reason[0] ? reason.data() : curl_easy_strerror(code);
  if (aborted) why = "it was aborted";
  if (download.too_long) {
    why = fmt::format("the answer is longer than {} bytes", options.response_bytes_max);
  }
  Error error(Reaction::retry, "The exchange with {} failed: {}", where, why);
  if (any_sent()) throw std::move(error).with_in_doubt();
  throw error;
}

ClientResponse Client::Impl::exchange(const std::string& url) {
  Download download{easy.get(), options.response_bytes_max, {}};
  reason[0] = '\0';
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_WRITEDATA, &download);
  if (aborted) {
    throw Error(Reaction::retry, "The exchange with {} failed: the client was aborted before",
                authority(url));
  }
  const auto code = run();
  if (code != CURLE_OK) fail(url, code, download);
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy.get(), CURLINFO_CONTENT_TYPE, &type);
  return {static_cast<int>(status), type ? type : "", std::move(download.body)};
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

ClientResponse Client::get(const std::string& url) {
  impl_->set(CURLOPT_HTTPGET, 1L);
  impl_->set(CURLOPT_HTTPHEADER, nullptr);
  return impl_->exchange(url);
}

ClientResponse Client::post(const std::string& url, std::string_view content_type,
                            std::span<const std::string_view> body) {
  Upload upload{body};
  impl_->set_headers(content_type);
  impl_->set(CURLOPT_HTTPHEADER, impl_->headers.get());
  impl_->set_body(upload);
  return impl_->exchange(url);
}

void Client::abort() {
  impl_->aborted = true;
  curl_multi_wakeup(impl_->multi.get());
}

}  // namespace kc::http
