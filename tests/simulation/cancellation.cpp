// The library's Cancellation without a descriptor, which no simulated wait needs: this file stands in for src/base/cancellation.cpp,
// which the linker leaves out as nothing is missing, and saves three system calls for each.

#include "dynamutex/cancellation.hpp"

namespace dynamutex {

Cancellation::Cancellation() noexcept : descriptor_(-1) {}
Cancellation::~Cancellation() = default;
void Cancellation::cancel() noexcept { cancelled_.store(true, std::memory_order_release); }

}  // namespace dynamutex
