#include <utility>

#include "dynamutex/credentials/source.hpp"

namespace dynamutex::credentials {
namespace {

class ChainSource final : public Source {
 public:
  explicit ChainSource(std::vector<std::unique_ptr<Source>> sources) : sources_(std::move(sources)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    if (chosen_ != nullptr) return fetch_from(*chosen_, deadline, cancellation);
    Absent none;
    for (const auto& source : sources_) {
      FetchOutcome outcome = fetch_from(*source, deadline, cancellation);
      const auto* const absent = std::get_if<Absent>(&outcome);
      if (absent == nullptr) {
        // An error does not bind: a source that is set up wrongly may be put right, or removed, later.
        if (std::holds_alternative<Fetched>(outcome)) chosen_ = source.get();
        return outcome;
      }
      none.reason.append(none.reason.empty() ? "" : "; ").append(absent->reason);
    }
    if (none.reason.empty()) none.reason = "no source was asked";
    return none;
  }

  std::string name() const override { return chosen_ != nullptr ? chosen_->name() : "default chain"; }

 private:
  /// The outcome, with the source's name before its reason or message.
  static FetchOutcome fetch_from(Source& source, MonotonicTime deadline, const Cancellation* cancellation) {
    FetchOutcome outcome = source.fetch(deadline, cancellation);
    if (auto* const absent = std::get_if<Absent>(&outcome)) absent->reason.insert(0, source.name() + ": ");
    if (auto* const error = std::get_if<Error>(&outcome)) error->message.insert(0, source.name() + ": ");
    return outcome;
  }

  std::vector<std::unique_ptr<Source>> sources_;
  Source* chosen_ = nullptr;
};

}  // namespace

std::unique_ptr<Source> make_chain_source(std::vector<std::unique_ptr<Source>> sources) {
  return std::make_unique<ChainSource>(std::move(sources));
}

}  // namespace dynamutex::credentials
