#include <string>
#include <utility>

#include "dynamutex/credentials/provider.hpp"

namespace dynamutex::credentials {
namespace {

class EnvironmentProvider final : public Provider {
 public:
  explicit EnvironmentProvider(const Environment& environment) {
    const std::string id = environment(kId).value_or("");
    const Secret key(environment(kKey).value_or(""));
    if (id.empty() && key.empty()) {
      error_ = make_error(ErrorKind::denied, std::string(kId) + " is not set");
    } else if (id.empty()) {
      error_ = half(kKey, kId);
    } else if (key.empty()) {
      error_ = half(kId, kKey);
    } else {
      const Secret token(environment("AWS_SESSION_TOKEN").value_or(""));
      credentials_ = std::make_shared<sigv4::Credentials>(sigv4::Credentials{id, key, token});
    }
  }

  Result<SharedCredentials> get(MonotonicTime /*deadline*/, const Cancellation* /*cancellation*/) override {
    if (credentials_) return credentials_;
    return error_;
  }

  std::string source() const override { return "environment"; }

 private:
  static constexpr const char* kId = "AWS_ACCESS_KEY_ID";
  static constexpr const char* kKey = "AWS_SECRET_ACCESS_KEY";

  static Error half(const char* there, const char* missing) {
    return make_error(ErrorKind::invalid, std::string(there) + " is set, but " + missing + " is not; set both, or neither");
  }

  SharedCredentials credentials_;
  Error error_;
};

}  // namespace

std::unique_ptr<Provider> make_environment_provider(const Environment& environment) {
  return std::make_unique<EnvironmentProvider>(environment);
}

}  // namespace dynamutex::credentials
