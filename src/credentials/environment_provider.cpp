#include <string>
#include <utility>

#include "dynamutex/credentials/provider.hpp"

namespace dynamutex::credentials {
namespace {

class EnvironmentProvider final : public Provider {
 public:
  explicit EnvironmentProvider(const Environment& environment) {
    const auto id = environment("AWS_ACCESS_KEY_ID");
    const auto key = environment("AWS_SECRET_ACCESS_KEY");
    const auto token = environment("AWS_SESSION_TOKEN");
    if (!id || id->empty()) {
      missing_ = "AWS_ACCESS_KEY_ID";
    } else if (!key || key->empty()) {
      missing_ = "AWS_SECRET_ACCESS_KEY";
    } else {
      credentials_ = std::make_shared<sigv4::Credentials>(
          sigv4::Credentials{*id, Secret(*key), Secret(token ? std::string_view(*token) : std::string_view())});
    }
  }

  Result<SharedCredentials> get(MonotonicTime /*deadline*/, const Cancellation* /*cancellation*/) override {
    if (credentials_) return credentials_;
    Error error;
    error.kind = ErrorKind::denied;
    error.message = std::string(missing_) + " is not set";
    return error;
  }

  std::string source() const override { return "environment"; }

 private:
  SharedCredentials credentials_;
  const char* missing_ = "";
};

}  // namespace

std::unique_ptr<Provider> make_environment_provider(const Environment& environment) {
  return std::make_unique<EnvironmentProvider>(environment);
}

}  // namespace dynamutex::credentials
