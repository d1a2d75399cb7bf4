#include "dynamutex/dynamo/client.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "dynamo/clock_skew.hpp"
#include "dynamo/crc32.hpp"
#include "dynamo/errors.hpp"
#include "dynamo/http_date.hpp"
#include "dynamo/replies.hpp"
#include "dynamo/requests.hpp"
#include "dynamo/retry.hpp"
#include "dynamutex/dynamo/endpoint.hpp"
#include "dynamutex/sigv4/key_cache.hpp"
#include "dynamutex/sigv4/signer.hpp"

namespace dynamutex::dynamo {
namespace {

constexpr std::string_view kContentType = "application/x-amz-json-1.0";
constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";
constexpr std::string_view kUserAgent = "dynamutex/0.1";
constexpr std::string_view kConditionFailed = "ConditionalCheckFailedException";
constexpr std::string_view kService = "dynamodb";

/// "host[:port]" of an endpoint, as it stands in the Host header: without the scheme's own port.
std::string host_of(std::string_view endpoint) {
  const bool tls = endpoint.substr(0, 8) == "https://";
  std::string_view host = endpoint.substr(tls ? 8 : 7);
  host = host.substr(0, host.find('/'));
  const std::string_view own_port = tls ? ":443" : ":80";
  if (host.size() > own_port.size() && host.substr(host.size() - own_port.size()) == own_port) {
    host.remove_suffix(own_port.size());
  }
  return std::string(host);
}

std::string_view path_of(std::string_view endpoint) {
  const std::size_t slash = endpoint.find('/', endpoint.find("://") + 3);
  return slash == std::string_view::npos ? std::string_view("/") : endpoint.substr(slash);
}

template <class Integer>
std::optional<Integer> parse_integer(std::optional<std::string_view> text) noexcept {
  if (!text) return std::nullopt;
  Integer value{};
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (problem != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

/// A reply from a cache (one with an Age) does not tell the server's time.
std::optional<ServerTime> server_date(const http::Response& reply) {
  const auto date = reply.headers.find("date");
  if (!date || reply.headers.find("age")) return std::nullopt;
  return parse_http_date(*date);
}

bool crc_matches(const http::Response& reply) {
  const auto expected = reply.headers.find("x-amz-crc32");
  if (!expected) return true;
  const auto value = parse_integer<std::uint32_t>(expected);
  return value && *value == crc32(reply.body);
}

bool is_cancelled(const CallOptions& options) noexcept {
  return options.cancellation != nullptr && options.cancellation->cancelled();
}

}  // namespace

class Client::Impl {
 public:
  Impl(const ClientWorld& world, ClientOptions options)
      : world_(world), options_(std::move(options)), host_(host_of(options_.endpoint)), server_clock_(options_.server_clock) {}

  /// One operation, over all of its attempts.
  struct Call {
    std::string_view operation;
    std::string_view table;
    std::string_view body;
    bool write;  ///< Doing it twice is not like doing it once: a lost reply leaves it in doubt.
    const CallOptions& options;
  };
  struct Success {
    http::Response reply;
    bool condition_failed = false;
    bool doubted = false;
  };

  /// `accept` reads the reply's body and says whether it is one of this operation's.
  template <class Accept>
  Result<Success> perform(const Call& call, Accept&& accept);

  template <class Request>
  Result<WriteOutcome> write(std::string_view operation, std::string_view table, const Request& request,
                             const char* item_member, const CallOptions& options);

  const ClientOptions& options() const noexcept { return options_; }
  const ServerClock& server_clock() const noexcept { return server_clock_; }

 private:
  struct Attempt {
    std::optional<Success> success;
    Error error;
    RetryCause retry = RetryCause::none;
    std::optional<Duration> server_asks;
  };

  template <class Accept>
  Attempt attempt(const Call& call, int number, Accept&& accept);
  Result<http::Response> send_signed(const Call& call, const sigv4::Credentials& keys, WallTime signed_at,
                                     MonotonicTime deadline);
  template <class Accept>
  void judge(const Call& call, http::Response reply, WallTime signed_at, Accept&& accept, Attempt& result);
  void judge_transport_error(const Call& call, Error error, Attempt& result);
  void judge_error(const Call& call, const http::Response& reply, const AwsError& aws, WallTime signed_at,
                   Attempt& result);
  Error finish(const Call& call, Error error, bool doubted, int attempts) const;
  RequestContext context(const Call& call) const {
    return {call.operation, call.table, options_.region, options_.endpoint};
  }

  const ClientWorld world_;
  const ClientOptions options_;
  const std::string host_;
  sigv4::SigningKeyCache keys_;
  ServerClock server_clock_;
  ClockSkew skew_;
  RetryQuota quota_;
};

template <class Accept>
Result<Client::Impl::Success> Client::Impl::perform(const Call& call, Accept&& accept) {
  bool doubted = false;
  int tokens = 0;
  for (int number = 1;; ++number) {
    const MonotonicTime started = world_.clock.now();
    Attempt result = attempt(call, number, accept);
    const Duration duration = world_.clock.now() - started;

    bool again = !result.success && result.retry != RetryCause::none && number < options_.attempts_max &&
                 !is_cancelled(call.options);
    Duration pause{-1};
    if (again) {
      pause = retry_pause(result.retry, number, world_.entropy, result.server_asks);
      again = saturating_add(world_.clock.now(), pause) < call.options.deadline;
    }
    if (again) {
      tokens = quota_.take(result.retry);
      again = tokens > 0;
    }
    if (options_.on_attempt) {
      AttemptEvent event;
      event.operation = call.operation;
      event.attempt = number;
      event.http_status = result.success ? result.success->reply.status : result.error.http_status;
      event.duration = duration;
      event.error = result.success ? nullptr : &result.error;
      event.condition_failed = result.success && result.success->condition_failed;
      event.retry_after = again ? pause : Duration(-1);
      event.request_id = result.error.request_id;
      options_.on_attempt(event);
    }
    if (result.success) {
      quota_.give_back(tokens);
      result.success->doubted = doubted;
      return *std::move(result.success);
    }
    doubted = doubted || result.error.kind == ErrorKind::ambiguous;
    if (!again || !world_.clock.wait_until(world_.clock.now() + pause, call.options.cancellation)) {
      return finish(call, std::move(result.error), doubted, number);
    }
  }
}

template <class Accept>
Client::Impl::Attempt Client::Impl::attempt(const Call& call, int number, Accept&& accept) {
  Attempt result;
  result.error.attempts = number;
  const WallTime wall_sent = world_.clock.wall_now();
  const WallTime signed_at = skew_.correct(wall_sent);
  const MonotonicTime deadline =
      std::min(call.options.deadline, saturating_add(world_.clock.now(), options_.attempt_timeout));
  const auto credentials = world_.credentials.get(deadline, call.options.cancellation);
  Result<http::Response> reply =
      credentials ? send_signed(call, **credentials, signed_at, deadline) : Result<http::Response>(credentials.error());
  if (!reply) {
    judge_transport_error(call, std::move(reply).error(), result);
    return result;
  }
  const std::optional<ServerTime> date = server_date(*reply);
  server_clock_.observe(reply->sent, reply->received, date);
  skew_.observe(wall_sent, world_.clock.wall_now(), date);
  const auto redact_all = [&](std::string& text) {
    redact(text, (*credentials)->secret_access_key);
    redact(text, (*credentials)->session_token);
  };
  // Before anything is cut to length, and once more behind what JSON may have escaped.
  if (reply->status != 200) redact_all(reply->body);
  judge(call, *std::move(reply), signed_at, accept, result);
  for (std::string* text : {&result.error.message, &result.error.aws_code, &result.error.aws_message, &result.error.request_id}) {
    redact_all(*text);
  }
  return result;
}

Result<http::Response> Client::Impl::send_signed(const Call& call, const sigv4::Credentials& keys, WallTime signed_at,
                                                 MonotonicTime deadline) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(signed_at.time_since_epoch());
  const auto date = sigv4::AmzDate::from(sigv4::SigningTime(seconds));
  if (!date) return date.error();
  std::string target(kTargetPrefix);
  target += call.operation;

  std::array<sigv4::Header, 5> to_sign = {{{"host", host_},
                                           {"content-type", kContentType},
                                           {"x-amz-date", date->text()},
                                           {"x-amz-target", target},
                                           {"x-amz-security-token", keys.session_token.reveal()}}};
  const std::size_t signed_count = keys.session_token.empty() ? 4 : 5;
  sigv4::Request request;
  request.method = "POST";
  request.path = path_of(options_.endpoint);
  request.headers = sigv4::Headers(to_sign.data(), signed_count);
  request.payload = sigv4::Payload::of(call.body);
  char memory[1024];
  const auto value = sigv4::authorization(request, keys, {*date, options_.region, kService}, keys_, {memory, sizeof memory});
  if (!value) return value.error();

  std::array<http::Header, 7> headers;
  std::size_t count = 0;
  for (; count < signed_count; ++count) headers[count] = {to_sign[count].name, to_sign[count].value};
  headers[count++] = {"authorization", *value};
  headers[count++] = {"user-agent", kUserAgent};
  http::Request out;
  out.url = options_.endpoint;
  out.headers = headers.data();
  out.header_count = count;
  out.body = call.body;
  out.deadline = deadline;
  out.cancellation = call.options.cancellation;
  return world_.transport.send(out);
}

template <class Accept>
void Client::Impl::judge(const Call& call, http::Response reply, WallTime signed_at, Accept&& accept, Attempt& result) {
  if (const auto id = reply.headers.find("x-amzn-requestid"); id) result.error.request_id = *id;
  result.error.http_status = reply.status;
  const auto unusable = [&](const char* why) {
    result.error.kind = ErrorKind::ambiguous;
    result.retry = RetryCause::transient;
    result.error.message = options_.endpoint + " sent an answer to " + std::string(call.operation) + " that " + why +
                           " (HTTP status " + std::to_string(reply.status) + "); is this DynamoDB's endpoint?";
  };
  if (!crc_matches(reply)) return unusable("does not match its checksum");
  if (reply.status == 200) {
    if (!accept(reply, false)) return unusable("is not DynamoDB's JSON");
    result.success = Success{std::move(reply)};
    return;
  }
  // No refusal: whoever answered may have done what it was asked. DynamoDB itself knows no success but 200.
  if (reply.status < 300) return unusable("is no answer of DynamoDB's");
  const AwsError aws = read_aws_error(reply);
  if (aws.code == kConditionFailed) {
    if (!accept(reply, true)) return unusable("is not DynamoDB's JSON");
    result.success = Success{std::move(reply), true};
    return;
  }
  judge_error(call, reply, aws, signed_at, result);
}

void Client::Impl::judge_transport_error(const Call& call, Error error, Attempt& result) {
  const int number = result.error.attempts;
  result.error = std::move(error);
  result.error.attempts = number;
  const bool over = is_cancelled(call.options) || world_.clock.now() >= call.options.deadline;
  if (result.error.kind == ErrorKind::timed_out && !over) result.error.kind = ErrorKind::not_applied;
  const bool transient = result.error.kind == ErrorKind::not_applied || result.error.kind == ErrorKind::ambiguous;
  if (transient && !over) result.retry = RetryCause::transient;
}

void Client::Impl::judge_error(const Call& call, const http::Response& reply, const AwsError& aws, WallTime signed_at,
                               Attempt& result) {
  const ErrorClass error_class = classify_error(reply.status, aws.code);
  result.error.kind = error_class.kind;
  result.error.aws_code = aws.code;
  result.error.aws_message = aws.message;
  result.retry = error_class.retry;
  if (ClockSkew::explains(aws.code, server_date(reply), signed_at)) result.retry = RetryCause::clock_skew;
  if (const auto asked = parse_integer<std::uint32_t>(reply.headers.find("x-amz-retry-after")); asked) {
    result.server_asks = std::chrono::milliseconds(*asked);
  }
  result.error.message = describe(result.error, context(call));
}

Error Client::Impl::finish(const Call& call, Error error, bool doubted, int attempts) const {
  error.operation = call.operation;
  error.attempts = attempts;
  if (!call.write) {
    const bool over = is_cancelled(call.options) || world_.clock.now() >= call.options.deadline;
    if (error.kind == ErrorKind::ambiguous) error.kind = over ? ErrorKind::timed_out : ErrorKind::not_applied;
  } else if (doubted && error.kind != ErrorKind::ambiguous) {
    error.kind = ErrorKind::ambiguous;
    error.message += " (an earlier attempt may have been applied)";
  }
  return error;
}

template <class Request>
Result<WriteOutcome> Client::Impl::write(std::string_view operation, std::string_view table, const Request& request,
                                         const char* item_member, const CallOptions& options) {
  const std::string body = to_json(table, request);
  WriteOutcome outcome;
  const auto accept = [&](const http::Response& reply, bool condition_failed) {
    auto item = read_item_reply(reply.body, condition_failed ? "Item" : item_member);
    if (!item) return false;
    outcome.item = *std::move(item);
    return true;
  };
  Result<Success> done = perform({operation, table, body, true, options}, accept);
  if (!done) return std::move(done).error();
  outcome.status = done->condition_failed ? WriteOutcome::Status::condition_failed : WriteOutcome::Status::applied;
  outcome.doubted = done->doubted;
  return outcome;
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::create(const ClientWorld& world, ClientOptions options) {
  auto endpoint = checked_endpoint(options.endpoint);
  if (!endpoint) return std::move(endpoint).error();
  // The same rule serves both: a region is a DNS label.
  if (const auto region = regional_endpoint(options.region); !region) return region.error();
  options.endpoint = *std::move(endpoint);
  options.attempts_max = std::max(options.attempts_max, 1);
  return std::unique_ptr<Client>(new Client(std::make_unique<Impl>(world, std::move(options))));
}

Result<WriteOutcome> Client::put_item(std::string_view table, const PutItem& request, const CallOptions& options) {
  return impl_->write("PutItem", table, request, "Attributes", options);
}

Result<WriteOutcome> Client::delete_item(std::string_view table, const DeleteItem& request, const CallOptions& options) {
  return impl_->write("DeleteItem", table, request, "Attributes", options);
}

Result<WriteOutcome> Client::update_item(std::string_view table, const UpdateItem& request, const CallOptions& options) {
  return impl_->write("UpdateItem", table, request, "Attributes", options);
}

Result<std::optional<Item>> Client::get_item(std::string_view table, const GetItem& request, const CallOptions& options) {
  const std::string body = to_json(table, request);
  std::optional<Item> item;
  const auto accept = [&](const http::Response& reply, bool) {
    auto read = read_item_reply(reply.body, "Item");
    if (!read) return false;
    item = *std::move(read);
    return true;
  };
  auto done = impl_->perform({"GetItem", table, body, false, options}, accept);
  if (!done) return std::move(done).error();
  return item;
}

Result<ScanPage> Client::scan(std::string_view table, const Scan& request, const CallOptions& options) {
  const std::string body = to_json(table, request);
  ScanPage page;
  const auto accept = [&](const http::Response& reply, bool) {
    auto read = read_scan_reply(reply.body);
    if (!read) return false;
    page = *std::move(read);
    return true;
  };
  auto done = impl_->perform({"Scan", table, body, false, options}, accept);
  if (!done) return std::move(done).error();
  return page;
}

Result<std::string> Client::call(std::string_view operation, std::string_view json, bool idempotent,
                                 const CallOptions& options) {
  const auto accept = [](const http::Response& reply, bool) { return is_json_object(reply.body); };
  auto done = impl_->perform({operation, {}, json, !idempotent, options}, accept);
  if (!done) return std::move(done).error();
  if (done->condition_failed) {
    Error error;
    error.kind = ErrorKind::contended;
    error.operation = operation;
    error.aws_code = kConditionFailed;
    error.http_status = done->reply.status;
    error.message = std::string(operation) + ": the condition of the request does not hold";
    return error;
  }
  return std::move(done->reply.body);
}

const ServerClock& Client::server_clock() const noexcept { return impl_->server_clock(); }
const std::string& Client::endpoint() const noexcept { return impl_->options().endpoint; }
const std::string& Client::region() const noexcept { return impl_->options().region; }

}  // namespace dynamutex::dynamo
