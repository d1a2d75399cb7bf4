#pragma once
// Every exit code of the command, apart from those that its child brings.

namespace dynamutex::cli::exit_code {

constexpr int success = 0;
constexpr int usage = 64;            ///< Wrong flags or arguments; nothing was asked of the network.
constexpr int unavailable = 69;      ///< The service could not be reached, or did not do what it was asked.
constexpr int busy = 75;             ///< Someone else holds the lock; `-E` chooses another code.
constexpr int lease_lost = 76;       ///< The lease ended, or was about to, while the command ran.
constexpr int denied = 77;           ///< The service refused the credentials or the permission.
constexpr int configuration = 78;    ///< No credentials, no table, another key schema, a malformed endpoint.
constexpr int timed_out = 124;       ///< `--timeout` was reached.
constexpr int cannot_execute = 126;  ///< The command was found and could not be executed.
constexpr int command_not_found = 127;
constexpr int signalled_base = 128;  ///< Plus the number of the signal that ended the command or the wait.

}  // namespace dynamutex::cli::exit_code
