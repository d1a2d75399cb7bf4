#pragma once
// What `doctor` found: checks, and how they are told.

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynamutex::cli {

enum class CheckStatus {
  ok,
  warning,  ///< Locks work; something else suffers.
  failure,  ///< `run` would fail.
  skipped,  ///< Not looked at, or not to be seen; the message says why.
};

[[nodiscard]] const char* to_string(CheckStatus status) noexcept;

struct Check {
  std::string name;  ///< "clock", "PutItem": stable, for scripts.
  CheckStatus status = CheckStatus::ok;
  std::string message;  ///< What is so.
  std::string mend;     ///< The one thing to do; empty where nothing is.
  int exit_code = 0;    ///< What `run` would exit with; 0 unless a failure.
};

[[nodiscard]] Check good(std::string name, std::string message);
[[nodiscard]] Check warn(std::string name, std::string message, std::string mend);
[[nodiscard]] Check fail(std::string name, std::string message, std::string mend, int exit_code);
[[nodiscard]] Check skip(std::string name, std::string message);

/// A measured span of milliseconds.
struct Span {
  double from = 0;
  double to = 0;
};

struct DoctorReport {
  std::string table;  ///< Empty where the configuration is wrong, as the two below.
  std::string region;
  std::string endpoint;
  std::optional<Span> round_trip_ms;    ///< Median and slowest.
  std::optional<Span> clock_offset_ms;  ///< Bounds of the service's clock minus the local one.
  std::vector<Check> checks;

  void add(Check check) { checks.push_back(std::move(check)); }
};

/// That of the first failure; 0 where there is none. Pure.
[[nodiscard]] int exit_code_of(const DoctorReport& report) noexcept;

/// One line a check, and one for all that was skipped in a row for one reason. Pure.
[[nodiscard]] std::string to_text(const DoctorReport& report, bool colored);

/// One line of JSON; docs/schema/doctor.json describes it. Pure.
[[nodiscard]] std::string to_json(const DoctorReport& report);

}  // namespace dynamutex::cli
