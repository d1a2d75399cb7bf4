#include "sigv4/canonical_headers.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "sigv4/text.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr std::uint64_t each_byte(unsigned char value) noexcept { return 0x0101010101010101ULL * value; }

/// The high bit of each byte of `word` that is below 0x20 or is 0x7f.
constexpr std::uint64_t control_bytes(std::uint64_t word) noexcept {
  const std::uint64_t low_bits = word & each_byte(0x7f);
  const std::uint64_t not_below_0x20 = low_bits + each_byte(0x60);
  const std::uint64_t is_0x7f = low_bits + each_byte(0x01);
  return (~not_below_0x20 | is_0x7f) & ~word & each_byte(0x80);
}

/// The high bit of each byte of `word` that is a space.
constexpr std::uint64_t space_bytes(std::uint64_t word) noexcept {
  const std::uint64_t difference = word ^ each_byte(' ');
  const std::uint64_t not_zero = ((difference & each_byte(0x7f)) + each_byte(0x7f)) | difference;
  return ~not_zero & each_byte(0x80);
}

enum class ValueForm : unsigned char { clean, padded, forbidden };

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

ValueForm careful_form(std::string_view value) noexcept {
  bool padded = !value.empty() && (is_blank(value.front()) || is_blank(value.back()));
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\t' || (value[i] == ' ' && i > 0 && value[i - 1] == ' ')) {
      padded = true;
    } else if (is_control(value[i])) {
      return ValueForm::forbidden;
    }
  }
  return padded ? ValueForm::padded : ValueForm::clean;
}

/// Eight bytes at a time, as nearly all values are clean; whatever is suspicious is looked at carefully.
ValueForm form_of(std::string_view value) noexcept {
  if (value.empty()) return ValueForm::clean;
  if (value.front() == ' ' || value.back() == ' ') return careful_form(value);
  const char* data = value.data();
  std::size_t left = value.size();
  std::uint64_t suspicious = 0;
  for (bool space_before = false; left > 0;) {
    std::uint64_t word = each_byte('x');
    const std::size_t size = std::min<std::size_t>(left, sizeof word);
    std::memcpy(&word, data, size);
    const std::uint64_t spaces = space_bytes(word);
    suspicious |= control_bytes(word) | (spaces & (spaces >> 8U));
    if (space_before && data[0] == ' ') return careful_form(value);
    space_before = data[size - 1] == ' ';
    data += size;
    left -= size;
  }
  return suspicious != 0 ? careful_form(value) : ValueForm::clean;
}

/// Trimmed, and each run of blanks as one space.
void append_folded(Writer& out, std::string_view value) {
  bool started = false;
  for (std::size_t begin = 0; begin < value.size();) {
    std::size_t end = begin;
    while (end < value.size() && !is_blank(value[end])) ++end;
    if (end > begin) {
      if (started) out.put(' ');
      out.put(value.substr(begin, end - begin));
      started = true;
    }
    begin = end + 1;
  }
}

/// Proxies drop or rewrite these on the way, so signing them would break requests. `authorization` carries the result.
bool is_never_signed(std::string_view lower_name) noexcept {
  switch (lower_name.size()) {
    case 2: return lower_name == "te";
    case 6: return lower_name == "expect";
    case 7: return lower_name == "trailer" || lower_name == "upgrade";
    case 10: return lower_name == "connection" || lower_name == "keep-alive" || lower_name == "user-agent";
    case 13: return lower_name == "authorization";
    case 15: return lower_name == "x-amzn-trace-id";
    case 17: return lower_name == "transfer-encoding";
    default: return false;
  }
}

bool is_proxy_header(std::string_view lower_name) noexcept { return lower_name.substr(0, 6) == "proxy-"; }

}  // namespace

