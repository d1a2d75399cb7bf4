#pragma once
// A command line, split into words without a shell.

#include <string>
#include <string_view>
#include <vector>

#include "dynamutex/result.hpp"

namespace dynamutex::credentials {

/// The rules of make_process_source. Errors: `invalid` (a quote without its end, a backslash at the end, no word, a null byte).
[[nodiscard]] Result<std::vector<std::string>> split_words(std::string_view command);

}  // namespace dynamutex::credentials
