#include "credentials/sts_exchange.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "credentials/exchange.hpp"
#include "credentials/outcome.hpp"
#include "credentials/sts_answer.hpp"
#include "dynamutex/credentials/profile_files.hpp"
#include "dynamutex/sigv4/signer.hpp"

namespace dynamutex::credentials {
namespace {

constexpr Duration kAttemptTimeMax = std::chrono::seconds(5);
constexpr int kAttemptsMax = 3;
constexpr std::string_view kContentType = "application/x-www-form-urlencoded; charset=utf-8";

bool starts_with(std::string_view text, std::string_view prefix) noexcept { return text.substr(0, prefix.size()) == prefix; }

/// The partitions' DNS suffixes (AWS, "AWS Security Token Service endpoints and quotas", and the SDKs' partitions.json).
std::string_view dns_suffix(std::string_view region) noexcept {
  constexpr std::pair<std::string_view, std::string_view> kSuffixes[] = {
      {"cn-", "amazonaws.com.cn"}, {"us-isob-", "sc2s.sgov.gov"},  {"us-isof-", "csp.hci.ic.gov"},
      {"us-iso-", "c2s.ic.gov"},   {"eu-isoe-", "cloud.adc-e.uk"}, {"eusc-", "amazonaws.eu"}};
  for (const auto& [prefix, suffix] : kSuffixes) {
    if (starts_with(region, prefix)) return suffix;
  }
  return "amazonaws.com";
}

std::string endpoint_of(const StsOptions& options) {
  if (!options.endpoint_url.empty()) return options.endpoint_url;
  if (options.region.empty()) return "https://sts.amazonaws.com";
  return "https://sts." + options.region + '.' + std::string(dns_suffix(options.region));
}

/// A request to STS, whose parts all live here.
struct StsRequest {
  std::string url;
  std::string host;
  std::string path;

  explicit StsRequest(const StsOptions& options) : url(endpoint_of(options)) {
    const auto scheme_end = url.find("://");
    const auto authority = scheme_end == std::string::npos ? 0 : scheme_end + 3;
    const auto path_start = url.find('/', authority);
    host = url.substr(authority, path_start == std::string::npos ? path_start : path_start - authority);
    if (path_start == std::string::npos) url += '/';
    path = url.substr(url.find('/', authority));
  }
};

/// Headers that signing adds; their text is wiped at the end, as it holds the session token.
class SignatureHeaders {
 public:
  SignatureHeaders() = default;
  ~SignatureHeaders() {
    for (sigv4::AddedHeader& header : added) wipe(header.value.data(), header.value.size());
  }
  SignatureHeaders(const SignatureHeaders&) = delete;
  SignatureHeaders& operator=(const SignatureHeaders&) = delete;

  std::vector<sigv4::AddedHeader> added;
};

Result<void> sign_request(const StsRequest& target, const StsOptions& options, std::string_view body,
                          const sigv4::Credentials& signer, const Clock& clock, SignatureHeaders& headers) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock.wall_now().time_since_epoch());
  const auto date = sigv4::AmzDate::from(sigv4::SigningTime(seconds));
  if (!date) return date.error();
  const sigv4::Header fixed[] = {{"content-type", kContentType}, {"host", target.host}};
  const sigv4::Scope scope{*date, options.region.empty() ? std::string_view("us-east-1") : options.region, "sts"};
  sigv4::SigningKeyCache keys;
  auto result = sigv4::sign({"POST", target.path, "", fixed, sigv4::Payload::of(body)}, signer, scope, keys);
  if (!result) return std::move(result).error();
  headers.added = std::move(result->added);
  wipe(result->canonical_request.data(), result->canonical_request.size());
  return {};
}

}  // namespace

StsForm::StsForm(std::string_view action) {
  text_.reserve(8192);  // Growing would leave copies of a token behind.
  add("Action", action);
  add("Version", "2011-06-15");
}

StsForm::~StsForm() { wipe(text_.data(), text_.size()); }

void StsForm::add(std::string_view name, std::string_view value) {
  constexpr std::string_view kPlain = "-._~";
  constexpr char kDigits[] = "0123456789ABCDEF";
  if (!text_.empty()) text_ += '&';
  text_.append(name).push_back('=');
  for (const char c : value) {
    const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter_or_digit || kPlain.find(c) != std::string_view::npos) {
      text_ += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text_ += '%';
      text_ += kDigits[byte >> 4U];
      text_ += kDigits[byte & 15U];
    }
  }
}

void StsForm::add_role(const Role& role, const Clock& clock) {
  add("RoleArn", role.arn);
  if (!role.session_name.empty()) {
    add("RoleSessionName", role.session_name);
  } else {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock.wall_now().time_since_epoch());
    add("RoleSessionName", "dynamutex-" + std::to_string(::getpid()) + '-' + std::to_string(seconds.count()));
  }
  if (role.duration_seconds != 0) add("DurationSeconds", std::to_string(role.duration_seconds));
}

StsOptions complete_sts_options(StsOptions options, const Environment& environment) {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (options.region.empty()) options.region = environment(name).value_or("");
  }
  if (options.endpoint_url.empty()) options.endpoint_url = configured_endpoint_url(environment, {}, {}, "sts").value_or("");
  return options;
}

Result<std::string> send_to_sts(const World& world, const StsOptions& options, const StsForm& form,
                                const sigv4::Credentials* signer, int attempts_max, MonotonicTime deadline,
                                const Cancellation* cancellation) {
  const StsRequest target(options);
  SignatureHeaders signature;
  if (signer != nullptr) {
    auto done = sign_request(target, options, form.text(), *signer, *world.clock, signature);
    if (!done) return std::move(done).error();
  }
  std::vector<http::Header> headers = {{"Content-Type", kContentType}, {"Host", target.host}};
  for (const sigv4::AddedHeader& header : signature.added) headers.push_back({header.name, header.value});

  http::Request request;
  request.url = target.url;
  request.headers = headers.data();
  request.header_count = headers.size();
  request.body = form.text();
  auto reply = exchange(*world.clock, *world.transport, request, {kAttemptTimeMax, attempts_max}, deadline, cancellation);
  if (!reply) return std::move(reply).error();
  if (reply->status != 200) return parse_sts_error(reply->body, reply->status);
  return std::move(reply->body);
}

FetchOutcome ask_sts(const World& world, const StsOptions& options, const StsForm& form, const sigv4::Credentials* signer,
                     MonotonicTime deadline, const Cancellation* cancellation) {
  auto answer = send_to_sts(world, options, form, signer, kAttemptsMax, deadline, cancellation);
  if (!answer) return std::move(answer).error();
  auto fetched = parse_sts_credentials(*answer);
  if (!fetched) return std::move(fetched).error();
  return *std::move(fetched);
}

}  // namespace dynamutex::credentials
