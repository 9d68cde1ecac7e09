#include "http/exchange.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace kc::http {

using base::Error;
using base::Reaction;

namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string result = text;
  curl_free(text);
  return result;
}

bool is_about_url(CURLcode code) {
  return code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

// What no repetition mends: our certificate, key or list of authorities, or the server's
// certificate.
bool is_about_certificates(CURLcode code) {
  return code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ENGINE_NOTFOUND ||
         code == CURLE_SSL_ISSUER_ERROR;
}

}  // namespace

std::string authority(const std::string& text) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return "the given URL";
  }
  return fmt::format("{}:{}", url_part(url.get(), CURLUPART_HOST),
                     url_part(url.get(), CURLUPART_PORT));
}

// ---- Bodies ------------------------------------------------------------------------------------

size_t Exchange::Upload::read(char* out, size_t size) {
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

bool Exchange::Upload::seek(size_t position) {
  for (part = 0; part < parts.size() && position >= parts[part].size(); ++part) {
    position -= parts[part].size();
  }
  offset = position;
  return part < parts.size() || position == 0;
}

bool Exchange::Download::append(const char* data, size_t size) {
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

size_t Exchange::on_read(char* out, size_t size, size_t count, void* upload) {
  return static_cast<Upload*>(upload)->read(out, size * count);
}

int Exchange::on_seek(void* upload, curl_off_t offset, int origin) {
  // libcurl seeks only to send again what it has sent already.
  if (static_cast<Upload*>(upload)->repeat == Repeat::never) return CURL_SEEKFUNC_FAIL;
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_FAIL;
  const bool found = static_cast<Upload*>(upload)->seek(static_cast<size_t>(offset));
  return found ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

size_t Exchange::on_write(char* data, size_t size, size_t count, void* download) {
  try {
    const bool taken = static_cast<Download*>(download)->append(data, size * count);
    return taken ? size * count : CURL_WRITEFUNC_ERROR;
  } catch (const std::exception&) {  // no memory; no exception crosses libcurl
    return CURL_WRITEFUNC_ERROR;
  }
}

// ---- Options and headers -----------------------------------------------------------------------

template <typename Value>
void Exchange::set(CURLoption option, Value value) {
  const auto code = curl_easy_setopt(easy_.get(), option, value);
  if (code != CURLE_OK) {
    throw Error(Reaction::fail_task, "libcurl refuses an option: {}", curl_easy_strerror(code));
  }
}

// libcurl copies it.
void Exchange::set_blob(CURLoption option, const std::string& text) {
  curl_blob blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY};
  set(option, &blob);
}

// Of `lines`; nothing when there are none.
Exchange::Headers Exchange::make_headers(const std::vector<std::string>& lines) {
  Headers list;
  for (const std::string& line : lines) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());  // it begins the longer one
    list.reset(longer);
  }
  return list;
}

Exchange::Exchange(const ClientOptions& options)
    : easy_(curl_easy_init()),
      own_headers_(options.headers),
      get_headers_(make_headers(own_headers_)) {
  if (!easy_) throw std::bad_alloc();
  download_.easy = easy_.get();
  download_.bytes_max = options.response_bytes_max;
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_NOSIGNAL, 1L);
  // None of the environment's.
  set(CURLOPT_PROXY, options.proxy.c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_UPLOAD_BUFFERSIZE, 2L << 20);  // libcurl's maximum
  set(CURLOPT_BUFFERSIZE, 256L << 10);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set_timeout(options.timeout);
  set(CURLOPT_ERRORBUFFER, reason_.data());
  set(CURLOPT_READFUNCTION, on_read);
  set(CURLOPT_READDATA, &upload_);
  set(CURLOPT_SEEKFUNCTION, on_seek);
  set(CURLOPT_SEEKDATA, &upload_);
  set(CURLOPT_WRITEFUNCTION, on_write);
  set(CURLOPT_WRITEDATA, &download_);
  set_tls(options.tls);
  if (!options.user_agent.empty()) set(CURLOPT_USERAGENT, options.user_agent.c_str());
  if (!options.bearer_token.empty()) {
    set_bearer_token(options.bearer_token);
  } else if (!options.username.empty()) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, options.username.c_str());
    set(CURLOPT_PASSWORD, options.password.c_str());
  }
}

