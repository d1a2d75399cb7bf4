#include "cli/errors.hpp"

#include <utility>

#include "cli/console.hpp"
#include "cli/exit_codes.hpp"

namespace dynamutex::cli {

Error invalid(std::string message) { return make_error(ErrorKind::invalid, std::move(message)); }

int exit_code_for(const Error& error, int busy, bool saw_holder) {
  switch (error.kind) {
    case ErrorKind::contended: return busy;
    case ErrorKind::timed_out: return saw_holder ? busy : exit_code::unavailable;
    case ErrorKind::lost: return exit_code::lease_lost;
    // Without a reply nobody denied anything: there are no credentials to ask with.
    case ErrorKind::denied: return error.http_status == 0 ? exit_code::configuration : exit_code::denied;
    case ErrorKind::not_found:
    case ErrorKind::invalid: return exit_code::configuration;
    case ErrorKind::not_applied:
    case ErrorKind::ambiguous:
    case ErrorKind::throttled: return exit_code::unavailable;
  }
  return exit_code::unavailable;
}

int exit_code_for(const Error& error) { return exit_code_for(error, exit_code::busy, false); }

std::string word_error(const Error& error, const Settings& settings) {
  const std::string& endpoint = settings.endpoint;
  if (error.kind == ErrorKind::not_found) {
    return "table " + quote(settings.table) + " does not exist in " + settings.region + " (endpoint " + endpoint +
           "); create it with: " + settings.init_command;
  }
  if (error.http_status != 0) return error.message;
  if (error.message.rfind(kNoCredentials, 0) == 0) return error.message;
  const bool names_it = error.message.find(endpoint) != std::string::npos;
  const bool unreachable = exit_code_for(error) == exit_code::unavailable;
  return unreachable && !names_it ? error.message + " (endpoint " + endpoint + ")" : error.message;
}

}  // namespace dynamutex::cli
