// The library's Renewer on a fiber instead of a thread: this file stands in for src/lock/renewer.cpp, which the linker leaves out as
// nothing is missing. All that decides is in RenewalLoop, and is the library's own.

#include <utility>

#include "dynamutex/lock/renewer.hpp"
#include "lock/renewal_loop.hpp"
#include "simulation/world.hpp"

namespace dynamutex::lock {

class Renewer::Impl {
 public:
  /// `clock` is a SimulatedClock, as every clock in a schedule.
  Impl(Clock& clock, Entropy& entropy, const RenewerOptions& options)
      : loop(clock, entropy, options), world_(static_cast<simulation::SimulatedClock&>(clock).world()),
        process_(static_cast<simulation::SimulatedClock&>(clock).process()) {
    running_ = !process_.draining;
    world_.spawn(process_, [this] {
      while (!process_.draining && loop.step()) {}
      running_ = false;
      if (joiner_ != nullptr) world_.wake(*joiner_);
    });
  }

  ~Impl() {
    loop.stop();
    joiner_ = world_.current();
    while (running_ && !process_.draining) world_.block(simulation::kNever);
  }

  RenewalLoop loop;

 private:
  simulation::World& world_;
  simulation::Process& process_;
  simulation::Task* joiner_ = nullptr;
  bool running_ = false;
};

Renewer::Renewer(Clock& clock, Entropy& entropy, const RenewerOptions& options)
    : impl_(std::make_unique<Impl>(clock, entropy, options)) {}
Renewer::~Renewer() = default;

void Renewer::add(const Lease& lease, RenewerEvents events) { impl_->loop.add(lease.state_, std::move(events)); }
void Renewer::remove(const Lease& lease) { impl_->loop.remove(lease.state_.get()); }

}  // namespace dynamutex::lock
