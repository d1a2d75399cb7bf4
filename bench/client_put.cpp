#include "client_put.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "dynamutex/http/curl_transport.hpp"
#include "request.hpp"

namespace bench {

using namespace dynamutex;

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

PutLoop::PutLoop(const std::string& url, std::size_t token_bytes)
    : clock_(make_system_clock()), entropy_(make_system_entropy()),
      credentials_(credentials::make_static_provider(bench::credentials(token_bytes))), request_(put_item_300()) {
  http::CurlOptions transport;
  transport.allow_plain_http = true;
  transport.proxy_from_environment = false;
  transport_ = http::make_curl_transport(*clock_, transport);
  dynamo::ClientOptions options;
  options.endpoint = url;
  options.region = region;
  options.attempts_max = 1;  // A retry would hide that the server fails.
  auto client = dynamo::Client::create({*transport_, *credentials_, *clock_, *entropy_}, std::move(options));
  if (!client) {
    std::fprintf(stderr, "client: %s\n", client.error().message.c_str());
    std::exit(1);
  }
  client_ = *std::move(client);
}

std::string PutLoop::send() {
  dynamo::CallOptions options;
  options.deadline = saturating_add(clock_->now(), std::chrono::seconds(10));
  const auto outcome = client_->put_item(table, request_, options);
  return outcome ? std::string() : outcome.error().message;
}

}  // namespace bench
