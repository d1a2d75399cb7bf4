#include <unistd.h>

#include <chrono>
#include <string>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/credential_chain.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/settings.hpp"
#include "cli/sign.hpp"

namespace dynamutex::cli {
namespace {

/// What a credential_process may take.
constexpr auto kCredentialsTimeout = std::chrono::seconds(60);

SignArguments read_sign_arguments(const CommandLine& line) {
  SignArguments arguments;
  arguments.json = line.globals.json;
  for (const GivenFlag& given : line.flags) {
    if (given.flag == Flag::service) arguments.service = given.value;
    if (given.flag == Flag::explain) arguments.explain = true;
  }
  return arguments;
}

int sign(const SignArguments& arguments, CredentialChain& chain, Clock& clock, const Console& console) {
  const auto request = read_request(STDIN_FILENO);
  if (!request) return console.fail(request.error().message, exit_code::usage);
  const auto credentials = chain.provider().get(clock.now() + kCredentialsTimeout, nullptr);
  if (!credentials) return console.fail(credentials.error().message, exit_code_for(credentials.error()));
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.wall_now().time_since_epoch());
  const auto text = sign_http_text(*request, arguments, **credentials, sigv4::SigningTime(now));
  if (!text) return console.fail(text.error().message, exit_code::usage);
  return print(*text) ? exit_code::success : exit_code::unavailable;
}

}  // namespace

int sign_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (!line.operands.empty()) {
    return console.fail("sign takes no argument: the request is read from standard input", exit_code::usage);
  }
  const Environment environment = credentials::process_environment();
  const auto files = credentials::load_profile_files(environment);
  if (!files) return console.fail(files.error().message, exit_code::configuration);
  const auto region = resolve_region(line.globals, environment, *files);
  if (!region) return console.fail(region.error().message, exit_code::configuration);
  if (region->empty()) return console.fail(no_region().message, exit_code::configuration);
  const std::string ca_bundle = environment("AWS_CA_BUNDLE").value_or("");
  if (const auto checked = check_ca_bundle(ca_bundle); !checked) {
    return console.fail(checked.error().message, exit_code::configuration);
  }
  SignArguments arguments = read_sign_arguments(line);
  arguments.region = *region;
  const auto clock = make_system_clock();
  CredentialChain chain(*clock, environment, {line.globals.profile.value_or(""), arguments.region, ca_bundle});
  return sign(arguments, chain, *clock, console);
}

}  // namespace dynamutex::cli
