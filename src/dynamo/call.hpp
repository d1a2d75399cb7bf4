#pragma once
// One operation over all of its attempts: every rule about retries and about what a reply means, and no input or output.

#include <optional>
#include <string>
#include <string_view>

#include "dynamo/client_core.hpp"
#include "dynamo/errors.hpp"
#include "dynamo/operations.hpp"
#include "dynamo/replies.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::dynamo {

/// What is asked of DynamoDB. All views outlive the call.
struct CallRequest {
  std::string_view target;  ///< kTargetPrefix and the operation's name.
  std::string_view table;   ///< For messages; empty for operations without one.
  std::string_view body;
  bool write = false;  ///< Doing it twice is not like doing it once: a lost reply leaves it in doubt.
  CallOptions options;

  [[nodiscard]] std::string_view operation() const noexcept { return target.substr(kTargetPrefix.size()); }
};

/// What DynamoDB answered in the end.
struct CallAnswer {
  int http_status = 0;
  std::string body;
  bool condition_failed = false;
  bool doubted = false;  ///< An earlier attempt may have been applied too.
};

/// The code of a failed condition, which is an answer and no error.
inline constexpr std::string_view kConditionFailed = "ConditionalCheckFailedException";

/// How an item operation ended, from its call and from what was read of its reply.
[[nodiscard]] Result<WriteOutcome> outcome_of(Result<CallAnswer> answer, ItemReader& reader);

/// A call as a sequence of steps: `begin`, `sign`, (whoever drives it sends the request), `end`; and again from `resume_at` on
/// until `end` says that it is over. Not thread-safe. `core` and `reader` must outlive it.
class Call {
 public:
  Call(ClientCore& core, const CallRequest& request, ReplyReader& reader) noexcept
      : core_(core), request_(request), reader_(reader) {}

  /// Begins an attempt at local time `now`.
  void begin(MonotonicTime now) noexcept;
  /// Until when the attempt may take.
  [[nodiscard]] MonotonicTime attempt_deadline() const noexcept { return attempt_deadline_; }
  /// The attempt's request, complete. Errors: those of RequestSigner; they go to `end`.
  [[nodiscard]] Result<void> sign(credentials::SharedCredentials keys, SignedRequest& out);
  /// Takes what came of the attempt. True: the call is over.
  [[nodiscard]] bool end(Result<http::Response> reply);

  /// When the next attempt is to begin.
  [[nodiscard]] MonotonicTime resume_at() const noexcept { return resume_at_; }
  /// There will be no other attempt, as the pause was cut short.
  void give_up();

  /// How the call ended, once it is over.
  [[nodiscard]] Result<CallAnswer> take();
  [[nodiscard]] const CallOptions& options() const noexcept { return request_.options; }

 private:
  /// What is thought of the attempt that is being ended.
  struct Judgement {
    bool success = false;
    Error error;
    RetryCause retry = RetryCause::none;
    std::optional<Duration> server_asks;
  };

  void judge(http::Response reply, Judgement& result);
  void judge_reply(http::Response& reply, std::optional<ServerTime> date, Judgement& result);
  void judge_refusal(const http::Response& reply, const AwsError& aws, std::optional<ServerTime> date, Judgement& result);
  void judge_transport_error(Error error, Judgement& result);
  void unusable(int http_status, const char* why, Judgement& result);
  void redact_secrets(std::string& text) const;
  bool wants_another(const Judgement& result, Duration& pause);
  void tell(const Judgement& result, Duration pause) const;
  void settle_error();
  [[nodiscard]] bool is_over() const noexcept;
  [[nodiscard]] bool is_cancelled() const noexcept;

  ClientCore& core_;
  const CallRequest request_;
  ReplyReader& reader_;

  int attempts_ = 0;
  MonotonicTime begun_{};
  MonotonicTime attempt_deadline_{};
  WallTime wall_begun_{};
  WallTime signed_at_{};
  credentials::SharedCredentials keys_;
  MonotonicTime resume_at_{};
  int tokens_ = 0;
  bool doubted_ = false;

  CallAnswer answer_;
  std::optional<Error> error_;
};

}  // namespace dynamutex::dynamo
