#include "cli/child_environment.hpp"

#include <unistd.h>

#include <string_view>

namespace dynamutex::cli {
namespace {

/// Set for the command; an outer `run` may have set them for us.
constexpr std::string_view kLockVariable = "DYNAMUTEX_LOCK";
constexpr std::string_view kOwnerVariable = "DYNAMUTEX_OWNER";
constexpr std::string_view kTokenVariable = "DYNAMUTEX_FENCING_TOKEN";

}  // namespace

std::vector<std::string> child_environment(const lock::Lease& lease) {
  std::vector<std::string> result;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view entry(*each);
    const std::string_view variable = entry.substr(0, entry.find('='));
    const bool ours = variable == kLockVariable || variable == kOwnerVariable || variable == kTokenVariable;
    if (!ours) result.emplace_back(entry);
  }
  const auto add = [&](std::string_view variable, const std::string& value) {
    result.push_back(std::string(variable) + "=" + value);
  };
  add(kLockVariable, lease.name().key);
  add(kOwnerVariable, lease.owner());
  if (const auto token = lease.fencing_token()) add(kTokenVariable, std::to_string(token->value));
  return result;
}

}  // namespace dynamutex::cli
