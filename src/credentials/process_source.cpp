#include "dynamutex/credentials/process_source.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "credentials/child_process.hpp"
#include "credentials/json_answer.hpp"
#include "credentials/words.hpp"

namespace dynamutex::credentials {
namespace {

constexpr std::size_t kOutputBytesMax = std::size_t{64} << 10U;
constexpr std::chrono::seconds kTimeMax{60};

class ProcessSource final : public Source {
 public:
  ProcessSource(Clock& clock, std::string command) : clock_(clock), command_(std::move(command)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    const auto words = split_words(command_);
    if (!words) return words.error();
    const MonotonicTime end = std::min(deadline, saturating_add(clock_.now(), kTimeMax));
    auto output = output_of(clock_, *words, kOutputBytesMax, end, cancellation);
    if (!output) return std::move(output).error();
    auto fetched = parse_json_credentials(*output, kProcessForm);
    if (!fetched) return std::move(fetched).error();
    return *std::move(fetched);
  }

  std::string name() const override { return "credential_process"; }

 private:
  Clock& clock_;
  const std::string command_;
};

}  // namespace

std::unique_ptr<Source> make_process_source(Clock& clock, std::string command) {
  return std::make_unique<ProcessSource>(clock, std::move(command));
}

}  // namespace dynamutex::credentials
