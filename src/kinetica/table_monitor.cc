#include "kinetica/table_monitor.h"

#include <fmt/core.h>
#include <zmq.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr int tcp_keepalive_idle_seconds = 30;
constexpr int tcp_keepalive_interval_seconds = 10;
constexpr int tcp_keepalive_probes = 3;
constexpr int messages_held_max = 100'000;
constexpr int reconnect_interval_ms = 100;
constexpr int reconnect_interval_ms_max = 5000;
constexpr const char* events_address = "inproc://events";

[[noreturn]] void fail(const char* what) {
  throw Error(Reaction::fail_task, "ZeroMQ cannot {}: {}", what, zmq_strerror(zmq_errno()));
}

void check(int result, const char* what) {
  if (result < 0) fail(what);
}

struct ContextDeleter {
  void operator()(void* context) const { zmq_ctx_term(context); }
};
struct SocketDeleter {
  void operator()(void* socket) const { zmq_close(socket); }
};
using Context = std::unique_ptr<void, ContextDeleter>;
using Socket = std::unique_ptr<void, SocketDeleter>;

Socket open_socket(const Context& context, int type) {
  Socket socket(zmq_socket(context.get(), type));
  if (socket == nullptr) fail("open a socket");
  const int no_linger = 0;
  check(zmq_setsockopt(socket.get(), ZMQ_LINGER, &no_linger, sizeof no_linger), "set an option");
  return socket;
}

// One frame; receiving into it again frees what it held.
class Frame {
 public:
  Frame() { zmq_msg_init(&message_); }
  ~Frame() { zmq_msg_close(&message_); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  zmq_msg_t* get() { return &message_; }
  bool more() { return zmq_msg_more(&message_) != 0; }
  std::string_view view() {
    return {static_cast<const char*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
  }

 private:
  zmq_msg_t message_;
};

}  // namespace

struct MonitorSubscription::Impl {
  // Declared in the order of making; the context goes last, or its end would wait for the sockets.
  Context context;
  Socket socket;
  Socket events;
  std::unique_ptr<Frame[]> frames = std::make_unique<Frame[]>(rows_max);
  Frame topic;
  bool inside_message = false;  // the rest of `topic`'s message is still to be read
  bool connected = false;
  uint64_t disconnects = 0;

  explicit Impl(const std::string& endpoint) {
    context.reset(zmq_ctx_new());
    if (context == nullptr) fail("make a context");
    socket = open_socket(context, ZMQ_SUB);
    // Beyond this TCP pushes back, and the database drops what it cannot hold.
    set(ZMQ_RCVHWM, messages_held_max);
    set(ZMQ_TCP_KEEPALIVE, 1);
    set(ZMQ_TCP_KEEPALIVE_IDLE, tcp_keepalive_idle_seconds);
    set(ZMQ_TCP_KEEPALIVE_INTVL, tcp_keepalive_interval_seconds);
    set(ZMQ_TCP_KEEPALIVE_CNT, tcp_keepalive_probes);
    set(ZMQ_RECONNECT_IVL, reconnect_interval_ms);
    set(ZMQ_RECONNECT_IVL_MAX, reconnect_interval_ms_max);
    set(ZMQ_IPV6, 1);
    check(zmq_socket_monitor(socket.get(), events_address,
                             ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED),
          "watch a connection");
    events = open_socket(context, ZMQ_PAIR);
    check(zmq_connect(events.get(), events_address), "watch a connection");
    if (zmq_connect(socket.get(), endpoint.c_str()) != 0) {
      throw Error(Reaction::fix_config, "ZeroMQ cannot connect to {}: {}", endpoint,
                  zmq_strerror(zmq_errno()));
    }
  }

  ~Impl() { zmq_socket_monitor(socket.get(), nullptr, 0); }

  void set(int option, int value) {
    check(zmq_setsockopt(socket.get(), option, &value, sizeof value), "set an option");
  }

  // False when there is nothing now.
  static bool receive_frame(void* from, Frame& frame) {
    while (zmq_msg_recv(frame.get(), from, ZMQ_DONTWAIT) < 0) {
      if (zmq_errno() == EAGAIN) return false;
      if (zmq_errno() != EINTR) fail("receive");
    }
    return true;
  }

  // After a reconnect the socket sends its subscriptions again, but from calls of ours only.
  void process_commands() {
    int pending = 0;
    size_t size = sizeof pending;
    zmq_getsockopt(socket.get(), ZMQ_EVENTS, &pending, &size);
  }

  // An event is two frames: number (16 bits) and value (32 bits), then the address
  // (zmq_socket_monitor(3)).
  void read_events() {
    Frame frame;
    while (receive_frame(events.get(), frame)) {
      uint16_t event = 0;
      if (frame.view().size() >= sizeof event) {
        std::memcpy(&event, frame.view().data(), sizeof event);
      }
      while (frame.more() && receive_frame(events.get(), frame)) {
      }
      if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        connected = true;
        process_commands();
      } else if (event == ZMQ_EVENT_DISCONNECTED && connected) {
        // Without `connected` it was an attempt that failed half-way.
        connected = false;
        ++disconnects;
      }
    }
  }

  // Waits for a message (when `data`) or a connection event.
  void wait(bool data, milliseconds time) {
    zmq_pollitem_t items[2] = {{events.get(), 0, ZMQ_POLLIN, 0}, {socket.get(), 0, ZMQ_POLLIN, 0}};
    zmq_poll(items, data ? 2 : 1, time.count());
    if ((items[0].revents & ZMQ_POLLIN) != 0) read_events();
  }
};

MonitorSubscription::MonitorSubscription(const std::string& endpoint)
    : impl_(std::make_unique<Impl>(endpoint)) {}

MonitorSubscription::~MonitorSubscription() = default;

void MonitorSubscription::subscribe(std::string_view topic_id) {
  check(zmq_setsockopt(impl_->socket.get(), ZMQ_SUBSCRIBE, topic_id.data(), topic_id.size()),
        "subscribe");
}

void MonitorSubscription::unsubscribe(std::string_view topic_id) {
  check(zmq_setsockopt(impl_->socket.get(), ZMQ_UNSUBSCRIBE, topic_id.data(), topic_id.size()),
        "unsubscribe");
}

bool MonitorSubscription::receive(MonitorMessage& message, milliseconds wait) {
  Impl& impl = *impl_;
  message.rows.clear();
  if (!impl.inside_message) {
    if (!Impl::receive_frame(impl.socket.get(), impl.topic)) {
      if (wait.count() <= 0) return false;
      impl.wait(true, wait);
      if (!Impl::receive_frame(impl.socket.get(), impl.topic)) return false;
    }
    impl.inside_message = impl.topic.more();
  }
  message.topic_id = impl.topic.view();
  // ZeroMQ hands a multipart message over as a whole: no frame of it has to be waited for.
  while (impl.inside_message && message.rows.size() < rows_max) {
    Frame& frame = impl.frames[message.rows.size()];
    if (!Impl::receive_frame(impl.socket.get(), frame)) fail("receive the rest of a message");
    message.rows.push_back(frame.view());
    impl.inside_message = frame.more();
  }
  return true;
}

bool MonitorSubscription::wait_connected(milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  impl_->read_events();
  while (!impl_->connected) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return false;
    impl_->wait(false, left);
  }
  return true;
}

uint64_t MonitorSubscription::disconnects() const {
  impl_->read_events();
  return impl_->disconnects;
}

}  // namespace kc::kinetica
