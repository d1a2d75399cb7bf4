#include "http/header_list.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "dynamutex/secret.hpp"
#include "http/ascii.hpp"

namespace dynamutex::http {
namespace {

// "Name:" without a value makes libcurl leave out a header that it would add by itself (CURLOPT_HTTPHEADER(3)). Each costs
// libcurl a look at every header it thinks of, so they are given only where they are needed.
constexpr std::string_view kNoAccept = "Accept:";
constexpr std::string_view kNoContentType = "Content-Type:";
constexpr std::string_view kNoExpect = "Expect:";

/// libcurl asks for "100-continue" from 1 MiB on; far below it, it never did.
constexpr std::size_t kExpectFrom = std::size_t{64} << 10U;

bool named(const Header* headers, std::size_t count, std::string_view name) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (equals_ignoring_case(headers[i].name, name)) return true;
  }
  return false;
}

}  // namespace

curl_slist* HeaderList::assign(const Header* headers, std::size_t count, std::size_t body_size) {
  clear();
  std::string_view left_out[3];
  std::size_t left_out_count = 0;
  if (!named(headers, count, "Accept")) left_out[left_out_count++] = kNoAccept;
  if (!named(headers, count, "Content-Type")) left_out[left_out_count++] = kNoContentType;
  if (body_size >= kExpectFrom) left_out[left_out_count++] = kNoExpect;

  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) size += headers[i].name.size() + headers[i].value.size() + 3;
  for (std::size_t i = 0; i < left_out_count; ++i) size += left_out[i].size() + 1;
  text_.resize(std::max(text_.size(), size));
  nodes_.resize(count + left_out_count);

  char* at = text_.data();
  const auto put = [&at](std::string_view piece) {
    std::memcpy(at, piece.data(), piece.size());
    at += piece.size();
  };
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i] = {at, i + 1 < nodes_.size() ? &nodes_[i + 1] : nullptr};
    if (i < count) {
      put(headers[i].name);
      // "Name;" is libcurl's spelling of a header with an empty value.
      put(headers[i].value.empty() ? ";" : ": ");
      put(headers[i].value);
    } else {
      put(left_out[i - count]);
    }
    *at++ = '\0';
  }
  used_ = size;
  return nodes_.empty() ? nullptr : nodes_.data();
}

void HeaderList::clear() noexcept {
  wipe(text_.data(), used_);
  used_ = 0;
}

}  // namespace dynamutex::http
