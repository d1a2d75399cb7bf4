#pragma once
// A request written as HTTP/1.1 text, for tools and tests that sign what a person pasted.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"
#include "dynamutex/sigv4/request.hpp"

namespace dynamutex::sigv4 {

/// A request read from its text. It owns a copy of the text; `request` gives views into it, valid as long as this object.
/// Movable, not copyable: the views point into its own memory.
class DYNAMUTEX_EXPORT HttpText {
 public:
  /// Reads "METHOD target HTTP/1.1", header lines, an empty line and the body (RFC 9112, sections 2 and 3; lines may end in
  /// LF alone; the version, and the empty line where there is no body, may be missing). Raw spaces and UTF-8 in the target
  /// are kept. A folded header (RFC 9112, section 5.2) is unfolded with one space. With `content-length` the body has
  /// that many bytes, and nothing but line breaks may follow; without, it is all the rest.
  /// Errors: `invalid`, with the number of the line: no method or target, a target that is a whole URL, a line without ':', a
  /// name with a space, a body shorter or longer than `content-length`.
  [[nodiscard]] static Result<HttpText> parse(std::string_view text);

  HttpText(HttpText&&) noexcept = default;
  HttpText& operator=(HttpText&&) noexcept = default;

  /// The request, with the body as payload.
  [[nodiscard]] Request request() const noexcept;
  [[nodiscard]] const std::vector<Header>& headers() const noexcept { return headers_; }
  [[nodiscard]] std::string_view body() const noexcept { return body_; }

 private:
  HttpText() = default;

  std::vector<char> text_;            ///< Not a string: moving a short one would move what the views point to.
  std::deque<std::string> unfolded_;  ///< A deque: its elements stay where they are.
  std::string_view method_;
  std::string_view path_;
  std::string_view query_;
  std::vector<Header> headers_;
  std::string_view body_;
};

}  // namespace dynamutex::sigv4
