#pragma once
// What `run` says and answers when its section is over.

#include <string>

#include "cli/run_arguments.hpp"
#include "cli/supervisor.hpp"
#include "dynamutex/lock/lease.hpp"

namespace dynamutex::cli {

/// An exit code and, unless all is well, a line for a person.
struct Verdict {
  int exit_code = 0;
  std::string message;  ///< Empty for none.
};

/// What a section and the release after it come to. Pure.
///
/// A loss that came before the command's end outweighs its exit code, since its work may have met another holder's; a
/// release that could not be confirmed does not, since the work was done under the lock.
[[nodiscard]] Verdict judge(const RunArguments& arguments, const SectionEnd& end);

/// What to say about a release; empty if all is well.
[[nodiscard]] std::string describe_release(lock::ReleaseOutcome outcome, const RunArguments& arguments);

}  // namespace dynamutex::cli
