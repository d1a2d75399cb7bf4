#pragma once
// Medians and their like.

#include <algorithm>
#include <cstddef>
#include <vector>

namespace bench {

/// The smallest value that `share` of all values do not exceed; zero of none.
inline double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * last + 0.5);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

}  // namespace bench
