#include "dynamo/request_signer.hpp"

#include <chrono>

#include "dynamutex/version.hpp"

namespace dynamutex::dynamo {
namespace {

constexpr std::string_view kContentType = "application/x-amz-json-1.0";
constexpr std::string_view kUserAgent = "dynamutex/" DYNAMUTEX_VERSION;
constexpr std::string_view kService = "dynamodb";

/// "host[:port]" of an endpoint, as it stands in the Host header: without the scheme's own port.
std::string host_of(std::string_view endpoint) {
  const bool tls = endpoint.substr(0, 8) == "https://";
  std::string_view host = endpoint.substr(tls ? 8 : 7);
  host = host.substr(0, host.find('/'));
  const std::string_view own_port = tls ? ":443" : ":80";
  if (host.size() > own_port.size() && host.substr(host.size() - own_port.size()) == own_port) {
    host.remove_suffix(own_port.size());
  }
  return std::string(host);
}

std::string_view path_of(std::string_view endpoint) {
  const std::size_t slash = endpoint.find('/', endpoint.find("://") + 3);
  return slash == std::string_view::npos ? std::string_view("/") : endpoint.substr(slash);
}

}  // namespace

RequestSigner::RequestSigner(std::string_view endpoint, std::string_view region)
    : endpoint_(endpoint), region_(region), host_(host_of(endpoint)) {}

Result<void> RequestSigner::sign(std::string_view target, std::string_view body, const sigv4::Credentials& keys, WallTime at,
                                 SignedRequest& out) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch());
  auto date = sigv4::AmzDate::from(sigv4::SigningTime(seconds));
  if (!date) return std::move(date).error();
  out.date_ = *date;

  const std::array<sigv4::Header, 5> to_sign = {{{"host", host_},
                                                 {"content-type", kContentType},
                                                 {"x-amz-date", out.date_->text()},
                                                 {"x-amz-target", target},
                                                 {"x-amz-security-token", keys.session_token.reveal()}}};
  const std::size_t signed_count = keys.session_token.empty() ? 4 : 5;
  sigv4::Request request;
  request.method = "POST";
  request.path = path_of(endpoint_);
  request.headers = sigv4::Headers(to_sign.data(), signed_count);
  request.payload = sigv4::Payload::of(body);
  auto value = sigv4::authorization(request, keys, {*out.date_, region_, kService}, keys_,
                                    {out.authorization_.data(), out.authorization_.size()});
  if (!value) return std::move(value).error();

  std::size_t count = 0;
  for (; count < signed_count; ++count) out.headers_[count] = {to_sign[count].name, to_sign[count].value};
  out.headers_[count++] = {"authorization", *value};
  out.headers_[count++] = {"user-agent", kUserAgent};
  out.request.url = endpoint_;
  out.request.headers = out.headers_.data();
  out.request.header_count = count;
  out.request.body = body;
  return {};
}

}  // namespace dynamutex::dynamo
