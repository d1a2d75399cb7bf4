#include "cli/command_line.hpp"

#include <algorithm>
#include <utility>

#include "cli/console.hpp"
#include "cli/errors.hpp"

namespace dynamutex::cli {
namespace {

/// Takes a global flag; false where it belongs to the command.
bool take_global(const GivenFlag& given, GlobalFlags& globals) {
  switch (given.flag) {
    case Flag::table: globals.table = given.value; return true;
    case Flag::region: globals.region = given.value; return true;
    case Flag::endpoint_url: globals.endpoint_url = given.value; return true;
    case Flag::profile: globals.profile = given.value; return true;
    case Flag::key_name: globals.key_name = given.value; return true;
    case Flag::sort_key_name: globals.sort_key_name = given.value; return true;
    case Flag::json: globals.json = true; return true;
    case Flag::verbose: globals.verbose = true; return true;
    case Flag::help: globals.help = true; return true;
    case Flag::version: globals.version = true; return true;
    default: return false;
  }
}

void take_rest(ArgumentCursor& cursor, std::vector<std::string>& operands) {
  while (!cursor.at_end()) operands.push_back(cursor.arguments[cursor.next++]);
}

Result<void> read_flags_into(ArgumentCursor& cursor, const OptionTable& table, CommandLine& line) {
  std::vector<GivenFlag> given;
  if (auto read = read_flags(cursor, table, given); !read) return std::move(read).error();
  for (GivenFlag& each : given) {
    if (each.flag == Flag::color) {
      const auto when = parse_color_when(each.value);
      if (!when) return invalid("--color: " + quote(each.value) + " is none of auto, always and never");
      line.globals.color = *when;
      continue;
    }
    if (!take_global(each, line.globals)) line.flags.push_back(std::move(each));
  }
  return {};
}

/// `run NAME [flags] [--] CMD…`: the second operand starts another program's command line.
Result<void> read_command_to_run(ArgumentCursor& cursor, const OptionTable& table, CommandLine& line) {
  if (cursor.at_end()) return {};
  line.operands.push_back(cursor.arguments[cursor.next++]);
  const bool flags_ended_before = cursor.flags_ended;
  if (auto read = read_flags_into(cursor, table, line); !read) return read;
  if (flags_ended_before && !cursor.at_end() && cursor.arguments[cursor.next] == "--") ++cursor.next;
  take_rest(cursor, line.operands);
  return {};
}

}  // namespace

const OptionTable& global_options() {
  static const OptionTable options = {
      {Flag::table, 0, "table", "TABLE", "the DynamoDB table (DYNAMUTEX_TABLE; default: locks)"},
      {Flag::region, 0, "region", "REGION", "its region (AWS_REGION, or the profile's); 'local' is http://localhost:8000"},
      {Flag::endpoint_url, 0, "endpoint-url", "URL",
       "another endpoint (AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, the profile)"},
      {Flag::profile, 0, "profile", "PROFILE", "a profile of the shared AWS files, before the environment's keys (AWS_PROFILE)"},
      {Flag::key_name, 0, "key-name", "ATTRIBUTE", "the table's key attribute (DYNAMUTEX_KEY_NAME; default: key)"},
      {Flag::sort_key_name, 0, "sort-key-name", "ATTRIBUTE", "its sort key attribute, if it has one (DYNAMUTEX_SORT_KEY_NAME)"},
      {Flag::json, 0, "json", nullptr, "print JSON"},
      {Flag::color, 0, "color", "WHEN", "auto (on a terminal, unless NO_COLOR is set or TERM is dumb), always or never"},
      {Flag::verbose, 'v', "verbose", nullptr, "log requests and lock events to standard error"},
      {Flag::help, 'h', "help", nullptr, "show this help"},
      {Flag::version, 'V', "version", nullptr, "show the version"},
  };
  return options;
}

Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments, const std::vector<Command>& commands) {
  CommandLine line;
  ArgumentCursor cursor{arguments};
  if (auto read = read_flags_into(cursor, global_options(), line); !read) return std::move(read).error();
  if (line.globals.help || line.globals.version) return line;
  if (cursor.at_end()) return invalid("no command given; see dynamutex --help");

  const std::string& name = arguments[cursor.next++];
  const auto command = std::find_if(commands.begin(), commands.end(), [&](const Command& each) { return each.name == name; });
  if (command == commands.end()) return invalid("unknown command " + quote(name) + "; see dynamutex --help");
  line.command = &*command;
  cursor.flags_ended = false;

  OptionTable table = command->options;
  table.insert(table.end(), global_options().begin(), global_options().end());
  if (auto read = read_flags_into(cursor, table, line); !read) return std::move(read).error();
  if (command->runs_command) {
    if (auto read = read_command_to_run(cursor, table, line); !read) return std::move(read).error();
    return line;
  }
  while (!cursor.at_end()) {
    if (cursor.flags_ended) {
      take_rest(cursor, line.operands);
      break;
    }
    line.operands.push_back(arguments[cursor.next++]);
    if (auto read = read_flags_into(cursor, table, line); !read) return std::move(read).error();
  }
  return line;
}

}  // namespace dynamutex::cli
