// A server that answers every request with `{}` after a fixed time, as DynamoDB answers a write, whatever the number of connections.
//
//   delay_server DELAY_MS
//
// Listens on a free port of 127.0.0.1, prints the port, and ends with its standard input. `GET /requests` tells how many requests
// came in. One thread, epoll; one request at a time on each connection.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * kSecond_ns + now.tv_nsec;
}

/// Bytes of the first whole request in `data`; zero where there is none yet.
std::size_t request_size(std::string_view data) {
  const std::size_t head = data.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  std::size_t body = 0;
  constexpr std::string_view kLength = "content-length:";
  for (std::size_t line = data.find("\r\n"); line < head; line = data.find("\r\n", line + 2)) {
    const char* const text = data.data() + line + 2;
    if (::strncasecmp(text, kLength.data(), kLength.size()) == 0) body = std::strtoul(text + kLength.size(), nullptr, 10);
  }
  return data.size() >= head + 4 + body ? head + 4 + body : 0;
}

class Server {
 public:
  explicit Server(std::int64_t delay_ns) : delay_ns_(delay_ns), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 4096) != 0) fail("delay_server: listen");
    if (::getsockname(listener_, generic, &size) != 0) fail("delay_server: getsockname");
    timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    for (const int each : {listener_, timer_, STDIN_FILENO}) watch(each);
    std::printf("%d\n", ::ntohs(address.sin_port));
    std::fflush(stdout);
  }

  void run() {
    epoll_event events[256];
    for (;;) {
      const int count = ::epoll_wait(epoll_, events, 256, -1);
      for (int i = 0; i < count; ++i) {
        const int descriptor = events[i].data.fd;
        if (descriptor == STDIN_FILENO) return;
        if (descriptor == listener_) accept_all();
        else if (descriptor == timer_) answer_due();
        else read_from(descriptor);
      }
    }
  }

 private:
  struct Connection {
    std::uint64_t id;  ///< Its descriptor may be another one's later.
    std::string input;
  };
  struct Due {
    std::int64_t at_ns;
    int descriptor;
    std::uint64_t id;
  };

  void watch(int descriptor) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("delay_server: epoll_ctl");
  }

  void accept_all() {
    for (;;) {
      const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0) return;
      const int yes = 1;
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      connections_[descriptor] = {++last_id_, {}};
      watch(descriptor);
    }
  }

  void read_from(int descriptor) {
    Connection& connection = connections_[descriptor];
    char piece[16384];
    const ssize_t size = ::read(descriptor, piece, sizeof piece);
    if (size <= 0) {
      ::close(descriptor);
      connections_.erase(descriptor);
      return;
    }
    connection.input.append(piece, static_cast<std::size_t>(size));
    const std::size_t request = request_size(connection.input);
    if (request == 0) return;
    const bool asks = connection.input.compare(0, 14, "GET /requests ") == 0;
    connection.input.erase(0, request);
    if (asks) return answer(descriptor, std::to_string(requests_));
    ++requests_;
    due_.push_back({now_ns() + delay_ns_, descriptor, connection.id});
    if (due_.size() == 1) arm();
  }

  /// The delay is the same for all, so the first to come is the first to be due.
  void arm() const {
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(due_.front().at_ns / kSecond_ns);
    when.it_value.tv_nsec = static_cast<long>(due_.front().at_ns % kSecond_ns);
    ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
  }

  void answer_due() {
    std::uint64_t expirations = 0;
    [[maybe_unused]] const auto read = ::read(timer_, &expirations, sizeof expirations);
    const std::int64_t now = now_ns();
    while (!due_.empty() && due_.front().at_ns <= now) {
      const Due due = due_.front();
      due_.pop_front();
      const auto found = connections_.find(due.descriptor);
      if (found != connections_.end() && found->second.id == due.id) answer(due.descriptor, "{}");
    }
    if (!due_.empty()) arm();
  }

  static void answer(int descriptor, std::string_view body) {
    const time_t now = ::time(nullptr);
    tm utc{};
    ::gmtime_r(&now, &utc);
    char date[64];
    std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    char reply[512];
    const int size = std::snprintf(reply, sizeof reply,
                                   "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: application/x-amz-json-1.0\r\n"
                                   "x-amzn-RequestId: VB6VVQ0PF4S6P7H1QJ2SVLF7NFVV4KQNSO5AEMVJF66Q9ASUAAJG\r\n"
                                   "Content-Length: %zu\r\n\r\n%.*s",
                                   date, body.size(), static_cast<int>(body.size()), body.data());
    // A client that went away is told of at the next read.
    [[maybe_unused]] const auto sent = ::send(descriptor, reply, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  }

  const std::int64_t delay_ns_;
  const int epoll_;
  int listener_ = -1;
  int timer_ = -1;
  std::uint64_t last_id_ = 0;
  std::uint64_t requests_ = 0;
  std::unordered_map<int, Connection> connections_;
  std::deque<Due> due_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: delay_server DELAY_MS\n");
    return 64;
  }
  Server(std::atoll(argv[1]) * 1'000'000).run();
}
