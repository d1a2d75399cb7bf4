#include "cli/help.hpp"

#include <algorithm>
#include <cstddef>

namespace dynamutex::cli {
namespace {

constexpr std::size_t kFlagColumn = 32;
constexpr std::size_t kCommandColumn = 12;

void append_row(std::string& text, std::string left, std::size_t column, const char* right) {
  left.resize(std::max(left.size() + 1, column), ' ');
  text += left + right + "\n";
}

void append_options(std::string& text, const OptionTable& options) {
  for (const Option& option : options) {
    std::string left = option.short_name != 0 ? std::string("  -") + option.short_name + ", --" : "      --";
    left += option.long_name;
    if (option.value_optional) {
      left += std::string("[=") + option.value_name + "]";
    } else if (option.value_name != nullptr) {
      left += std::string(" ") + option.value_name;
    }
    append_row(text, std::move(left), kFlagColumn, option.help);
  }
}

}  // namespace

std::string general_help(const std::vector<Command>& commands) {
  std::string text =
      "dynamutex: a lock for any program, in a DynamoDB table\n"
      "\n"
      "usage: dynamutex [global flags] COMMAND …\n"
      "\n"
      "commands (dynamutex COMMAND --help tells more):\n";
  for (const Command& command : commands) {
    append_row(text, std::string("  ") + command.name, kCommandColumn, command.summary);
  }
  text += "\nglobal flags, before or after the command:\n";
  append_options(text, global_options());
  text +=
      "\n"
      "Credentials are looked for as AWS's tools do: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; the\n"
      "profile in ~/.aws (keys, a role, credential_process), which --profile puts first; a web identity token; the\n"
      "container's; the EC2 instance's. The profile may also set region and endpoint_url.\n"
      "\n"
      "  dynamutex run deploy -- ./deploy.sh\n";
  return text;
}

std::string command_help(const Command& command) {
  std::string text = std::string("dynamutex ") + command.name + ": " + command.summary + "\n\nusage: dynamutex " + command.name;
  if (*command.operands != '\0') text += std::string(" ") + command.operands;
  text += std::string("\n\n") + command.details;
  if (!command.options.empty()) {
    text += "\nflags:\n";
    append_options(text, command.options);
  }
  text += "\nglobal flags:\n";
  append_options(text, global_options());
  return text;
}

}  // namespace dynamutex::cli
