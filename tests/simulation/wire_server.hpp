#pragma once
// DynamoDB's HTTP face: JSON in, JSON out.

#include <optional>
#include <string>
#include <vector>

#include "dynamutex/http/transport.hpp"
#include "simulation/network.hpp"
#include "simulation/server.hpp"

namespace dynamutex::simulation {

/// A request's bytes, as far as the server looks at them.
struct WireRequest {
  std::string operation;    ///< From X-Amz-Target.
  std::string signed_date;  ///< X-Amz-Date.
  std::string body;
  bool writes = false;
};

struct WireReply {
  int status = 0;
  http::HeaderFields headers;
  std::string body;
};

/// Ends the program where the request is not what DynamoDB's protocol asks for.
[[nodiscard]] WireRequest read_request(const http::Request& request);

/// How a request meets the server.
struct Circumstances {
  Answer answer = Answer::normal;
  dynamo::ServerTime now;                  ///< A perfect server's time.
  std::optional<dynamo::ServerTime> date;  ///< In the reply, if at all.
  bool never_dated = false;                ///< No reply ever tells a client the time.
  bool old_item_hidden = false;
};

[[nodiscard]] WireReply answer_request(Server& server, const WireRequest& request, const Origin& origin,
                                       const Circumstances& circumstances);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7).
[[nodiscard]] std::string http_date(dynamo::ServerTime time);

}  // namespace dynamutex::simulation
