#include "dynamutex/lock/renewer.hpp"

#include <thread>
#include <utility>

#include "lock/renewal_loop.hpp"

namespace dynamutex::lock {

class Renewer::Impl {
 public:
  Impl(Clock& clock, Entropy& entropy, const RenewerOptions& options)
      : loop(clock, entropy, options), thread_([this] {
          while (loop.step()) {}
        }) {}

  ~Impl() {
    loop.stop();
    thread_.join();
  }

  RenewalLoop loop;

 private:
  std::thread thread_;  ///< Last: it uses the loop.
};

Renewer::Renewer(Clock& clock, Entropy& entropy, const RenewerOptions& options)
    : impl_(std::make_unique<Impl>(clock, entropy, options)) {}
Renewer::~Renewer() = default;

void Renewer::add(const Lease& lease, RenewerEvents events) { impl_->loop.add(lease.state_, std::move(events)); }
void Renewer::remove(const Lease& lease) { impl_->loop.remove(lease.state_.get()); }

}  // namespace dynamutex::lock