void Exchange::set_timeout(std::chrono::milliseconds timeout) {
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  // A caller who gives an exchange longer than that means it.
  const auto limit = std::chrono::ceil<std::chrono::seconds>(timeout).count();
  set(CURLOPT_LOW_SPEED_TIME, std::max(60L, static_cast<long>(limit) + 1));
}

void Exchange::set_bearer_token(const std::string& token) {
  set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
  set(CURLOPT_XOAUTH2_BEARER, token.c_str());
}

void Exchange::set_tls(const TlsOptions& tls) {
  if (!tls.trusted.empty()) {
    set_blob(CURLOPT_CAINFO_BLOB, tls.trusted);
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!tls.chain.empty()) {
    set_blob(CURLOPT_SSLCERT_BLOB, tls.chain);
    set_blob(CURLOPT_SSLKEY_BLOB, tls.key);
  }
  set(CURLOPT_SSL_VERIFYPEER, tls.verify_certificate ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, tls.verify_certificate && tls.verify_host ? 2L : 0L);
}

void Exchange::set_headers(std::string_view type) {
  if (headers_ && content_type_ == type) return;
  content_type_ = type;
  std::vector<std::string> lines = own_headers_;
  lines.push_back("Expect:");
  lines.push_back("Content-Type: " + content_type_);
  headers_ = make_headers(lines);
}

// ---- The exchange ------------------------------------------------------------------------------

void Exchange::prepare(const std::string& url) {
  url_ = url;
  reason_[0] = '\0';
  download_.body.clear();
  download_.too_long = false;
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_CUSTOMREQUEST, nullptr);
}

void Exchange::prepare_get(const std::string& url) {
  prepare(url);
  upload_ = {};
  set(CURLOPT_HTTPGET, 1L);
  set(CURLOPT_HTTPHEADER, get_headers_.get());
}

void Exchange::prepare_post(const PostRequest& request) {
  prepare(request.url);
  set_headers(request.content_type);
  set(CURLOPT_HTTPHEADER, headers_.get());
  upload_ = {request.body, request.repeat, 0, 0};
  size_t size = 0;
  for (const auto part : request.body) size += part.size();
  set(CURLOPT_POST, 1L);
  if (request.put) set(CURLOPT_CUSTOMREQUEST, "PUT");
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  // Through the read callback: what libcurl has in CURLOPT_POSTFIELDS it sends again unasked.
  set(CURLOPT_POSTFIELDS, size == 0 ? "" : nullptr);
}

bool Exchange::any_sent() const {
  long head = 0;
  curl_off_t body = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &head);
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &body);
  return head > 0 || body > 0;
}

Error Exchange::failure(bool aborted) const {
  const auto where = authority(url_);
  if (is_about_url(code_)) {
    return Error(Reaction::fix_config,
                 "The URL of {} cannot be used: {}; write http://HOST:PORT or https://HOST:PORT",
                 where, curl_easy_strerror(code_));
  }
  std::string why = reason_[0] ? reason_.data() : curl_easy_strerror(code_);
  if (is_about_certificates(code_)) {
    return Error(Reaction::fix_config,
                 "No TLS connection to {}: {}; check the certificate authorities to trust, and the "
                 "certificate and key to show",
                 where, why);
  }
  if (code_ == CURLE_SEND_FAIL_REWIND) why = "the kept connection was closed without an answer";
  if (aborted) why = "it was aborted";
  if (download_.too_long) {
    why = fmt::format("the answer is longer than {} bytes", download_.bytes_max);
  }
  Error error(Reaction::retry, "The exchange with {} failed: {}", where, why);
  if (any_sent()) return std::move(error).with_in_doubt();
  return error;
}

PostResult Exchange::result(bool aborted) {
  if (code_ != CURLE_OK) return {{}, failure(aborted)};
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_TYPE, &type);
  return {{static_cast<int>(status), type ? type : "", std::move(download_.body)}, std::nullopt};
}

}  // namespace kc::http
