#pragma once
// Running a piece of a test in a child of fork(2).

#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace dynamutex::testing {

/// What `function` returned in a forked child (an int of 0 to 255); -1 if the child died.
///
/// The child ends by becoming another program. It leaves alone what is its parent's, such as the stacks of threads that it does not
/// have and open connections; a leak checker that looks when a process ends would take that for leaks.
template <class Function>
[[nodiscard]] int in_child(Function&& function) {
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string exit_with = "exit " + std::to_string(std::forward<Function>(function)());
    ::execl("/bin/sh", "sh", "-c", exit_with.c_str(), nullptr);
    ::_exit(255);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace dynamutex::testing
