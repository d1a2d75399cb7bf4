#include "cli/doctor_report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "cli/console.hpp"
#include "cli/style.hpp"
#include "cli/utf8.hpp"

namespace dynamutex::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kStatusWidth = 9;

Tone tone_of(CheckStatus status) noexcept {
  switch (status) {
    case CheckStatus::ok: return Tone::good;
    case CheckStatus::warning: return Tone::warning;
    case CheckStatus::failure: return Tone::bad;
    case CheckStatus::skipped: return Tone::faint;
  }
  return Tone::plain;
}

/// What each line of the text tells. Checks in a row that were skipped for the same reason share one: "table … Scan".
std::vector<std::pair<std::string, const Check*>> in_lines(const std::vector<Check>& checks) {
  std::vector<std::pair<std::string, const Check*>> lines;
  for (const Check& check : checks) {
    const bool same = !lines.empty() && check.status == CheckStatus::skipped &&
                      lines.back().second->status == CheckStatus::skipped && lines.back().second->message == check.message;
    if (same) {
      lines.back().first = lines.back().second->name + " … " + check.name;
    } else {
      lines.emplace_back(check.name, &check);
    }
  }
  return lines;
}

/// Without std::round, for which the command would load libm: 0.3 MB at every start.
double rounded(double value) {
  return static_cast<double>(static_cast<std::int64_t>(value * 1000 + (value < 0 ? -0.5 : 0.5))) / 1000;
}

ordered_json span_or_null(const std::optional<Span>& span, const char* from, const char* to) {
  if (!span) return nullptr;
  return {{from, rounded(span->from)}, {to, rounded(span->to)}};
}

ordered_json text_or_null(const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); }

}  // namespace

const char* to_string(CheckStatus status) noexcept {
  switch (status) {
    case CheckStatus::ok: return "ok";
    case CheckStatus::warning: return "warning";
    case CheckStatus::failure: return "failure";
    case CheckStatus::skipped: return "skipped";
  }
  return "unknown";
}

Check good(std::string name, std::string message) { return {std::move(name), CheckStatus::ok, std::move(message), "", 0}; }

Check warn(std::string name, std::string message, std::string mend) {
  return {std::move(name), CheckStatus::warning, std::move(message), std::move(mend), 0};
}

Check fail(std::string name, std::string message, std::string mend, int exit_code) {
  return {std::move(name), CheckStatus::failure, std::move(message), std::move(mend), exit_code};
}

Check skip(std::string name, std::string message) { return {std::move(name), CheckStatus::skipped, std::move(message), "", 0}; }

int exit_code_of(const DoctorReport& report) noexcept {
  for (const Check& check : report.checks) {
    if (check.status == CheckStatus::failure) return check.exit_code;
  }
  return 0;
}

std::string to_text(const DoctorReport& report, bool colored) {
  std::string text;
  const auto lines = in_lines(report.checks);
  std::size_t width = 0;
  for (const auto& [name, check] : lines) width = std::max(width, display_width(name));
  for (const auto& [name, check] : lines) {
    const std::string_view status = to_string(check->status);
    text += painted(status, tone_of(check->status), colored) + std::string(kStatusWidth - status.size(), ' ') + name +
            std::string(width - display_width(name) + 2, ' ') + printable(check->message);
    if (!check->mend.empty()) text += "; " + painted(printable(check->mend), Tone::strong, colored);
    text += "\n";
  }
  return text;
}

std::string to_json(const DoctorReport& report) {
  ordered_json checks = ordered_json::array();
  for (const Check& check : report.checks) {
    checks.push_back({{"check", check.name},
                      {"status", to_string(check.status)},
                      {"message", check.message},
                      {"mend", text_or_null(check.mend)}});
  }
  const int code = exit_code_of(report);
  const ordered_json result = {{"ok", code == 0},
                               {"exit_code", code},
                               {"table", text_or_null(report.table)},
                               {"region", text_or_null(report.region)},
                               {"endpoint", text_or_null(report.endpoint)},
                               {"round_trip_ms", span_or_null(report.round_trip_ms, "median", "slowest")},
                               {"clock_offset_ms", span_or_null(report.clock_offset_ms, "min", "max")},
                               {"checks", std::move(checks)}};
  return result.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dynamutex::cli
