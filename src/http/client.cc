#include "http/client.h"

#include <curl/curl.h>

#include <atomic>
#include <new>
#include <utility>

#include "http/exchange.h"

namespace kc::http {

using base::Error;
using base::Reaction;

namespace {

constexpr long connections_kept_max = 64;

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

void initialise() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (once != CURLE_OK) throw std::bad_alloc();
}

// What a call ends with that begins after abort().
Error aborted_before(const std::string& url) {
  return Error(Reaction::retry, "The exchange with {} failed: the client was aborted before",
               authority(url));
}

ClientResponse response_or_throw(std::vector<PostResult> results) {
  if (results.front().error) throw *std::move(results.front().error);
  return std::move(results.front().response);
}

}  // namespace

struct Client::Impl {
  explicit Impl(ClientOptions given);

  Exchange& exchange(size_t index);
  void run(size_t count);
  std::vector<PostResult> results(size_t count);

  ClientOptions options;
  // Before the exchanges, which it outlives. A multi handle and not curl_easy_perform, because that
  // can run several of them and be woken from another thread.
  std::unique_ptr<CURLM, FreeMulti> multi;
  std::vector<std::unique_ptr<Exchange>> exchanges;
  std::atomic<bool> aborted = false;
};

Client::Impl::Impl(ClientOptions given) : options(std::move(given)) {
  initialise();
  multi.reset(curl_multi_init());
  if (!multi) throw std::bad_alloc();
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, connections_kept_max);
  exchange(0);
}

Exchange& Client::Impl::exchange(size_t index) {
  while (exchanges.size() <= index) exchanges.push_back(std::make_unique<Exchange>(options));
  return *exchanges[index];
}

// The first `count` exchanges, to their ends.
void Client::Impl::run(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    exchanges[i]->finish(aborted ? CURLE_ABORTED_BY_CALLBACK : CURLE_FAILED_INIT);
    curl_multi_add_handle(multi.get(), exchanges[i]->handle());
  }
  for (int running = 1; running > 0;) {
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
    if (aborted) break;
    // libcurl knows its own deadlines; the limit here is only the longest sleep.
    if (running > 0) curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
  }
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    for (size_t i = 0; i < count; ++i) {
      if (exchanges[i]->handle() == message->easy_handle)
        exchanges[i]->finish(message->data.result);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    curl_multi_remove_handle(multi.get(), exchanges[i]->handle());
  }
}

std::vector<PostResult> Client::Impl::results(size_t count) {
  std::vector<PostResult> results;
  results.reserve(count);
  for (size_t i = 0; i < count; ++i) results.push_back(exchanges[i]->result(aborted));
  return results;
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

ClientResponse Client::get(const std::string& url) {
  if (impl_->aborted) throw aborted_before(url);
  impl_->exchange(0).prepare_get(url);
  impl_->run(1);
  return response_or_throw(impl_->results(1));
}

ClientResponse Client::post(const std::string& url, std::string_view content_type,
                            std::span<const std::string_view> body, Repeat repeat) {
  const PostRequest request{url, content_type, body, repeat};
  return response_or_throw(post_all({&request, 1}));
}

ClientResponse Client::put(const std::string& url, std::string_view content_type,
                           std::string_view body) {
  const PostRequest request{url, content_type, {&body, 1}, Repeat::harmless, true};
  return response_or_throw(post_all({&request, 1}));
}

std::vector<PostResult> Client::post_all(std::span<const PostRequest> requests) {
  if (impl_->aborted) {
    std::vector<PostResult> results;
    for (const PostRequest& request : requests)
      results.push_back({{}, aborted_before(request.url)});
    return results;
  }
  for (size_t i = 0; i < requests.size(); ++i) impl_->exchange(i).prepare_post(requests[i]);
  impl_->run(requests.size());
  return impl_->results(requests.size());
}

void Client::set_timeout(std::chrono::milliseconds timeout) {
  impl_->options.timeout = timeout;
  for (auto& exchange : impl_->exchanges) exchange->set_timeout(timeout);
}

void Client::set_bearer_token(const std::string& token) {
  impl_->options.bearer_token = token;
  for (auto& exchange : impl_->exchanges) exchange->set_bearer_token(token);
}

void Client::abort() {
  impl_->aborted = true;
  curl_multi_wakeup(impl_->multi.get());
}

}  // namespace kc::http
