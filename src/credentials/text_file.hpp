#pragma once
// Small files, read whole.

#include <cstddef>
#include <optional>
#include <string>

#include "dynamutex/result.hpp"

namespace dynamutex::credentials {

/// The content of a file; nothing where it does not exist. Errors: `invalid` (not readable, or longer than `bytes_max`).
[[nodiscard]] Result<std::optional<std::string>> read_text_file(const std::string& path, std::size_t bytes_max);

/// A token from a file, without the white space around it. Errors: `invalid` also where it does not exist, is empty, or
/// holds a control character, which could start another HTTP header.
[[nodiscard]] Result<std::string> read_token_file(const std::string& path);

}  // namespace dynamutex::credentials
