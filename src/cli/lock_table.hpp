#pragma once
// Locks as a table for a person.

#include <string>
#include <vector>

#include "cli/lock_view.hpp"

namespace dynamutex::cli {

/// A line of titles, then one line a record, with "-" where there is nothing to tell: NAME, STATE, HOLDER, LEFT, RENEWED, TOKEN, DATA.
/// Where it is wider than the window, DATA, HOLDER and NAME are cut, and then DATA, RENEWED, TOKEN and HOLDER left out. Pure.
[[nodiscard]] std::string to_table(const std::vector<LockView>& views, const TextPlace& place = {});

}  // namespace dynamutex::cli
