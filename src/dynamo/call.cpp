#include "dynamo/call.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "dynamo/crc32.hpp"
#include "dynamo/http_date.hpp"

namespace dynamutex::dynamo {
namespace {

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

}  // namespace

void Call::begin(MonotonicTime now) noexcept {
  ++attempts_;
  begun_ = now;
  wall_begun_ = core_.world.clock.wall_now();
  signed_at_ = core_.skew.correct(wall_begun_);
  attempt_deadline_ = std::min(request_.options.deadline, saturating_add(now, core_.options.attempt_timeout));
}

Result<void> Call::sign(credentials::SharedCredentials keys, SignedRequest& out) {
  keys_ = std::move(keys);
  out.request.deadline = attempt_deadline_;
  out.request.cancellation = request_.options.cancellation;
  return core_.signer.sign(request_.target, request_.body, *keys_, signed_at_, out);
}

bool Call::end(Result<http::Response> reply) {
  Judgement result;
  if (reply) judge(*std::move(reply), result);
  else judge_transport_error(std::move(reply).error(), result);
  result.error.attempts = attempts_;

  Duration pause{-1};
  if (!result.success && !wants_another(result, pause)) pause = Duration(-1);
  if (core_.options.on_attempt) tell(result, pause);
  keys_.reset();
  if (result.success) {
    core_.quota.give_back(tokens_);
    answer_.doubted = doubted_;
    return true;
  }
  doubted_ = doubted_ || result.error.kind == ErrorKind::ambiguous;
  error_ = std::move(result.error);
  if (pause < Duration::zero()) {
    settle_error();
    return true;
  }
  resume_at_ = saturating_add(core_.world.clock.now(), pause);
  return false;
}

void Call::give_up() { settle_error(); }

Result<WriteOutcome> outcome_of(Result<CallAnswer> answer, ItemReader& reader) {
  if (!answer) return std::move(answer).error();
  WriteOutcome outcome;
  outcome.status = answer->condition_failed ? WriteOutcome::Status::condition_failed : WriteOutcome::Status::applied;
  outcome.item = std::move(reader.item);
  outcome.doubted = answer->doubted;
  return outcome;
}

Result<CallAnswer> Call::take() {
  if (error_) return *std::move(error_);
  return std::move(answer_);
}

void Call::judge(http::Response reply, Judgement& result) {
  const std::optional<ServerTime> date = server_date(reply);
  core_.server_clock.observe(reply.sent, reply.received, date);
  core_.skew.observe(wall_begun_, wall_begun_ + (reply.received - begun_), date);

  // Before anything is cut to length, and once more behind what JSON may have escaped.
  if (reply.status != 200) redact_secrets(reply.body);
  judge_reply(reply, date, result);
  if (!result.success || core_.options.on_attempt) {
    if (const auto id = reply.headers.find("x-amzn-requestid"); id) result.error.request_id = *id;
    result.error.http_status = reply.status;
    Error& error = result.error;
    for (std::string* text : {&error.message, &error.aws_code, &error.aws_message, &error.request_id}) redact_secrets(*text);
  }
  if (!result.success) return;
  error_.reset();
  answer_.http_status = reply.status;
  answer_.body = std::move(reply.body);
}

void Call::judge_reply(http::Response& reply, std::optional<ServerTime> date, Judgement& result) {
  if (!crc_matches(reply)) return unusable(reply.status, "does not match its checksum", result);
  if (reply.status == 200) {
    if (!reader_.read(reply.body, false)) return unusable(reply.status, "is not DynamoDB's JSON", result);
    result.success = true;
    answer_.condition_failed = false;
    return;
  }
  // No refusal: whoever answered may have done what it was asked. DynamoDB itself knows no success but 200.
  if (reply.status < 300) return unusable(reply.status, "is no answer of DynamoDB's", result);
  const AwsError aws = read_aws_error(reply);
  if (aws.code != kConditionFailed) return judge_refusal(reply, aws, date, result);
  if (!reader_.read(reply.body, true)) return unusable(reply.status, "is not DynamoDB's JSON", result);
  result.success = true;
  answer_.condition_failed = true;
}

void Call::judge_refusal(const http::Response& reply, const AwsError& aws, std::optional<ServerTime> date, Judgement& result) {
  const ErrorClass error_class = classify_error(reply.status, aws.code);
  result.error.kind = error_class.kind;
  result.error.aws_code = aws.code;
  result.error.aws_message = aws.message;
  result.error.http_status = reply.status;
  result.error.attempts = attempts_;
  result.retry = error_class.retry;
  if (ClockSkew::explains(aws.code, date, signed_at_)) result.retry = RetryCause::clock_skew;
  if (refuses_credentials(aws.code) && core_.world.credentials.reject(keys_)) result.retry = RetryCause::new_credentials;
  if (const auto asked = parse_integer<std::uint32_t>(reply.headers.find("x-amz-retry-after")); asked) {
    result.server_asks = std::chrono::milliseconds(*asked);
  }
  result.error.message =
      describe(result.error, {request_.operation(), request_.table, core_.options.region, core_.options.endpoint});
}

void Call::judge_transport_error(Error error, Judgement& result) {
  result.error = std::move(error);
  const bool over = is_over();
  if (result.error.kind == ErrorKind::timed_out && !over) result.error.kind = ErrorKind::not_applied;
  const bool transient = result.error.kind == ErrorKind::not_applied || result.error.kind == ErrorKind::ambiguous;
  if (transient && !over) result.retry = RetryCause::transient;
}

void Call::unusable(int http_status, const char* why, Judgement& result) {
  result.error.kind = ErrorKind::ambiguous;
  result.retry = RetryCause::transient;
  result.error.message = core_.options.endpoint + " sent an answer to " + std::string(request_.operation()) + " that " + why +
                         " (HTTP status " + std::to_string(http_status) + "); is this DynamoDB's endpoint?";
}

void Call::redact_secrets(std::string& text) const {
  if (text.empty()) return;
  redact(text, keys_->secret_access_key);
  redact(text, keys_->session_token);
}

bool Call::wants_another(const Judgement& result, Duration& pause) {
  if (result.retry == RetryCause::none || attempts_ >= core_.options.attempts_max || is_cancelled()) return false;
  pause = retry_pause(result.retry, attempts_, core_.world.entropy, result.server_asks);
  if (saturating_add(core_.world.clock.now(), pause) >= request_.options.deadline) return false;
  tokens_ = core_.quota.take(result.retry);
  return tokens_ > 0;
}

void Call::tell(const Judgement& result, Duration pause) const {
  AttemptEvent event;
  event.operation = request_.operation();
  event.attempt = attempts_;
  event.http_status = result.error.http_status;
  event.duration = core_.world.clock.now() - begun_;
  event.error = result.success ? nullptr : &result.error;
  event.condition_failed = result.success && answer_.condition_failed;
  event.retry_after = pause;
  event.request_id = result.error.request_id;
  core_.options.on_attempt(event);
}

/// The last attempt's error becomes the call's.
void Call::settle_error() {
  Error& error = *error_;
  error.operation = request_.operation();
  if (!request_.write) {
    if (error.kind == ErrorKind::ambiguous) error.kind = is_over() ? ErrorKind::timed_out : ErrorKind::not_applied;
  } else if (doubted_ && error.kind != ErrorKind::ambiguous) {
    error.kind = ErrorKind::ambiguous;
    error.message += " (an earlier attempt may have been applied)";
  }
}

bool Call::is_cancelled() const noexcept {
  return request_.options.cancellation != nullptr && request_.options.cancellation->cancelled();
}

bool Call::is_over() const noexcept { return is_cancelled() || core_.world.clock.now() >= request_.options.deadline; }

}  // namespace dynamutex::dynamo
