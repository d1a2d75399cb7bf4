#include "dynamutex/credentials/container_source.hpp"

#include <arpa/inet.h>

#include <chrono>
#include <cstring>
#include <utility>

#include "credentials/exchange.hpp"
#include "credentials/json_answer.hpp"
#include "credentials/outcome.hpp"
#include "credentials/text_file.hpp"

namespace dynamutex::credentials {
namespace {

constexpr Patience kPatience{std::chrono::seconds(2), 3};

/// The host of "http://host[:port]/…", with the brackets of an IPv6 address; empty where there is none.
std::string_view host_of(std::string_view url) noexcept {
  const auto authority = url.substr(url.find("://") + 3);
  const auto whole = authority.substr(0, authority.find_first_of("/?#"));
  if (whole.find('@') != std::string_view::npos) return {};
  if (!whole.empty() && whole.front() == '[') return whole.substr(0, whole.find(']') + 1);
  return whole.substr(0, whole.find(':'));
}

/// inet_pton(3) reads only full addresses, so that no short or octal form can mean something else to the resolver.
bool is_allowed_address(const std::string& host) noexcept {
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) {
    const std::uint32_t address = ntohl(four.s_addr);
    return address >> 24U == 127U || address == 0xA9FEAA02U || address == 0xA9FEAA17U;  // 169.254.170.2 and .23
  }
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return false;
  in6_addr six{};
  in6_addr eks{};
  if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &six) != 1) return false;
  ::inet_pton(AF_INET6, "fd00:ec2::23", &eks);
  return std::memcmp(&six, &in6addr_loopback, sizeof six) == 0 || std::memcmp(&six, &eks, sizeof six) == 0;
}

class ContainerSource final : public Source {
 public:
  ContainerSource(World world, ContainerOptions options) : world_(std::move(world)), options_(std::move(options)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    const std::string relative = world_.environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").value_or("");
    const std::string full = world_.environment("AWS_CONTAINER_CREDENTIALS_FULL_URI").value_or("");
    if (relative.empty() && full.empty()) {
      return Absent{"neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set"};
    }
    if (!relative.empty() && relative.front() != '/') {
      return make_error(ErrorKind::invalid, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with '/'");
    }
    if (relative.empty() && !is_allowed_container_url(full)) {
      return make_error(ErrorKind::invalid,
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or lead to this machine or to the "
                        "address of the ECS or EKS agent");
    }
    return ask(relative.empty() ? full : options_.relative_base + relative, deadline, cancellation);
  }

  std::string name() const override { return "container"; }

 private:
  Result<std::string> token() const {
    const auto file = world_.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (file && !file->empty()) return read_token_file(*file);
    return world_.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  }

  FetchOutcome ask(const std::string& url, MonotonicTime deadline, const Cancellation* cancellation) {
    auto found = token();
    if (!found) return std::move(found).error();
    std::string& authorization = *found;
    const http::Header headers[] = {{"Accept", "application/json"}, {"Authorization", authorization}};
    http::Request request;
    request.method = "GET";
    request.url = url;
    request.headers = &headers[0];
    request.header_count = authorization.empty() ? 1 : 2;
    const bool encrypted = url.compare(0, 8, "https://") == 0;
    http::Transport& transport = encrypted ? *world_.transport : *world_.local_transport;
    auto reply = exchange(*world_.clock, transport, request, kPatience, deadline, cancellation);
    wipe(authorization.data(), authorization.size());
    if (!reply) return std::move(reply).error();
    if (reply->status != 200) {
      const bool passing = reply->status >= 500 || reply->status == 429;
      Error error = make_error(passing ? ErrorKind::not_applied : ErrorKind::denied,
                               "the endpoint answered with status " + std::to_string(reply->status));
      error.http_status = reply->status;
      return error;
    }
    auto fetched = parse_json_credentials(reply->body, kMetadataForm);
    if (!fetched) return std::move(fetched).error();
    return *std::move(fetched);
  }

  const World world_;
  const ContainerOptions options_;
};

}  // namespace

bool is_allowed_container_url(std::string_view url) {
  if (url.substr(0, 8) == "https://") return true;
  if (url.substr(0, 7) != "http://") return false;
  const std::string host(host_of(url));
  return host == "localhost" || is_allowed_address(host);
}

std::unique_ptr<Source> make_container_source(World world, ContainerOptions options) {
  return std::make_unique<ContainerSource>(std::move(world), std::move(options));
}

}  // namespace dynamutex::credentials