void CanonicalHeaders::reserve(const Headers& headers) {
  if (headers.size() > inline_headers) {
    more_.resize(headers.size());
    fields_ = more_.data();
  }
  std::size_t name_bytes = 0;
  for (const Header& header : headers) name_bytes += header.name.size();
  if (name_bytes > inline_name_bytes) {
    more_names_.resize(name_bytes);
    name_cursor_ = more_names_.data();
  }
}

Result<void> CanonicalHeaders::add(const Header& header) {
  char* const name = name_cursor_;
  char valid = 1;
  for (const char c : header.name) {
    const char lower = token_lower(c);
    if (lower == 0) valid = 0;
    *name_cursor_++ = lower;
  }
  if (header.name.empty() || valid == 0) {
    return invalid("header number " + std::to_string(count_ + 1) +
                   " has a name that is empty or has characters other than letters, digits and !#$%&'*+-.^_`|~");
  }
  const std::string_view lower_name(name, header.name.size());
  const ValueForm form = form_of(header.value);
  if (form == ValueForm::forbidden) {
    return invalid("the value of header '" + std::string(lower_name) +
                   "' has a line break or another control character; remove it");
  }
  if (is_never_signed(lower_name) || is_proxy_header(lower_name)) return {};
  fields_[count_++] = {name, lower_name.size(), &header, form == ValueForm::padded};
  return {};
}

void CanonicalHeaders::sort() noexcept {
  // Stable, for the order of equal names, and without the heap that std::stable_sort may take. Callers who give sorted
  // headers pay one comparison each.
  for (std::size_t i = 1; i < count_; ++i) {
    const Field field = fields_[i];
    std::size_t to = i;
    for (; to > 0 && field.name() < fields_[to - 1].name(); --to) fields_[to] = fields_[to - 1];
    fields_[to] = field;
  }
}

Result<void> CanonicalHeaders::check_single() const {
  for (std::size_t i = 1; i < count_; ++i) {
    const std::string_view name = fields_[i].name();
    if (name != fields_[i - 1].name()) continue;
    if (name == "host" || name == "x-amz-date" || name == "x-amz-security-token" || name == "x-amz-content-sha256") {
      return invalid("header '" + std::string(name) + "' is there more than once; send it once");
    }
  }
  if (find("host") == nullptr) return invalid("there is no 'host' header; add it with the value that will be sent");
  return {};
}

Result<void> CanonicalHeaders::read(const Headers& headers) {
  reserve(headers);
  for (const Header& header : headers) {
    if (auto added = add(header); !added) return added;
  }
  sort();
  for (std::size_t i = 0; i < count_; ++i) {
    if (i == 0 || fields_[i].name() != fields_[i - 1].name()) names_size_ += fields_[i].name_size + 1;
  }
  if (names_size_ > 0) --names_size_;  // no semicolon after the last
  return check_single();
}

void CanonicalHeaders::append_lines(Writer& out) const {
  for (std::size_t i = 0; i < count_; ++i) {
    const Field& field = fields_[i];
    if (i > 0 && field.name() == fields_[i - 1].name()) {
      out.put(',');
    } else {
      if (i > 0) out.put('\n');
      out.put(field.name());
      out.put(':');
    }
    if (field.padded) {
      append_folded(out, field.source->value);
    } else {
      out.put(field.source->value);
    }
  }
  out.put('\n');
}

char* CanonicalHeaders::write_names(char* to) const noexcept {
  for (std::size_t i = 0; i < count_; ++i) {
    const std::string_view name = fields_[i].name();
    if (i > 0 && name == fields_[i - 1].name()) continue;
    if (i > 0) *to++ = ';';
    to += name.copy(to, name.size());
  }
  return to;
}

const std::string_view* CanonicalHeaders::find(std::string_view lower_name) const noexcept {
  for (std::size_t i = 0; i < count_; ++i) {
    if (fields_[i].name() == lower_name) return &fields_[i].source->value;
  }
  return nullptr;
}

}  // namespace dynamutex::sigv4
