#pragma once

#include <cstddef>

namespace bench {

/// Heap allocations (malloc, calloc, realloc; so also new) on this thread so far.
[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace bench
