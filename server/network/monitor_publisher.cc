#include "server/network/monitor_publisher.h"

#include <fmt/core.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/guarded.h"
#include "base/log.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr size_t rows_per_message_max = 1000;
constexpr int messages_per_subscriber_max = 1000;
constexpr size_t queued_bytes_max = size_t{256} << 20;
constexpr std::chrono::seconds room_timeout{5};
constexpr int send_timeout_ms = 5000;
constexpr int linger_ms = 1000;

// One multipart message; the rows stand one after the other.
struct Message {
  std::string topic_id;
  std::string rows;
  std::vector<size_t> ends;
  size_t bytes() const { return rows.size() + ends.size() * sizeof(size_t) + sizeof(Message); }
};

void set_option(void* socket, int option, int value) {
  zmq_setsockopt(socket, option, &value, sizeof value);
}

// ZeroMQ binds to addresses, not to names. A name's IPv4 address is the first choice: subscribers
// look for no other unless they are told to.
std::string numeric_host(const std::string& host) {
  for (const int family : {AF_INET, AF_INET6}) {
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) continue;
    char text[NI_MAXHOST] = {};
    getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    freeaddrinfo(found);
    return family == AF_INET6 ? fmt::format("[{}]", text) : text;
  }
  throw Error(Reaction::fix_config, "Cannot listen on {}: there is no such host or address", host);
}

struct ContextDeleter {
  void operator()(void* context) const { zmq_ctx_term(context); }
};
struct SocketDeleter {
  void operator()(void* socket) const { zmq_close(socket); }
};

}  // namespace

struct MonitorPublisher::Impl {
  Impl(const std::string& host, uint16_t given_port);
  ~Impl();

  void run(const std::stop_token& stop);
  void read_subscriptions();
  void send_queued(const std::stop_token& stop);
  void send(const Message& message);
  bool send_part(std::string_view part, bool more);
  void wake() const { eventfd_write(wake_fd, 1); }

  std::unique_ptr<void, ContextDeleter> context{zmq_ctx_new()};
  std::unique_ptr<void, SocketDeleter> socket;  // the thread's alone once it runs
  uint16_t port = 0;
  int wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

  std::mutex mutex;
  std::condition_variable room;
  std::deque<Message> queue;
  size_t queued_bytes = 0;

  base::Guarded<std::map<std::string, size_t>> subscriptions;
  std::atomic<uint64_t> dropped{0};
  uint32_t drop_next = 0;  // under the mutex
  std::jthread thread;
};

MonitorPublisher::Impl::Impl(const std::string& host, uint16_t given_port)
    : socket(zmq_socket(context.get(), ZMQ_XPUB)) {
  set_option(socket.get(), ZMQ_XPUB_NODROP, 1);
  set_option(socket.get(), ZMQ_XPUB_VERBOSER, 1);  // tells of every one, to be counted
  set_option(socket.get(), ZMQ_SNDHWM, messages_per_subscriber_max);
  set_option(socket.get(), ZMQ_SNDTIMEO, send_timeout_ms);
  set_option(socket.get(), ZMQ_LINGER, linger_ms);
  set_option(socket.get(), ZMQ_IPV6, 1);
  const std::string address =
      fmt::format("tcp://{}:{}", host, given_port == 0 ? "*" : std::to_string(given_port));
  if (zmq_bind(socket.get(), address.c_str()) != 0) {
    const std::string reason = zmq_strerror(zmq_errno());
    close(wake_fd);
    throw Error(Reaction::fix_config,
                "Table monitors cannot listen on {}: {}. Hint: choose another port, or 0 for any "
                "free one",
                address, reason);
  }
  char endpoint[256] = {};
  size_t size = sizeof endpoint;
  zmq_getsockopt(socket.get(), ZMQ_LAST_ENDPOINT, endpoint, &size);
  const std::string_view bound(endpoint);
  const std::string_view digits = bound.substr(bound.rfind(':') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

MonitorPublisher::Impl::~Impl() {
  thread.request_stop();
  wake();
  thread.join();
  close(wake_fd);
}

void MonitorPublisher::Impl::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    zmq_pollitem_t items[] = {{socket.get(), 0, ZMQ_POLLIN, 0}, {nullptr, wake_fd, ZMQ_POLLIN, 0}};
    zmq_poll(items, 2, -1);
    eventfd_t unused;
    eventfd_read(wake_fd, &unused);
    read_subscriptions();
    send_queued(stop);
  }
}

