#include "lock_world.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "dynamutex/http/curl_transport.hpp"
#include "request.hpp"

namespace bench {
namespace {

using namespace dynamutex;

class CountingTransport final : public http::Transport {
 public:
  CountingTransport(http::Transport& next, RequestCounts* counts, std::function<void(const http::Request&)> on_request)
      : next_(next), counts_(counts), on_request_(std::move(on_request)) {}

  Result<http::Response> send(const http::Request& request) override {
    if (counts_ != nullptr) count(request);
    if (on_request_) on_request_(request);
    return next_.send(request);
  }
  /// Uncounted: whoever has many requests under way counts them at the server.
  std::unique_ptr<http::Multi> multi() override { return next_.multi(); }

 private:
  void count(const http::Request& request) {
    for (std::size_t i = 0; i < request.header_count; ++i) {
      if (request.headers[i].name != "x-amz-target") continue;
      const std::string_view operation = request.headers[i].value.substr(request.headers[i].value.find('.') + 1);
      ++(operation == "GetItem" ? counts_->reads : operation == "DeleteItem" ? counts_->releases : counts_->takes);
    }
    std::uint64_t largest = counts_->bytes_max;
    while (largest < request.body.size() && !counts_->bytes_max.compare_exchange_weak(largest, request.body.size())) {}
  }

  http::Transport& next_;
  RequestCounts* const counts_;
  const std::function<void(const http::Request&)> on_request_;
};

}  // namespace

LockWorld::LockWorld(LockWorldOptions options)
    : clock_(make_system_clock()), entropy_(make_system_entropy()),
      credentials_(credentials::make_static_provider(
          {std::string(access_key_id), Secret(std::string(secret_access_key)), Secret(std::string())})) {
  http::CurlOptions curl;
  curl.allow_plain_http = true;
  curl.proxy_from_environment = false;
  curl.idle_connections_max = options.connections_max;
  curl_ = http::make_curl_transport(*clock_, std::move(curl));
  const bool watched = options.counts != nullptr || options.on_request;
  if (watched) counting_ = std::make_unique<CountingTransport>(*curl_, options.counts, std::move(options.on_request));

  dynamo::ClientOptions client_options;
  client_options.endpoint = options.url;
  client_options.region = region;
  auto client =
      dynamo::Client::create({watched ? *counting_ : *curl_, *credentials_, *clock_, *entropy_}, std::move(client_options));
  if (!client) fail(client.error().message);
  client_ = *std::move(client);
  table_ = std::make_unique<dynamo::ClientTable>(*client_, options.table);
  locks_ = std::make_unique<lock::LockClient>(*table_, *clock_, *entropy_, std::move(options.lock));
}

LockWorld::~LockWorld() = default;

void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

}  // namespace bench
