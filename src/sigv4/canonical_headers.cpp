#include "sigv4/canonical_headers.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/copy.hpp"
#include "sigv4/text.hpp"

namespace dynamutex::sigv4 {
namespace {

constexpr std::uint64_t each_byte(unsigned char value) noexcept { return 0x0101010101010101ULL * value; }

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

std::uint64_t load_word(const char* from) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// Its high bits are clear if each byte of `word` is visible ASCII. They may also be set without reason (a borrow): a second
/// look decides.
constexpr std::uint64_t suspicion(std::uint64_t word) noexcept {
  return (word - each_byte('!')) | (word + each_byte(0x7f - '~')) | word;
}

/// Eight bytes at a time, as the values of DynamoDB calls are visible ASCII; all others are looked at carefully.
ValueForm form_of(std::string_view value) noexcept {
  constexpr std::size_t step = sizeof(std::uint64_t);
  if (value.size() < step) return careful_form(value);
  const char* const last = value.data() + value.size() - step;
  std::uint64_t suspicious = suspicion(load_word(last));
  for (const char* at = value.data(); at < last; at += step) suspicious |= suspicion(load_word(at));
  return (suspicious & each_byte(0x80)) == 0 ? ValueForm::clean : careful_form(value);
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

/// True if `word` is all of [a-z0-9-], as nearly all names are.
constexpr bool is_plain(std::uint64_t word) noexcept {
  // Each constant carries into the high bit what lies above the end of a range.
  const auto above = [word](char last) { return word + each_byte(static_cast<unsigned char>(0x7f - last)); };
  const std::uint64_t letter = above('a' - 1) & ~above('z');
  const std::uint64_t digit = above('0' - 1) & ~above('9');
  const std::uint64_t hyphen = above('-' - 1) & ~above('-');
  return (word & each_byte(0x80)) == 0 && ((letter | digit | hyphen) & each_byte(0x80)) == each_byte(0x80);
}

/// True if `name` is a token in lower case for sure; false says nothing.
bool is_plain_name(std::string_view name) noexcept {
  constexpr std::size_t step = sizeof(std::uint64_t);
  if (name.size() < step) return false;
  const char* const last = name.data() + name.size() - step;
  bool plain = is_plain(load_word(last));
  for (const char* at = name.data(); at < last; at += step) plain &= is_plain(load_word(at));
  return plain;
}

/// Writes `name` in lower case. False if it is no token.
bool write_lower(std::string_view name, char* to) noexcept {
  bool token = !name.empty();
  for (std::size_t i = 0; i < name.size(); ++i) {
    to[i] = token_lower(name[i]);
    token &= to[i] != 0;
  }
  return token;
}

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

Failure CanonicalHeaders::add(const Header& header) {
  std::string_view lower_name = header.name;
  Known known = classify(lower_name);
  if (known == unknown && !is_plain_name(lower_name)) {
    char* const lower = name_cursor_;
    if (!write_lower(header.name, lower)) {
      return failure("a header has an empty name, or one with characters other than letters, digits and !#$%&'*+-.^_`|~");
    }
    name_cursor_ += header.name.size();
    lower_name = {lower, header.name.size()};
    known = classify(lower_name);
  }
  const ValueForm form = form_of(header.value);
  if (form == ValueForm::forbidden) {
    return failure({"the value of header '", lower_name, "' has a line break or another control character; remove it"});
  }
  if (known == never_signed || lower_name.substr(0, 6) == "proxy-") return nullptr;
  if (known != unknown) {
    if (known_[known] != nullptr) {
      return failure({"header '", lower_name, "' is there more than once; send it once"});
    }
    known_[known] = &header.value;
  }
  fields_[count_++] = {lower_name.data(), lower_name.size(), &header, form == ValueForm::padded, false};
  return nullptr;
}

CanonicalHeaders::Known CanonicalHeaders::classify(std::string_view name) noexcept {
  // Never signed is what proxies drop or rewrite on the way, and `authorization`, which carries the result.
  switch (name.size()) {
    case 2: return name == "te" ? never_signed : unknown;
    case 4: return name == "host" ? known_host : unknown;
    case 6: return name == "expect" ? never_signed : unknown;
    case 7:
      if (name == "trailer" || name == "upgrade") return never_signed;
      break;
    case 10:
      if (name == "x-amz-date") return known_date;
      if (name == "connection" || name == "keep-alive" || name == "user-agent") return never_signed;
      break;
    case 13:
      if (name == "authorization") return never_signed;
      break;
    case 15:
      if (name == "x-amzn-trace-id") return never_signed;
      break;
    case 17:
      if (name == "transfer-encoding") return never_signed;
      break;
    case 20:
      if (name == "x-amz-security-token") return known_token;
      if (name == "x-amz-content-sha256") return known_content_sha256;
      break;
    default: break;
  }
  return unknown;
}

bool CanonicalHeaders::before(const Field& a, const Field& b) noexcept {
  return a.name_data[0] != b.name_data[0] ? a.name_data[0] < b.name_data[0] : a.name() < b.name();
}

void CanonicalHeaders::sort() noexcept {
  // Stable, for the order of equal names, and without the heap that std::stable_sort may take. Callers who give sorted
  // headers pay one comparison each.
  for (std::size_t i = 1; i < count_; ++i) {
    if (!before(fields_[i], fields_[i - 1])) continue;
    const Field field = fields_[i];
    std::size_t to = i;
    for (; to > 0 && before(field, fields_[to - 1]); --to) fields_[to] = fields_[to - 1];
    fields_[to] = field;
  }
}

Failure CanonicalHeaders::read(const Headers& headers) {
  reserve(headers);
  for (const Header& header : headers) {
    if (auto failed = add(header)) return failed;
  }
  if (known_[known_host] == nullptr) {
    return failure("there is no 'host' header; add it with the value that will be sent");
  }
  sort();
  for (std::size_t i = 0; i < count_; ++i) {
    fields_[i].repeated = i > 0 && fields_[i].name() == fields_[i - 1].name();
    if (!fields_[i].repeated) names_size_ += fields_[i].name_size + 1;
  }
  --names_size_;  // no semicolon after the last
  return nullptr;
}

void CanonicalHeaders::append_lines(Writer& out) const {
  for (std::size_t i = 0; i < count_; ++i) {
    const Field& field = fields_[i];
    if (field.repeated) {
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
    if (fields_[i].repeated) continue;
    if (i > 0) *to++ = ';';
    to = base::copy_text(to, fields_[i].name());
  }
  return to;
}

}  // namespace dynamutex::sigv4
