#include <utility>

#include "credentials/outcome.hpp"
#include "dynamutex/credentials/source.hpp"

namespace dynamutex::credentials {
namespace {

class EnvironmentSource final : public Source {
 public:
  explicit EnvironmentSource(Environment environment) : environment_(std::move(environment)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    auto found = make_environment_provider(environment_)->get(deadline, cancellation);
    if (!found && found.error().kind == ErrorKind::invalid) return std::move(found).error();
    if (!found) return Absent{found.error().message};
    return Fetched{*std::move(found), std::nullopt};
  }

  std::string name() const override { return "environment"; }

 private:
  Environment environment_;
};

}  // namespace

std::unique_ptr<Source> make_environment_source(Environment environment) {
  return std::make_unique<EnvironmentSource>(std::move(environment));
}

}  // namespace dynamutex::credentials
