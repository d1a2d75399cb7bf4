#include "http/header_list.hpp"

#include <string_view>

#include "dynamutex/secret.hpp"

namespace dynamutex::http {
namespace {

// "Name:" without a value makes libcurl leave out the header that it would add by itself (CURLOPT_HTTPHEADER(3)).
// A header of the same name that the caller gave is still sent.
constexpr std::string_view kNotOurs[] = {"Accept:", "Content-Type:", "Expect:", "User-Agent:"};

}  // namespace

curl_slist* HeaderList::assign(const Header* headers, std::size_t count) {
  clear();
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) size += headers[i].name.size() + headers[i].value.size() + 3;
  for (const auto name : kNotOurs) size += name.size() + 1;
  text_.reserve(size);  // The nodes point into it: it must not move.
  nodes_.reserve(count + std::size(kNotOurs));

  const auto add = [this](std::string_view a, std::string_view b, std::string_view c) {
    char* const start = text_.data() + text_.size();
    text_.append(a).append(b).append(c).push_back('\0');
    nodes_.push_back({start, nullptr});
  };
  for (std::size_t i = 0; i < count; ++i) {
    // "Name;" is libcurl's spelling of a header with an empty value.
    add(headers[i].name, headers[i].value.empty() ? ";" : ": ", headers[i].value);
  }
  for (const auto name : kNotOurs) add(name, {}, {});
  for (std::size_t i = 1; i < nodes_.size(); ++i) nodes_[i - 1].next = &nodes_[i];
  return nodes_.data();
}

void HeaderList::clear() noexcept {
  wipe(text_.data(), text_.size());
  text_.clear();
  nodes_.clear();
}

}  // namespace dynamutex::http
