#include <utility>

#include "credentials/outcome.hpp"
#include "dynamutex/credentials/profile_files.hpp"

namespace dynamutex::credentials {
namespace {

constexpr std::string_view kBlank = " \t\r";

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// Without a comment at the end: white space, then '#' or ';'.
std::string_view without_comment(std::string_view text) noexcept {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if ((text[i] == '#' || text[i] == ';') && is_blank(text[i - 1])) return text.substr(0, i);
  }
  return text;
}

std::string_view unquoted(std::string_view text) noexcept {
  const bool quoted = text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

struct Setting {
  std::string name;
  std::string value;
};

/// "name = value"; nothing where there is no name or no '='.
std::optional<Setting> split_setting(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = trim(line.substr(0, equals));
  if (name.empty()) return std::nullopt;
  // The comment is looked for with the blank before the value, so that a value may be nothing but a comment.
  return Setting{lower(name), std::string(trim(without_comment(line.substr(equals + 1))))};
}

/// Reads one of the files, line by line, into `files`.
class Parser {
 public:
  Parser(ProfileFiles& files, bool is_config) : files_(files), is_config_(is_config) {}

  /// Nothing, or what is wrong with the line.
  const char* line(std::string_view text) {
    const std::string_view content = trim(text);
    if (content.empty() || content.front() == '#' || content.front() == ';') return nullptr;
    if (is_blank(text.front())) return indented(content);
    last_.clear();
    if (content.front() == '[') return header(content);
    if (!in_section_) return "a setting before the first [section]";
    auto setting = split_setting(content);
    if (!setting) return "neither a [section] nor a setting";
    last_ = setting->name;
    if (section_ != nullptr) section_->values[last_] = std::move(setting->value);
    return nullptr;
  }

 private:
  const char* header(std::string_view content) {
    const auto end = content.find(']');
    if (end == std::string_view::npos) return "a [section] without its ']'";
    in_section_ = true;
    section_ = nullptr;
    const std::string_view title = trim(content.substr(1, end - 1));
    if (title.empty()) return "a [section] without a name";
    if (!is_config_) {
      section_ = &files_.profiles[std::string(title)];
      return nullptr;
    }
    const auto space = title.find_first_of(kBlank);
    if (space == std::string_view::npos) {
      if (title == "default" && !default_is_prefixed_) section_ = &files_.profiles["default"];
      return nullptr;  // Other sections without a type are not for profiles.
    }
    const std::string_view type = title.substr(0, space);
    const std::string_view name = unquoted(trim(title.substr(space)));
    if (type == "services") section_ = &files_.services[std::string(name)];
    if (type == "profile") {
      if (name == "default" && !std::exchange(default_is_prefixed_, true)) files_.profiles.erase("default");
      section_ = &files_.profiles[std::string(name)];
    }
    return nullptr;
  }

  /// Goes on with the last setting: a nested one where that has no value, else more text of its value.
  const char* indented(std::string_view content) {
    if (last_.empty()) return in_section_ ? "an indented line that goes on with nothing" : "a setting before the first [section]";
    if (section_ == nullptr) return nullptr;
    std::string& value = section_->values[last_];
    if (!value.empty()) {
      value.append("\n").append(without_comment(content));
      return nullptr;
    }
    auto setting = split_setting(content);
    if (!setting) return "neither a nested setting nor a comment";
    section_->nested[last_][setting->name] = std::move(setting->value);
    return nullptr;
  }

  ProfileFiles& files_;
  const bool is_config_;
  Section* section_ = nullptr;  // Null in a section of no interest.
  bool in_section_ = false;
  bool default_is_prefixed_ = false;
  std::string last_;
};

Result<void> parse_file(std::string_view text, bool is_config, ProfileFiles& files) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  Parser parser(files, is_config);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    if (const char* const wrong = parser.line(line)) {
      return make_error(ErrorKind::invalid, std::string("the shared ") + (is_config ? "config" : "credentials") +
                                                " file is malformed in line " + std::to_string(number) + ": " + wrong);
    }
  }
  return {};
}

}  // namespace

Result<ProfileFiles> parse_profile_files(std::string_view config, std::string_view credentials) {
  ProfileFiles files;
  if (auto done = parse_file(config, true, files); !done) return std::move(done).error();
  if (auto done = parse_file(credentials, false, files); !done) return std::move(done).error();
  return files;
}

}  // namespace dynamutex::credentials
