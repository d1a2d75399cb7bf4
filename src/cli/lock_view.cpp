#include "cli/lock_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cli/console.hpp"
#include "cli/duration.hpp"
#include "cli/utf8.hpp"

namespace dynamutex::cli {
namespace {

using nlohmann::ordered_json;

std::int64_t to_ms(Duration duration) { return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count(); }

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= group.size() ? kDigits[bits >> (18U - 6U * i) & 63U] : '=';
    }
  }
  return text;
}

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

std::optional<std::int64_t> ms_or_none(const std::optional<Duration>& duration) {
  return duration ? std::optional(to_ms(*duration)) : std::nullopt;
}

std::string describe_left(const LockView& view) {
  if (view.state == LockState::expired) return "nothing: anyone may take the lock";
  if (!view.left) return "unknown: written by a client that tells no expiry";
  return "at most " + human_duration(*view.left);
}

ordered_json to_object(const LockView& view, const char* state) {
  const bool taken = view.state != LockState::free;
  const auto& record = view.record;
  ordered_json result;
  result["name"] = view.name.key;
  result["sort_key"] = view.name.sort_key.empty() ? ordered_json(nullptr) : ordered_json(view.name.sort_key);
  result["state"] = state;
  result["owner"] = taken ? ordered_json(record->owner) : ordered_json(nullptr);
  result["version"] = record ? ordered_json(record->version) : ordered_json(nullptr);
  result["lease_ms"] = taken ? ordered_json(to_ms(record->lease)) : ordered_json(nullptr);
  result["left_ms"] = or_null(ms_or_none(view.left));
  result["age_ms"] = or_null(ms_or_none(view.age));
  const bool expires = taken && record->expires_at;
  result["expires_at_ms"] = expires ? ordered_json(to_ms(record->expires_at->time_since_epoch())) : ordered_json(nullptr);
  const bool fenced = record && record->fencing_token;
  result["fencing_token"] = fenced ? ordered_json(std::to_string(record->fencing_token->value)) : ordered_json(nullptr);
  const bool has_data = record && record->data;
  const bool is_text = has_data && is_utf8(*record->data);
  result["data"] = is_text ? ordered_json(*record->data) : ordered_json(nullptr);
  result["data_base64"] = has_data ? ordered_json(base64(*record->data)) : ordered_json(nullptr);
  return result;
}

std::string dump(const ordered_json& value) { return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

std::string to_array(const std::vector<LockView>& views, const char* separator) {
  std::string text = "[";
  for (const LockView& view : views) text += (text.size() == 1 ? "" : separator) + dump(to_object(view, record_state(view)));
  return text + "]\n";
}

}  // namespace

const char* to_string(LockState state) noexcept {
  switch (state) {
    case LockState::free: return "free";
    case LockState::held: return "held";
    case LockState::expired: return "expired";
  }
  return "unknown";
}

LockView view_lock(const lock::LockName& name, const std::optional<lock::Record>& record,
                   const std::optional<dynamo::ServerTimeBounds>& now) {
  LockView view;
  view.name = name;
  view.record = record;
  if (!record || record->released) return view;
  view.state = LockState::held;
  if (!record->expires_at || !now) return view;
  const bool expired = now->earliest > *record->expires_at;
  view.state = expired ? LockState::expired : LockState::held;
  view.left = expired ? Duration::zero() : *record->expires_at - now->earliest;
  const Duration middle = now->width() / 2;
  view.age = std::max(Duration::zero(), now->earliest + middle - (*record->expires_at - record->lease));
  return view;
}

const char* record_state(const LockView& view) noexcept {
  return view.state == LockState::free ? "released" : to_string(view.state);
}

Tone tone_of(const LockView& view) noexcept {
  switch (view.state) {
    case LockState::free: return Tone::faint;
    case LockState::held: return Tone::good;
    case LockState::expired: return Tone::warning;
  }
  return Tone::plain;
}

std::string to_text(const LockView& view, const TextPlace& place) {
  std::string text = printable(view.name.key);
  if (!view.name.sort_key.empty()) text += " / " + printable(view.name.sort_key);
  const std::string_view state = to_string(view.state);
  if (place.columns) text = cut_to_width(text, *place.columns - std::min(*place.columns, state.size() + 2));
  text += ": " + painted(state, tone_of(view), place.colored) + "\n";
  const auto add_line = [&](const char* label, const std::string& value) {
    const std::string line = std::string("  ") + label + std::string(10 - std::string_view(label).size(), ' ') + value;
    text += (place.columns ? cut_to_width(line, *place.columns) : line) + "\n";
  };
  if (view.state != LockState::free) {
    add_line("owner", printable(view.record->owner));
    add_line("lease", human_duration(view.record->lease));
    add_line("left", describe_left(view));
    if (view.age) add_line("renewed", human_duration(*view.age) + " ago");
  }
  if (view.record && view.record->fencing_token) add_line("token", std::to_string(view.record->fencing_token->value));
  if (view.record && view.record->data) add_line("data", printable(*view.record->data));
  return text;
}

std::string to_json(const LockView& view) { return dump(to_object(view, to_string(view.state))) + "\n"; }

std::string to_json_line(const std::vector<LockView>& views) { return to_array(views, ","); }

std::string to_json(const std::vector<LockView>& views) { return to_array(views, ",\n "); }

}  // namespace dynamutex::cli
