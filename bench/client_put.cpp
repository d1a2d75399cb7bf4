#include "client_put.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "dynamutex/http/curl_transport.hpp"
#include "request.hpp"

namespace bench {

using namespace dynamutex;

namespace {
constexpr std::chrono::seconds kPatience{10};
}  // namespace

dynamo::PutItem put_item_300() {
  dynamo::PutItem request;
  std::size_t size = 0;  // As DynamoDB counts: names and values.
  const auto add = [&](std::string_view name, const std::string& value) {
    request.item.set(name, value);
    size += name.size() + value.size();
  };
  add("key", "deploy");
  add("ownerName", "host-1:4711:0123456789abcdef");
  add("leaseDuration", "20000");
  add("recordVersionNumber", "0123456789abcdef0123456789abcdef");
  add("note", std::string(300 - size - 4, 'A'));
  request.condition = {"attribute_not_exists(#k)", {{"#k", "key"}}, {}};
  return request;
}

sigv4::Credentials credentials(std::size_t token_bytes) {
  return {std::string(access_key_id), Secret(std::string(secret_access_key)), Secret(std::string(token_bytes, 'T'))};
}

Setup::Setup(const std::string& url, std::size_t token_bytes)
    : clock(make_system_clock()), entropy(make_system_entropy()),
      credentials(credentials::make_static_provider(bench::credentials(token_bytes))) {
  http::CurlOptions curl;
  curl.allow_plain_http = true;
  curl.proxy_from_environment = false;
  transport = http::make_curl_transport(*clock, curl);
  dynamo::ClientOptions options;
  options.endpoint = url;
  options.region = region;
  options.attempts_max = 1;  // A retry would hide that the server fails.
  auto made = dynamo::Client::create({*transport, *credentials, *clock, *entropy}, std::move(options));
  if (!made) {
    std::fprintf(stderr, "client: %s\n", made.error().message.c_str());
    std::exit(1);
  }
  client = *std::move(made);
}

std::string PutLoop::send() {
  dynamo::CallOptions options;
  options.deadline = saturating_add(setup_.clock->now(), kPatience);
  const auto outcome = setup_.client->put_item(table, request_, options);
  return outcome ? std::string() : outcome.error().message;
}

ManyLoop::ManyLoop(const std::string& url, std::size_t token_bytes, int under_way_max)
    : setup_(url, token_bytes), under_way_max_(under_way_max), request_(put_item_300()), multi_(setup_.client->multi(table)) {}

std::string ManyLoop::send() {
  dynamo::CallOptions options;
  options.deadline = saturating_add(setup_.clock->now(), kPatience);
  for (; under_way_ < under_way_max_; ++under_way_) multi_->start(0, request_, options);
  return wait_for_one();
}

std::string ManyLoop::finish() {
  std::string problem;
  while (under_way_ > 0 && problem.empty()) problem = wait_for_one();
  return problem;
}

std::string ManyLoop::wait_for_one() {
  const auto finished = multi_->wait(MonotonicTime::max(), nullptr);
  --under_way_;
  if (!finished) return "a wait for ever ended";
  return finished->result ? std::string() : finished->result.error().message;
}

}  // namespace bench
