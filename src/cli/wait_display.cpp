#include "cli/wait_display.hpp"

#include "cli/duration.hpp"

namespace dynamutex::cli {
namespace {

constexpr std::size_t kRandomDigits = 8;

bool all_of(std::string_view text, std::string_view allowed) noexcept {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

std::string shown(const lock::LockName& name) { return quote(name.sort_key.empty() ? name.key : name.key + "/" + name.sort_key); }

std::string_view short_owner(std::string_view owner) noexcept {
  const auto random = owner.rfind(':');
  if (random == std::string_view::npos || random == 0) return owner;
  const auto process = owner.rfind(':', random - 1);
  if (process == std::string_view::npos || process == 0) return owner;
  const std::string_view pid = owner.substr(process + 1, random - process - 1);
  const std::string_view digits = owner.substr(random + 1);
  const bool ours =
      !pid.empty() && all_of(pid, "0123456789") && digits.size() == kRandomDigits && all_of(digits, "0123456789abcdef");
  return ours ? owner.substr(0, random) : owner;
}

std::string describe_wait(const lock::WaitEvent& event, Duration so_far) {
  std::string text = "waiting for " + printable(short_owner(event.holder.owner));
  if (event.holder_left) text += ", " + human_duration(*event.holder_left) + " left of its lease";
  return text + " (" + human_duration(so_far) + " so far)…";
}

void WaitDisplay::operator()(const lock::WaitEvent& event) {
  saw_holder_ = true;
  if (console_.verbose()) {
    log(event);
  } else {
    line_.draw("dynamutex: " + describe_wait(event, clock_.now() - since_));
  }
}

void WaitDisplay::log(const lock::WaitEvent& event) {
  if (event.holder.owner == logged_owner_) return;
  logged_owner_ = event.holder.owner;
  std::string line = "waiting for lock " + shown(name_) + ", held by " + quote(logged_owner_);
  if (event.holder_left) line += ", " + human_duration(*event.holder_left) + " left of its lease";
  console_.log(line);
}

}  // namespace dynamutex::cli
