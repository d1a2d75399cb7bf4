#include "client_bare.hpp"

#include <chrono>
#include <vector>

#include "client_put.hpp"
#include "dynamo/requests.hpp"
#include "dynamutex/sigv4/signer.hpp"
#include "dynamutex/version.hpp"
#include "request.hpp"

namespace bench {
namespace {

std::size_t drop(char* /*data*/, std::size_t size, std::size_t count, void* /*self*/) { return size * count; }

}  // namespace

BareLoop::BareLoop(const std::string& url, std::size_t token_bytes)
    : body_(dynamutex::dynamo::to_json(table, put_item_300())), easy_(::curl_easy_init()) {
  sign(url, token_bytes);
  ::curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  ::curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");  // Otherwise it is looked up in the environment for each request.
  ::curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  ::curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body_.c_str());
  ::curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
  ::curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &drop);
}

BareLoop::~BareLoop() {
  ::curl_slist_free_all(headers_);
  ::curl_easy_cleanup(easy_);
}

std::string BareLoop::send() {
  if (const CURLcode code = ::curl_easy_perform(easy_); code != CURLE_OK) return ::curl_easy_strerror(code);
  long status = 0;
  ::curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  return status == 200 ? std::string() : "HTTP status " + std::to_string(status);
}

/// The client's own headers, in its order.
void BareLoop::sign(const std::string& url, std::size_t token_bytes) {
  using namespace dynamutex::sigv4;
  const Credentials keys = credentials(token_bytes);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  const AmzDate date = *AmzDate::from(SigningTime(now));
  const std::string token(keys.session_token.reveal());
  const std::string authority = url.substr(url.find("://") + 3);
  const std::string host_header = authority.substr(0, authority.find('/'));
  std::vector<Header> headers = {
      {"host", host_header}, {"content-type", content_type}, {"x-amz-date", date.text()}, {"x-amz-target", target}};
  if (!token.empty()) headers.push_back({"x-amz-security-token", token});
  SigningKeyCache cache;
  char memory[1024];
  const auto value = authorization({"POST", "/", "", headers, Payload::of(body_)}, keys, {date, region, service}, cache,
                                   {memory, sizeof memory});
  for (const Header& header : headers) add_header(std::string(header.name), std::string(header.value));
  add_header("authorization", std::string(*value));
  add_header("user-agent", "dynamutex/" DYNAMUTEX_VERSION);
  headers_ = ::curl_slist_append(headers_, "Accept:");
}

void BareLoop::add_header(const std::string& name, const std::string& value) {
  headers_ = ::curl_slist_append(headers_, (name + ": " + value).c_str());
}

}  // namespace bench
