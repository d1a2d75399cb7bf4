#pragma once
// Result<T>: a value or an Error, without exceptions.

#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

#include "dynamutex/error.hpp"

namespace dynamutex {

/// A value of type T, or the Error that explains its absence. It cannot be dropped unread.
///
/// Asking for the alternative that is not there is a bug in the caller and ends the process (std::abort), with or
/// without assertions.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T& value() & { return *require(std::get_if<0>(&state_)); }
  [[nodiscard]] const T& value() const& { return *require(std::get_if<0>(&state_)); }
  [[nodiscard]] T&& value() && { return std::move(*require(std::get_if<0>(&state_))); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  [[nodiscard]] Error& error() & { return *require(std::get_if<1>(&state_)); }
  [[nodiscard]] const Error& error() const& { return *require(std::get_if<1>(&state_)); }
  [[nodiscard]] Error&& error() && { return std::move(*require(std::get_if<1>(&state_))); }

 private:
  template <class P>
  static P* require(P* alternative) noexcept {
    if (alternative == nullptr) std::abort();
    return alternative;
  }

  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] Error& error() & { return require(); }
  [[nodiscard]] const Error& error() const& { return const_cast<Result*>(this)->require(); }
  [[nodiscard]] Error&& error() && { return std::move(require()); }

 private:
  Error& require() noexcept {
    if (!error_) std::abort();
    return *error_;
  }

  std::optional<Error> error_;
};

}  // namespace dynamutex
