#include "cli/utf8.hpp"

#include <algorithm>
#include <iterator>

namespace dynamutex::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr Range kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xA960, 0xA97C}, {0xAC00, 0xD7A3},
                           {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
                           {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
constexpr Range kNoWidth[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x1AB0, 0x1AFF},
                              {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064}, {0x20D0, 0x20FF},
                              {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], char32_t character) noexcept {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& range) { return character >= range.first && character <= range.last; });
}

char32_t decode(std::string_view sequence) noexcept {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(sequence[index]); };
  if (sequence.size() <= 1) return byte(0);
  char32_t character = byte(0) & (0xFFU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) character = character << 6U | (byte(i) & 0x3FU);
  return character;
}

std::size_t width_of(std::string_view sequence) noexcept {
  const char32_t character = decode(sequence);
  if (is_in(kNoWidth, character)) return 0;
  return is_in(kWide, character) ? 2 : 1;
}

/// The first character, or the first byte where it starts none.
std::string_view first_of(std::string_view text) noexcept { return text.substr(0, std::max(utf8_length(text), std::size_t{1})); }

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const auto continues = [&](std::size_t from, std::size_t count) {
    if (from + count > text.size()) return false;
    for (std::size_t i = from; i < from + count; ++i) {
      if ((byte(i) & 0xC0U) != 0x80U) return false;
    }
    return true;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1, 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF && continues(1, 2)) {
    const unsigned second = byte(1);
    const bool overlong = lead == 0xE0 && second < 0xA0;
    const bool surrogate = lead == 0xED && second > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4 && continues(1, 3)) {
    const unsigned second = byte(1);
    const bool overlong = lead == 0xF0 && second < 0x90;
    const bool too_high = lead == 0xF4 && second > 0x8F;
    return overlong || too_high ? 0 : 4;
  }
  return 0;
}

std::size_t display_width(std::string_view text) noexcept {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::string_view character = first_of(text);
    columns += width_of(character);
    text.remove_prefix(character.size());
  }
  return columns;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::string result;
  for (std::size_t left = columns - 1; !text.empty();) {
    const std::string_view character = first_of(text);
    const std::size_t width = width_of(character);
    if (width > left) break;
    left -= width;
    result += character;
    text.remove_prefix(character.size());
  }
  return result + "…";
}

}  // namespace dynamutex::cli
