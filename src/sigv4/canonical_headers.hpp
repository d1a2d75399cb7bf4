#pragma once
// Which headers are signed, in which order and in which form (AWS, "Create a signed AWS API request", step 1).

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dynamutex/sigv4/request.hpp"
#include "sigv4/failure.hpp"
#include "sigv4/writer.hpp"

namespace dynamutex::sigv4 {

/// The signed ones among a request's headers: names in lower case, sorted by name alone, equal names in the order given.
/// It holds views of the headers, which must outlive it, and names that it had to change, on the stack up to a limit.
class CanonicalHeaders {
 public:
  static constexpr std::size_t inline_headers = 32;
  static constexpr std::size_t inline_name_bytes = 512;

  CanonicalHeaders() = default;
  CanonicalHeaders(const CanonicalHeaders&) = delete;
  CanonicalHeaders& operator=(const CanonicalHeaders&) = delete;

  /// Errors: `invalid` for a name that is no token, a value with a control character, no `host`, or a second one of those
  /// headers that may come once only. To be called once.
  [[nodiscard]] Failure read(const Headers& headers);

  /// "name:value\n" for each name, the values of equal names joined by commas.
  void append_lines(Writer& out) const;

  /// Bytes that `write_names` writes.
  [[nodiscard]] std::size_t names_size() const noexcept { return names_size_; }
  /// "host;x-amz-date". Returns the end of what it wrote.
  char* write_names(char* to) const noexcept;

  /// The value, as it was given, of a header that the signer itself has to know; null if it is not there.
  [[nodiscard]] const std::string_view* date() const noexcept { return known_[known_date]; }
  [[nodiscard]] const std::string_view* session_token() const noexcept { return known_[known_token]; }
  [[nodiscard]] const std::string_view* content_sha256() const noexcept { return known_[known_content_sha256]; }

 private:
  enum Known : unsigned char { known_host, known_date, known_token, known_content_sha256, never_signed, unknown };

  /// Trivial, so that the inline ones need not be initialised.
  struct Field {
    const char* name_data;
    std::size_t name_size;
    const Header* source;
    bool padded;    ///< The value has white space to trim or to fold.
    bool repeated;  ///< The name is that of the field before.

    [[nodiscard]] std::string_view name() const noexcept { return {name_data, name_size}; }
  };

  static Known classify(std::string_view lower_name) noexcept;
  static bool before(const Field& a, const Field& b) noexcept;
  void reserve(const Headers& headers);
  Failure add(const Header& header);
  void sort() noexcept;

  Field inline_[inline_headers];
  std::vector<Field> more_;
  Field* fields_ = inline_;
  std::size_t count_ = 0;
  char inline_names_[inline_name_bytes];
  std::string more_names_;
  char* name_cursor_ = inline_names_;
  std::size_t names_size_ = 0;
  const std::string_view* known_[never_signed] = {};
};

}  // namespace dynamutex::sigv4
