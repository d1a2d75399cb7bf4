#include "cli/terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace dynamutex::cli {

Terminal::Terminal() : descriptor_(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {}

Terminal::~Terminal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Terminal::is_ours() const noexcept { return belongs_to(::getpgrp()); }

bool Terminal::belongs_to(pid_t group) const noexcept { return descriptor_ >= 0 && ::tcgetpgrp(descriptor_) == group; }

bool Terminal::is_interactive() const noexcept {
  return is_ours() && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

void Terminal::give_to(pid_t group) const noexcept {
  if (descriptor_ >= 0) ::tcsetpgrp(descriptor_, group);
}

void Terminal::remember_modes() noexcept {
  termios modes{};
  if (descriptor_ >= 0 && ::tcgetattr(descriptor_, &modes) == 0) modes_ = modes;
}

void Terminal::take_back_from(pid_t group, bool restore_modes) const noexcept {
  if (!belongs_to(group)) return;
  ::tcsetpgrp(descriptor_, ::getpgrp());
  if (restore_modes && modes_) ::tcsetattr(descriptor_, TCSADRAIN, &*modes_);
}

}  // namespace dynamutex::cli
