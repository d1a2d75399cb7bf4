#include "http/reply_collector.hpp"

#include <utility>

#include "http/ascii.hpp"

namespace dynamutex::http {
namespace {

/// Of DynamoDB: its seven fields and what a HeaderFields keeps with each.
constexpr std::size_t kTypicalHead = 384;

/// The code of "HTTP/1.1 200 OK"; 0 where there is none.
int parse_status(std::string_view line) noexcept {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  int status = 0;
  for (const char c : line.substr(space + 1, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

}  // namespace

void ReplyCollector::begin(std::size_t bytes_max) noexcept {
  response_ = Response{};
  bytes_max_ = bytes_max;
  head_bytes_ = 0;
  excess_ = Excess::none;
  head_complete_ = false;
}

bool ReplyCollector::add_line(std::string_view line) {
  if (line.size() > bytes_max_ - head_bytes_) {
    excess_ = Excess::head;
    return false;
  }
  head_bytes_ += line.size();
  if (head_complete_) return true;  // A trailer: counted, not wanted.

  const std::string_view text = trim(line);
  if (line.substr(0, 5) == "HTTP/") {
    response_.headers.clear();
    response_.status = parse_status(text);
    return true;
  }
  if (text.empty()) {
    head_complete_ = response_.status >= 200;
    return true;
  }
  if (line.front() == ' ' || line.front() == '\t') {  // A folded line (RFC 9112, section 5.2) goes on with the last value.
    response_.headers.extend_last(" ");
    response_.headers.extend_last(text);
    return true;
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return true;
  if (response_.headers.empty()) response_.headers.reserve(kTypicalHead);
  response_.headers.push_back({trim(text.substr(0, colon)), trim(text.substr(colon + 1))});
  return true;
}

bool ReplyCollector::add_body(std::string_view piece) {
  if (piece.size() > bytes_max_ - response_.body.size()) {
    excess_ = Excess::body;
    return false;
  }
  response_.body.append(piece);
  return true;
}

}  // namespace dynamutex::http
