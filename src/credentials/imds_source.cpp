#include "dynamutex/credentials/imds_source.hpp"

#include <chrono>
#include <utility>

#include "credentials/exchange.hpp"
#include "credentials/json_answer.hpp"
#include "credentials/outcome.hpp"

namespace dynamutex::credentials {
namespace {

constexpr Patience kPatience{std::chrono::seconds(1), 1};
constexpr const char* kRolePath = "/latest/meta-data/iam/security-credentials/";

bool is_true(std::string_view text) noexcept { return text == "true" || text == "True" || text == "TRUE"; }

/// The first line, as the service's list has one role a line. Only what a role's name may hold (AWS, "IAM name requirements").
std::string_view role_name(std::string_view list) noexcept {
  const std::string_view name = list.substr(0, list.find_first_of("\r\n"));
  for (const char c : name) {
    const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter_or_digit && std::string_view("+=,.@-_").find(c) == std::string_view::npos) return {};
  }
  return name;
}

class ImdsSource final : public Source {
 public:
  explicit ImdsSource(World world) : world_(std::move(world)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    if (is_true(world_.environment("AWS_EC2_METADATA_DISABLED").value_or(""))) return Absent{"AWS_EC2_METADATA_DISABLED is true"};
    const Ask ask{*this, endpoint(), deadline, cancellation};

    auto token = ask("PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds", "21600"});
    if (!token) {
      const bool over = token.error().kind == ErrorKind::timed_out || token.error().kind == ErrorKind::invalid;
      if (over) return std::move(token).error();
      return Absent{token.error().message};
    }
    if (token->status != 200) return refused("a token", token->status);
    const http::Header with_token{"X-aws-ec2-metadata-token", token->body};

    auto roles = ask("GET", kRolePath, with_token);
    if (!roles) return std::move(roles).error();
    if (roles->status == 404) return Absent{"the instance has no role"};
    if (roles->status != 200) return refused("the role's name", roles->status);
    const std::string_view role = role_name(roles->body);
    if (role.empty()) return make_error(ErrorKind::not_applied, "the answer has no role's name");

    auto reply = ask("GET", kRolePath + std::string(role), with_token);
    wipe(token->body.data(), token->body.size());
    if (!reply) return std::move(reply).error();
    if (reply->status != 200) return refused("the role's credentials", reply->status);
    auto fetched = parse_json_credentials(reply->body, kMetadataForm);
    if (!fetched) return std::move(fetched).error();
    return *std::move(fetched);
  }

  std::string name() const override { return "instance metadata"; }

 private:
  struct Ask {
    ImdsSource& source;
    std::string base;
    MonotonicTime deadline;
    const Cancellation* cancellation;

    Result<http::Response> operator()(std::string_view method, const std::string& path, const http::Header& header) const {
      const std::string url = base + path;
      http::Request request;
      request.method = method;
      request.url = url;
      request.headers = &header;
      request.header_count = 1;
      const World& world = source.world_;
      return exchange(*world.clock, *world.local_transport, request, kPatience, deadline, cancellation);
    }
  };

  static Error refused(const char* what, int status) {
    Error error = make_error(status >= 500 ? ErrorKind::not_applied : ErrorKind::denied,
                             std::string("asked for ") + what + ", the service answered with status " + std::to_string(status));
    error.http_status = status;
    return error;
  }

  std::string endpoint() const {
    std::string url = world_.environment("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("");
    while (!url.empty() && url.back() == '/') url.pop_back();
    if (!url.empty()) return url;
    const std::string mode = world_.environment("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or("");
    return mode == "IPv6" || mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  }

  const World world_;
};

}  // namespace

std::unique_ptr<Source> make_imds_source(World world) { return std::make_unique<ImdsSource>(std::move(world)); }

}  // namespace dynamutex::credentials
