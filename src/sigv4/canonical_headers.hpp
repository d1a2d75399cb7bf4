#pragma once
// Which headers are signed, in which order and in which form (AWS, "Create a signed AWS API request", step 1).

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dynamutex/result.hpp"
#include "dynamutex/sigv4/request.hpp"
#include "sigv4/writer.hpp"

namespace dynamutex::sigv4 {

/// The signed ones among a request's headers: names in lower case, sorted by name alone, equal names in the order given.
/// It holds the names itself, on the stack up to a limit, and views of the values, which must outlive it.
class CanonicalHeaders {
 public:
  static constexpr std::size_t inline_headers = 32;
  static constexpr std::size_t inline_name_bytes = 512;

  CanonicalHeaders() = default;
  CanonicalHeaders(const CanonicalHeaders&) = delete;
  CanonicalHeaders& operator=(const CanonicalHeaders&) = delete;

  /// Errors: `invalid` for a name that is no token, a value with a control character, no `host`, or a second one of those
  /// headers that may come once only. To be called once.
  [[nodiscard]] Result<void> read(const Headers& headers);

  /// "name:value\n" for each name, the values of equal names joined by commas.
  void append_lines(Writer& out) const;

  /// Bytes that `write_names` writes.
  [[nodiscard]] std::size_t names_size() const noexcept { return names_size_; }
  /// "host;x-amz-date". Returns the end of what it wrote.
  char* write_names(char* to) const noexcept;

  /// The value of the header of this lower-case name as it was given, or null.
  [[nodiscard]] const std::string_view* find(std::string_view lower_name) const noexcept;

 private:
  /// Trivial, so that the inline ones need not be initialised.
  struct Field {
    const char* name_data;
    std::size_t name_size;
    const Header* source;
    bool padded;  ///< The value has white space to trim or to fold.

    [[nodiscard]] std::string_view name() const noexcept { return {name_data, name_size}; }
  };

  void reserve(const Headers& headers);
  Result<void> add(const Header& header);
  Result<void> check_single() const;
  void sort() noexcept;

  Field inline_[inline_headers];
  std::vector<Field> more_;
  Field* fields_ = inline_;
  std::size_t count_ = 0;
  char inline_names_[inline_name_bytes];
  std::string more_names_;
  char* name_cursor_ = inline_names_;
  std::size_t names_size_ = 0;
};

}  // namespace dynamutex::sigv4