void MonitorPublisher::Impl::read_subscriptions() {
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  while (zmq_msg_recv(&frame, socket.get(), ZMQ_DONTWAIT) >= 0) {
    const std::string_view text(static_cast<const char*>(zmq_msg_data(&frame)),
                                zmq_msg_size(&frame));
    if (text.empty() || text[0] > '\1') continue;
    subscriptions.with([&](auto& counts) {
      const std::string prefix(text.substr(1));
      if (text[0] == '\1') {
        ++counts[prefix];
      } else if (const auto found = counts.find(prefix); found != counts.end()) {
        if (--found->second == 0) counts.erase(found);
      }
    });
  }
  zmq_msg_close(&frame);
}

void MonitorPublisher::Impl::send_queued(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Message message;
    {
      const std::lock_guard lock(mutex);
      if (queue.empty()) return;
      message = std::move(queue.front());
      queue.pop_front();
      queued_bytes -= message.bytes();
    }
    room.notify_all();
    send(message);
    read_subscriptions();
  }
}

void MonitorPublisher::Impl::send(const Message& message) {
  // Only the first part can meet a full socket: the high-water mark counts messages.
  if (!send_part(message.topic_id, true)) {
    dropped += message.ends.size();
    base::log_warn(
        "A subscriber of table monitor {} has not taken its rows for {} ms; {} rows are dropped "
        "({} since the start)",
        message.topic_id, send_timeout_ms, message.ends.size(), dropped.load());
    return;
  }
  size_t begin = 0;
  for (size_t i = 0; i < message.ends.size(); ++i) {
    const bool more = i + 1 < message.ends.size();
    send_part(std::string_view(message.rows).substr(begin, message.ends[i] - begin), more);
    begin = message.ends[i];
  }
}

bool MonitorPublisher::Impl::send_part(std::string_view part, bool more) {
  return zmq_send(socket.get(), part.data(), part.size(), more ? ZMQ_SNDMORE : 0) >= 0;
}

MonitorPublisher::MonitorPublisher(const std::string& host, uint16_t port)
    : impl_(std::make_unique<Impl>(numeric_host(host), port)) {}
MonitorPublisher::~MonitorPublisher() = default;

uint16_t MonitorPublisher::port() const { return impl_->port; }

void MonitorPublisher::wait_for_room() {
  std::unique_lock lock(impl_->mutex);
  impl_->room.wait_for(lock, room_timeout,
                       [this] { return impl_->queued_bytes < queued_bytes_max; });
}

void MonitorPublisher::publish(const std::string& topic_id,
                               std::span<const std::string_view> rows) {
  while (!rows.empty()) {
    const auto part = rows.first(std::min(rows.size(), rows_per_message_max));
    rows = rows.subspan(part.size());
    Message message{topic_id, {}, {}};
    message.ends.reserve(part.size());
    for (std::string_view row : part) {
      message.rows.append(row);
      message.ends.push_back(message.rows.size());
    }
    const std::lock_guard lock(impl_->mutex);
    if (impl_->drop_next > 0) {
      --impl_->drop_next;
      continue;
    }
    if (impl_->queued_bytes >= queued_bytes_max) {
      impl_->dropped += part.size();
      base::log_warn("Table monitor {} has {} bytes waiting to be sent; {} rows are dropped",
                     topic_id, impl_->queued_bytes, part.size());
      continue;
    }
    impl_->queued_bytes += message.bytes();
    impl_->queue.push_back(std::move(message));
  }
  impl_->wake();
}

void MonitorPublisher::drop_next(uint32_t messages) {
  const std::lock_guard lock(impl_->mutex);
  impl_->drop_next = messages;
}

size_t MonitorPublisher::subscribers(std::string_view topic_id) const {
  return impl_->subscriptions.with([&](const auto& counts) {
    size_t subscribers = 0;
    for (const auto& [prefix, count] : counts) {
      if (topic_id.starts_with(prefix)) subscribers += count;
    }
    return subscribers;
  });
}

uint64_t MonitorPublisher::dropped_rows() const { return impl_->dropped; }

}  // namespace kc::server
