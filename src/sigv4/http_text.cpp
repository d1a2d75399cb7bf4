#include "dynamutex/sigv4/http_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "sigv4/failure.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_header(std::string_view name, std::string_view lower) noexcept {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

/// Takes lines off a text.
class Lines {
 public:
  explicit Lines(std::string_view text) noexcept : rest_(text) {}

  std::string_view next() noexcept {
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ++number_;
    return line;
  }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  [[nodiscard]] bool is_folded_next() const noexcept { return !rest_.empty() && is_blank(rest_.front()); }

  [[nodiscard]] Error wrong(std::string_view what) const {
    return invalid("line " + std::to_string(number_) + " of the request " + std::string(what));
  }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

/// "METHOD target[ HTTP/x.y]"; the target may hold raw spaces.
bool split_request_line(std::string_view line, std::string_view& method, std::string_view& target) noexcept {
  const std::size_t method_end = line.find(' ');
  if (method_end == 0 || method_end == std::string_view::npos) return false;
  method = line.substr(0, method_end);
  target = line.substr(method_end + 1);
  const std::size_t version = target.rfind(" HTTP/");
  if (version != std::string_view::npos) target = target.substr(0, version);
  return !target.empty();
}

/// What `content-length` leaves of `rest`; an error where they contradict.
Result<std::string_view> body_of(std::string_view rest, const std::vector<Header>& headers) {
  const auto length =
      std::find_if(headers.begin(), headers.end(), [](const Header& header) { return is_header(header.name, "content-length"); });
  if (length == headers.end()) return rest;
  std::size_t size = 0;
  const char* const end = length->value.data() + length->value.size();
  const auto [stop, error] = std::from_chars(length->value.data(), end, size);
  if (error != std::errc() || stop != end) return invalid("the content-length is not a number of bytes; correct it");
  if (rest.size() < size || rest.find_first_not_of("\r\n", size) != std::string_view::npos) {
    return invalid("the body has " + std::to_string(rest.size()) + " bytes but content-length says " + std::to_string(size) +
                   "; make them agree");
  }
  return rest.substr(0, size);
}

}  // namespace

Result<HttpText> HttpText::parse(std::string_view text) {
  HttpText http;
  http.text_.assign(text.begin(), text.end());
  Lines lines({http.text_.data(), http.text_.size()});

  std::string_view target;
  if (!split_request_line(lines.next(), http.method_, target)) {
    return lines.wrong("is not 'METHOD target HTTP/1.1'; begin with a request line");
  }
  if (target.front() != '/') return lines.wrong("has a target that does not start with '/'; put the host in a Host header");
  const std::size_t question = std::min(target.find('?'), target.size());
  http.path_ = target.substr(0, question);
  if (question < target.size()) http.query_ = target.substr(question + 1);

  while (!lines.rest().empty()) {
    const std::string_view line = lines.next();
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return lines.wrong("is not 'Name: value'; correct it");
    const std::string_view name = line.substr(0, colon);
    if (std::any_of(name.begin(), name.end(), is_blank)) return lines.wrong("has a space in a header's name; remove it");
    std::string_view value = trimmed(line.substr(colon + 1));
    if (lines.is_folded_next()) {
      std::string& whole = http.unfolded_.emplace_back(value);
      while (lines.is_folded_next()) whole.append(" ").append(trimmed(lines.next()));
      value = whole;
    }
    http.headers_.push_back({name, value});
  }
  auto body = body_of(lines.rest(), http.headers_);
  if (!body) return std::move(body).error();
  http.body_ = *body;
  return http;
}

Request HttpText::request() const noexcept { return {method_, path_, query_, Headers(headers_), Payload::of(body_)}; }

}  // namespace dynamutex::sigv4
