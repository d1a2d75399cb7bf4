#pragma once
// The signing time, in the one form that Signature Version 4 knows.

#include <array>
#include <chrono>
#include <string_view>

#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::sigv4 {

/// Wall time in whole seconds since 1970-01-01T00:00:00Z.
using SigningTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

/// A signing time as text: the value of `x-amz-date` (ISO 8601 basic, UTC, e.g. "20150830T123600Z") and, as its first
/// eight characters, the date of the credential scope. Source: AWS, "Create a signed AWS API request", step 2.
///
/// A plain value of 16 bytes; it owns its text and never allocates. It only ever holds a valid time.
class DYNAMUTEX_EXPORT AmzDate {
 public:
  /// Errors: `invalid` before 1970 or after 9999.
  [[nodiscard]] static Result<AmzDate> from(SigningTime time);

  /// Reads "YYYYMMDDThhmmssZ". Errors: `invalid` for any other form, a date that no calendar has, or a year outside
  /// 1970 to 9999. Second 60 is refused: AWS's servers do not know leap seconds.
  [[nodiscard]] static Result<AmzDate> parse(std::string_view text);

  /// "20150830T123600Z", valid as long as this object.
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }
  /// "20150830", valid as long as this object.
  [[nodiscard]] std::string_view day() const noexcept { return {text_.data(), 8}; }

 private:
  AmzDate() = default;

  std::array<char, 16> text_;
};

}  // namespace dynamutex::sigv4
