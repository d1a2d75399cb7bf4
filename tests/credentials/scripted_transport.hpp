#pragma once
// A transport that answers from a list, and keeps what it was asked.

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "dynamutex/http/transport.hpp"

namespace dynamutex::testing {

/// Single-threaded. The last answer is given for ever.
class ScriptedTransport final : public http::Transport {
 public:
  struct Asked {
    std::string method;
    std::string url;
    MonotonicTime deadline;
  };

  ScriptedTransport& then(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    answers_.emplace_back(std::move(response));
    return *this;
  }
  ScriptedTransport& then_error(ErrorKind kind) {
    answers_.emplace_back(make_error(kind, "scripted"));
    return *this;
  }

  Result<http::Response> send(const http::Request& request) override {
    asked.push_back({std::string(request.method), std::string(request.url), request.deadline});
    Result<http::Response> answer = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return answer;
  }

  std::vector<Asked> asked;

 private:
  std::deque<Result<http::Response>> answers_;
};

}  // namespace dynamutex::testing
