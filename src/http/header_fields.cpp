#include "dynamutex/http/header_fields.hpp"

#include <cstdint>
#include <cstring>

#include "http/ascii.hpp"

namespace dynamutex::http {
namespace {

struct Sizes {
  std::uint32_t name;
  std::uint32_t value;
};

Sizes read_sizes(const char* at) noexcept {
  Sizes sizes;
  std::memcpy(&sizes, at, sizeof sizes);
  return sizes;
}

}  // namespace

Header HeaderFields::Iterator::operator*() const noexcept {
  const Sizes sizes = read_sizes(at_);
  const char* const name = at_ + sizeof sizes;
  return {{name, sizes.name}, {name + sizes.name, sizes.value}};
}

HeaderFields::Iterator& HeaderFields::Iterator::operator++() noexcept {
  const Sizes sizes = read_sizes(at_);
  at_ += sizeof sizes + sizes.name + sizes.value;
  return *this;
}

HeaderFields::HeaderFields(std::initializer_list<Header> fields) {
  for (const Header& field : fields) push_back(field);
}

std::optional<std::string_view> HeaderFields::find(std::string_view name) const noexcept {
  for (const Header field : *this) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

void HeaderFields::push_back(const Header& field) {
  const Sizes sizes{static_cast<std::uint32_t>(field.name.size()), static_cast<std::uint32_t>(field.value.size())};
  last_ = memory_.size();
  char head[sizeof sizes];
  std::memcpy(&head[0], &sizes, sizeof sizes);
  memory_.append(&head[0], sizeof head).append(field.name).append(field.value);
}

void HeaderFields::extend_last(std::string_view text) {
  if (memory_.empty()) return;
  Sizes sizes = read_sizes(memory_.data() + last_);
  sizes.value += static_cast<std::uint32_t>(text.size());
  std::memcpy(memory_.data() + last_, &sizes, sizeof sizes);
  memory_.append(text);
}

}  // namespace dynamutex::http
