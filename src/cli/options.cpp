#include "cli/options.hpp"

#include <getopt.h>

#include <algorithm>
#include <cstring>

#include "cli/console.hpp"
#include "cli/errors.hpp"

namespace dynamutex::cli {
namespace {

// getopt_long returns a character for a short flag; the index of a long one starts above all characters.
constexpr int kLongBase = 0x1000;

std::string short_spec(const OptionTable& table) {
  // '+': stop at the first operand, whatever POSIXLY_CORRECT says, so that a child's flags stay the child's.
  // ':': tell a missing value apart from an unknown flag.
  std::string spec = "+:";
  for (const Option& option : table) {
    if (option.short_name == 0) continue;
    spec += option.short_name;
    if (option.value_name != nullptr) spec += ':';
  }
  return spec;
}

std::vector<option> long_spec(const OptionTable& table) {
  std::vector<option> spec;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const int with_value = table[i].value_optional ? optional_argument : required_argument;
    const int has_value = table[i].value_name != nullptr ? with_value : no_argument;
    spec.push_back({table[i].long_name, has_value, nullptr, kLongBase + static_cast<int>(i)});
  }
  spec.push_back({nullptr, 0, nullptr, 0});
  return spec;
}

const Option* find_option(const OptionTable& table, int code) {
  if (code >= kLongBase) return &table[static_cast<std::size_t>(code - kLongBase)];
  const auto found = std::find_if(table.begin(), table.end(), [&](const Option& option) { return option.short_name == code; });
  return found == table.end() ? nullptr : &*found;
}

Error refused(int code, const char* argument, const OptionTable& table) {
  const Option* const known = optopt == 0 ? nullptr : find_option(table, optopt);
  const bool is_long = std::strncmp(argument, "--", 2) == 0;
  std::string shown =
      is_long ? std::string(argument).substr(0, std::string(argument).find('=')) : std::string("-") + static_cast<char>(optopt);
  if (code == ':' && known != nullptr) return invalid("flag " + shown + " needs a value: " + known->value_name);
  if (known != nullptr) return invalid("flag " + shown + " takes no value");
  return invalid("unknown flag " + quote(shown) + "; see dynamutex --help");
}

}  // namespace

Result<void> read_flags(ArgumentCursor& cursor, const OptionTable& table, std::vector<GivenFlag>& given) {
  if (cursor.flags_ended) return {};
  char program[] = "dynamutex";
  std::vector<std::string> copies(cursor.arguments.begin() + static_cast<std::ptrdiff_t>(cursor.next), cursor.arguments.end());
  std::vector<char*> pointers{program};
  for (std::string& copy : copies) pointers.push_back(copy.data());
  pointers.push_back(nullptr);
  const int count = static_cast<int>(pointers.size()) - 1;

  const std::string short_flags = short_spec(table);
  const std::vector<option> long_flags = long_spec(table);
  optind = 0;  // glibc: start anew
  opterr = 0;
  for (;;) {
    const int before = std::max(optind, 1);
    const int code = ::getopt_long(count, pointers.data(), short_flags.c_str(), long_flags.data(), nullptr);
    if (code == -1) {
      cursor.flags_ended = optind == before + 1 && std::strcmp(pointers[static_cast<std::size_t>(before)], "--") == 0;
      break;
    }
    if (code == '?' || code == ':') return refused(code, pointers[static_cast<std::size_t>(before)], table);
    given.push_back({find_option(table, code)->flag, optarg != nullptr ? optarg : ""});
  }
  cursor.next += static_cast<std::size_t>(optind) - 1;
  return {};
}

}  // namespace dynamutex::cli
