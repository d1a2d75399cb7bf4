#pragma once
// How much memory a call took at its peak, as the kernel counts it.

#include <cstdlib>
#include <fstream>
#include <string>

namespace dynamutex::tests {

/// Linux, proc(5): writing 5 to clear_refs sets the peak of the resident set (VmHWM) back to what it is now.
class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << "5";
    before_kib_ = resident_peak_kib();
  }

  [[nodiscard]] long growth_kib() const { return resident_peak_kib() - before_kib_; }

 private:
  static long resident_peak_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.rfind("VmHWM:", 0) == 0) return std::strtol(line.c_str() + 6, nullptr, 10);
    }
    return 0;
  }

  long before_kib_ = 0;
};

}  // namespace dynamutex::tests
