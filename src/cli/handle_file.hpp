#pragma once
// The file that a handle is kept in: one process at a time, and never half written.

#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// An open handle file that no other process may work on meanwhile (flock(2)). Not thread-safe.
///
/// Its errors say what a script did wrong, or cannot do: `invalid` (no handle there, no regular file, a symbolic link, somebody else's
/// file), `contended` (another process has it), `timed_out` (cancelled), `denied` (the file system says no).
class HandleFile {
 public:
  enum class IfMissing { refuse, create };

  /// Blocks while another process has the file, for at most ten seconds or until cancelled. A created file is empty and has mode 0600.
  [[nodiscard]] static Result<HandleFile> open(const std::string& path, IfMissing if_missing, Clock& clock,
                                               const Cancellation* cancellation);

  HandleFile(HandleFile&& other) noexcept;
  HandleFile& operator=(HandleFile&&) = delete;
  ~HandleFile();  ///< Lets others at it.

  /// True where `open` created it.
  [[nodiscard]] bool created() const noexcept { return created_; }

  /// All of it. Errors: `invalid` where it is too long to be a handle.
  [[nodiscard]] Result<std::string> read() const;

  /// Replaces what it says, at once and durably: whoever looks, whenever the machine stops, finds the old text or the new one.
  /// The file has mode 0600 afterwards.
  [[nodiscard]] Result<void> store(const std::string& text);

  [[nodiscard]] Result<void> remove() const;

 private:
  HandleFile(std::string path, int descriptor, bool created);

  std::string path_;
  int descriptor_;
  bool created_;
};

}  // namespace dynamutex::cli
