#pragma once
// A client whose transport answers from a script.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dynamutex/dynamo/client.hpp"
#include "support/fake_world.hpp"

namespace dynamutex::test {

using namespace dynamutex::dynamo;

class ScriptedMulti;

/// Answers from a script, and keeps what it was asked.
class ScriptedTransport final : public http::Transport {
 public:
  struct Sent {
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    [[nodiscard]] std::string header(const std::string& name) const {
      for (const auto& [header_name, value] : headers) {
        if (header_name == name) return value;
      }
      return {};
    }
  };
  using Answer = std::function<Result<http::Response>(const http::Request&)>;

  explicit ScriptedTransport(FakeClock& local) : clock_(local) {}

  Result<http::Response> send(const http::Request& request) override {
    Sent sent{std::string(request.body), {}};
    for (std::size_t i = 0; i < request.header_count; ++i) {
      sent.headers.emplace_back(request.headers[i].name, request.headers[i].value);
    }
    requests.push_back(std::move(sent));
    REQUIRE_FALSE(answers.empty());
    const Answer answer = std::move(answers.front());
    answers.pop_front();
    return answer(request);
  }

  void answer(int status, std::string body, http::HeaderFields headers = {}) {
    answers.emplace_back([=](const http::Request&) -> Result<http::Response> {
      http::Response response;
      response.status = status;
      response.body = body;
      response.headers = headers;
      response.sent = response.received = clock_.now();
      return response;
    });
  }
  void fail(ErrorKind kind) {
    answers.emplace_back([=](const http::Request&) -> Result<http::Response> {
      Error error;
      error.kind = kind;
      error.message = "transport";
      return error;
    });
  }

  std::unique_ptr<http::Multi> multi() override;

  std::deque<Answer> answers;
  std::vector<Sent> requests;
  /// For the Multi: how long the answers take, in the order of the requests; at once where there is none left.
  std::deque<Duration> delays;
  ScriptedMulti* last_multi = nullptr;

 private:
  friend class ScriptedMulti;
  FakeClock& clock_;
};

/// The same from one thread: an answer is asked for at the start of a request, and told when its delay is over.
class ScriptedMulti final : public http::Multi {
 public:
  explicit ScriptedMulti(ScriptedTransport& script) : script_(script) {}

  void start(std::uint64_t id, const http::Request& request) override {
    Duration delay{};
    if (!script_.delays.empty()) {
      delay = script_.delays.front();
      script_.delays.pop_front();
    }
    under_way_.push_back({id, script_.clock_.now() + delay, request.deadline, request.cancellation, script_.send(request)});
    under_way_max = std::max(under_way_max, under_way_.size());
  }

  std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override {
    MonotonicTime next = until;
    for (auto at = under_way_.begin(); at != under_way_.end(); ++at) {
      const bool cancelled = at->cancellation != nullptr && at->cancellation->cancelled();
      if (cancelled || at->deadline <= script_.clock_.now()) {
        at->result = make_error(ErrorKind::ambiguous, "ended while waiting for the reply");
      } else if (at->ends > script_.clock_.now()) {
        next = std::min({next, at->ends, at->deadline});
        continue;
      }
      Finished finished{at->id, std::move(at->result)};
      under_way_.erase(at);
      return finished;
    }
    if (on_wait) on_wait();
    if (wake != nullptr && wake->cancelled()) return std::nullopt;
    script_.clock_.wait_until(next, nullptr);
    return next < until ? wait(until, wake) : std::nullopt;
  }

  std::size_t under_way_max = 0;
  std::function<void()> on_wait;

 private:
  struct UnderWay {
    std::uint64_t id;
    MonotonicTime ends;
    MonotonicTime deadline;
    const Cancellation* cancellation;
    Result<http::Response> result;
  };

  ScriptedTransport& script_;
  std::deque<UnderWay> under_way_;
};

inline std::unique_ptr<http::Multi> ScriptedTransport::multi() {
  auto made = std::make_unique<ScriptedMulti>(*this);
  last_multi = made.get();
  return made;
}

struct Setup {
  explicit Setup(int attempts_max = 4, std::unique_ptr<credentials::Provider> provider = credentials::make_static_provider(
                                           {"AKIDEXAMPLE", Secret("secret-key"), Secret("session-token")}))
      : credentials(std::move(provider)) {
    ClientOptions options;
    options.endpoint = "https://dynamodb.eu-west-1.amazonaws.com";
    options.region = "eu-west-1";
    options.attempts_max = attempts_max;
    options.on_attempt = [this](const AttemptEvent& event) { pauses.push_back(event.retry_after); };
    client = *Client::create({transport, *credentials, clock, entropy}, std::move(options));
  }

  static PutItem put() {
    PutItem request;
    request.item.set("key", "x");
    return request;
  }

  FakeClock clock;
  CountingEntropy entropy;
  ScriptedTransport transport{clock};
  std::unique_ptr<credentials::Provider> credentials;
  std::vector<Duration> pauses;
  std::unique_ptr<Client> client;
};

}  // namespace dynamutex::test
