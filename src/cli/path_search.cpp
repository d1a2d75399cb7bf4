#include "cli/path_search.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace dynamutex::cli {

bool stands_in_path(const std::string& command) {
  struct stat found {};
  // Where a path may not be searched the command may well be there: execve(2)'s own word stands.
  if (command.find('/') != std::string::npos) return ::stat(command.c_str(), &found) == 0 || errno == EACCES;
  const char* const given = ::getenv("PATH");
  std::string_view folders = given != nullptr ? given : "/bin:/usr/bin";  // as execvp(3)
  for (;;) {
    const std::size_t length = folders.find(':');
    std::string path(folders.substr(0, length));
    if (!path.empty()) path += '/';
    path += command;
    if (::stat(path.c_str(), &found) == 0) return true;
    if (length == std::string_view::npos) return false;
    folders.remove_prefix(length + 1);
  }
}

}  // namespace dynamutex::cli
