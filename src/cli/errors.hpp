#pragma once
// From an error to the exit code that tells a script what to do next.

#include <string>

#include "cli/settings.hpp"
#include "dynamutex/error.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// How the message of every error begins that kept a request from having credentials, before it was sent.
inline constexpr const char* kNoCredentials = "no credentials";

/// How the message begins that there is no region to go to.
inline constexpr const char* kNoRegion = "no region";

/// An error that the command itself found, before it asked the network.
[[nodiscard]] Error invalid(std::string message);

/// The one place that maps an error of the lower layers to an exit code. Arguments were checked before, so `invalid` speaks
/// of the table, its records or the endpoint here.
///
/// `busy` is the code for a lock that someone else holds; `saw_holder` says that a holder was seen while waiting: only
/// then is running out of time the holder's doing and not the network's.
[[nodiscard]] int exit_code_for(const Error& error, int busy, bool saw_holder);
[[nodiscard]] int exit_code_for(const Error& error);

/// The error's message, completed where a lower layer cannot know what a user of the command needs to hear. Pure.
[[nodiscard]] std::string word_error(const Error& error, const Settings& settings);

}  // namespace dynamutex::cli
