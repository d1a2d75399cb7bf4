#pragma once
// Header fields: borrowed for a request, owned for a reply.

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/export.hpp"

namespace dynamutex::http {

/// One field as views of somebody else's memory.
struct Header {
  std::string_view name;
  std::string_view value;
};

/// The header fields of a reply, in order, all of them in one piece of memory.
///
/// A plain value; reading from several threads at once is safe. Views of it are valid until it is changed, moved or destroyed.
class DYNAMUTEX_EXPORT HeaderFields {
 public:
  class Iterator {
   public:
    explicit Iterator(const char* at) noexcept : at_(at) {}
    [[nodiscard]] Header operator*() const noexcept;
    Iterator& operator++() noexcept;
    [[nodiscard]] bool operator!=(const Iterator& other) const noexcept { return at_ != other.at_; }

   private:
    const char* at_;
  };

  HeaderFields() = default;
  HeaderFields(std::initializer_list<Header> fields);

  [[nodiscard]] bool empty() const noexcept { return memory_.empty(); }
  [[nodiscard]] Iterator begin() const noexcept { return Iterator(memory_.data()); }
  [[nodiscard]] Iterator end() const noexcept { return Iterator(memory_.data() + memory_.size()); }

  /// The value of the first field of that name (case-insensitive), or nothing.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

  /// Name and value: at most 4 GiB each.
  void push_back(const Header& field);
  /// Adds to the value of the last field; does nothing where there is none.
  void extend_last(std::string_view text);
  void clear() noexcept { memory_.clear(); }
  void reserve(std::size_t bytes) { memory_.reserve(bytes); }

 private:
  std::string memory_;  ///< Of each field: the two sizes, the name, the value.
  std::size_t last_ = 0;
};

}  // namespace dynamutex::http
