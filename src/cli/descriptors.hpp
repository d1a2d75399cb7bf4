#pragma once
// Which descriptors a command inherits.

#include <vector>

namespace dynamutex::cli {

/// Opens /dev/null for each of the standard descriptors that the caller closed: else the next file or socket would get its
/// number, and every message would be written into it. A command still finds them closed.
void reserve_standard_descriptors() noexcept;

/// The descriptors that were open when this object was made: those that the caller meant for the command.
///
/// Libraries open some without close-on-exec (libcurl's wake-up sockets, for one); a command that outlives them, or
/// that counts its descriptors, must not see them.
class InheritedDescriptors {
 public:
  InheritedDescriptors();

  /// Marks every descriptor that was opened since then as close-on-exec.
  void close_others_on_exec() const;

 private:
  std::vector<int> inherited_;
};

}  // namespace dynamutex::cli
