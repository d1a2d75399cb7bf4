// The config-file parser and the splitter of commands under any text.
// What must hold: an error is one line of printable text that quotes nothing; what was read, written out plainly, reads the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "credentials/words.hpp"
#include "dynamutex/credentials/profile_files.hpp"

namespace {

using namespace dynamutex::credentials;

void require(bool holds) {
  if (!holds) std::abort();
}

/// The sections of a credentials file, which allows any name; nothing where a value has no plain form.
std::string written_out(const ProfileFiles& files, bool& plain) {
  std::string text;
  for (const auto& [name, section] : files.profiles) {
    text.append("[").append(name).append("]\n");
    const bool blank_edge = name.empty() || std::string_view(" \t\r").find(name.front()) != std::string_view::npos ||
                            std::string_view(" \t\r").find(name.back()) != std::string_view::npos;
    plain = plain && section.nested.empty() && !blank_edge && name.find('\n') == std::string::npos;
    for (const auto& [key, value] : section.values) {
      text.append(key).append(" = ").append(value).append("\n");
      const bool like_comment = !value.empty() && (value.front() == '#' || value.front() == ';');
      plain = plain && value.find('\n') == std::string::npos && !like_comment && key.front() != '[';
    }
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool as_config : {true, false}) {
    const auto files = as_config ? parse_profile_files(text, "") : parse_profile_files("", text);
    if (!files) {
      require(files.error().kind == dynamutex::ErrorKind::invalid);
      for (const char c : files.error().message) require(c >= ' ' && c < '\x7f');
      continue;
    }
    for (const auto& [name, section] : files->profiles) static_cast<void>(files->endpoint_url(name, "dynamodb"));
    bool plain = true;
    const std::string again_text = written_out(*files, plain);
    if (!plain) continue;
    const auto again = parse_profile_files("", again_text);
    require(again.ok() && again->profiles.size() == files->profiles.size());
    for (const auto& [name, section] : files->profiles) require(again->profile(name)->values == section.values);
  }
  const auto words = split_words(text);
  if (words) {
    std::size_t total = 0;
    for (const std::string& word : *words) total += word.size();
    require(!words->empty() && !words->front().empty() && total <= size);
  }
  return 0;
}
