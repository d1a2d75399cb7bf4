#include "dynamutex/credentials/iot_source.hpp"

#include <chrono>
#include <utility>

#include "credentials/exchange.hpp"
#include "credentials/json_answer.hpp"
#include "credentials/outcome.hpp"

namespace dynamutex::credentials {
namespace {

constexpr Patience kPatience{std::chrono::seconds(5), 3};

/// AWS IoT API, CreateRoleAlias: `roleAlias` is of [\w=,@-], 1 to 128.
bool is_role_alias(std::string_view text) noexcept {
  for (const char c : text) {
    const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter_or_digit && std::string_view("_=,@-").find(c) == std::string_view::npos) return false;
  }
  return !text.empty() && text.size() <= 128;
}

class IotSource final : public Source {
 public:
  IotSource(Clock& clock, http::Transport& transport, IotOptions options)
      : clock_(clock), transport_(transport), options_(std::move(options)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    if (!is_role_alias(options_.role_alias)) return make_error(ErrorKind::invalid, "malformed role alias");
    std::string url = options_.endpoint;
    if (url.compare(0, 8, "https://") != 0) return make_error(ErrorKind::invalid, "the endpoint must begin with https://");
    while (url.back() == '/') url.pop_back();
    url += "/role-aliases/" + options_.role_alias + "/credentials";

    const http::Header header{"x-amzn-iot-thingname", options_.thing_name};
    http::Request request;
    request.method = "GET";
    request.url = url;
    request.headers = &header;
    request.header_count = options_.thing_name.empty() ? 0 : 1;
    auto reply = exchange(clock_, transport_, request, kPatience, deadline, cancellation);
    if (!reply) return std::move(reply).error();
    if (reply->status != 200) {
      const bool passing = reply->status >= 500 || reply->status == 429;
      Error error = make_error(passing ? ErrorKind::not_applied : ErrorKind::denied,
                               "the endpoint answered with status " + std::to_string(reply->status) +
                                   "; are the certificate, its policy and the role alias right?");
      error.http_status = reply->status;
      return error;
    }
    auto fetched = parse_json_credentials(reply->body, kIotForm);
    if (!fetched) return std::move(fetched).error();
    return *std::move(fetched);
  }

  std::string name() const override { return "AWS IoT"; }

 private:
  Clock& clock_;
  http::Transport& transport_;
  const IotOptions options_;
};

}  // namespace

std::unique_ptr<Source> make_iot_source(Clock& clock, http::Transport& transport, IotOptions options) {
  return std::make_unique<IotSource>(clock, transport, std::move(options));
}

}  // namespace dynamutex::credentials
