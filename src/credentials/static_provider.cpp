#include <utility>

#include "dynamutex/credentials/provider.hpp"

namespace dynamutex::credentials {
namespace {

class StaticProvider final : public Provider {
 public:
  explicit StaticProvider(sigv4::Credentials credentials)
      : credentials_(std::make_shared<sigv4::Credentials>(std::move(credentials))) {}

  Result<SharedCredentials> get(MonotonicTime /*deadline*/, const Cancellation* /*cancellation*/) override {
    if (!credentials_->access_key_id.empty() && !credentials_->secret_access_key.empty()) return credentials_;
    Error error;
    error.kind = ErrorKind::denied;
    error.message = "the credentials given by the program have no access key id or no secret key";
    return error;
  }

  std::string source() const override { return "given by the program"; }

 private:
  SharedCredentials credentials_;
};

}  // namespace

std::unique_ptr<Provider> make_static_provider(sigv4::Credentials credentials) {
  return std::make_unique<StaticProvider>(std::move(credentials));
}

}  // namespace dynamutex::credentials
