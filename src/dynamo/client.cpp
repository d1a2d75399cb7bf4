#include "dynamutex/dynamo/client.hpp"

#include <algorithm>
#include <utility>

#include "dynamo/call.hpp"
#include "dynamo/client_core.hpp"
#include "dynamo/client_multi.hpp"
#include "dynamo/operations.hpp"
#include "dynamo/replies.hpp"
#include "dynamo/requests.hpp"
#include "dynamutex/dynamo/endpoint.hpp"

namespace dynamutex::dynamo {

/// Drives calls one at a time, by blocking.
class Client::Impl {
 public:
  Impl(const ClientWorld& world, ClientOptions options) : core_(world, std::move(options)) {}

  [[nodiscard]] ClientCore& core() noexcept { return core_; }

  Result<CallAnswer> perform(const CallRequest& request, ReplyReader& reader) {
    Call call(core_, request, reader);
    SignedRequest memory;
    for (;;) {
      call.begin(core_.world.clock.now());
      if (call.end(attempt(call, memory))) return call.take();
      if (core_.world.clock.wait_until(call.resume_at(), request.options.cancellation)) continue;
      call.give_up();
      return call.take();
    }
  }

  template <class Request>
  Result<WriteOutcome> operate(std::string_view table, const Request& request, const CallOptions& options) {
    const OperationKind kind = kind_of(request);
    const std::string body = to_json(table, request);
    ItemReader reader(kind.item_member);
    return outcome_of(perform({kind.target, table, body, kind.write, options}, reader), reader);
  }

 private:
  Result<http::Response> attempt(Call& call, SignedRequest& memory) {
    auto keys = core_.world.credentials.get(call.attempt_deadline(), call.options().cancellation);
    if (!keys) return std::move(keys).error();
    if (auto ready = call.sign(*std::move(keys), memory); !ready) return std::move(ready).error();
    return core_.world.transport.send(memory.request);
  }

  ClientCore core_;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::create(const ClientWorld& world, ClientOptions options) {
  auto endpoint = checked_endpoint(options.endpoint);
  if (!endpoint) return std::move(endpoint).error();
  // The same rule serves both: a region is a DNS label.
  if (const auto region = regional_endpoint(options.region); !region) return region.error();
  options.endpoint = *std::move(endpoint);
  options.attempts_max = std::max(options.attempts_max, 1);
  return std::unique_ptr<Client>(new Client(std::make_unique<Impl>(world, std::move(options))));
}

Result<WriteOutcome> Client::put_item(std::string_view table, const PutItem& request, const CallOptions& options) {
  return impl_->operate(table, request, options);
}

Result<WriteOutcome> Client::delete_item(std::string_view table, const DeleteItem& request, const CallOptions& options) {
  return impl_->operate(table, request, options);
}

Result<WriteOutcome> Client::update_item(std::string_view table, const UpdateItem& request, const CallOptions& options) {
  return impl_->operate(table, request, options);
}

Result<std::optional<Item>> Client::get_item(std::string_view table, const GetItem& request, const CallOptions& options) {
  auto outcome = impl_->operate(table, request, options);
  if (!outcome) return std::move(outcome).error();
  return std::move(outcome->item);
}

Result<ScanPage> Client::scan(std::string_view table, const Scan& request, const CallOptions& options) {
  const std::string body = to_json(table, request);
  ScanReader reader;
  auto answer = impl_->perform({"DynamoDB_20120810.Scan", table, body, false, options}, reader);
  if (!answer) return std::move(answer).error();
  return std::move(reader.page);
}

Result<std::string> Client::call(std::string_view operation, std::string_view json, bool idempotent, const CallOptions& options) {
  const std::string target = std::string(kTargetPrefix).append(operation);
  ObjectReader reader;
  auto answer = impl_->perform({target, {}, json, !idempotent, options}, reader);
  if (!answer) return std::move(answer).error();
  if (!answer->condition_failed) return std::move(answer->body);
  Error error = make_error(ErrorKind::contended, std::string(operation) + ": the condition of the request does not hold");
  error.operation = operation;
  error.aws_code = kConditionFailed;
  error.http_status = answer->http_status;
  return error;
}

std::unique_ptr<Multi> Client::multi(std::string_view table) {
  auto requests = impl_->core().world.transport.multi();
  if (requests == nullptr) return nullptr;
  return std::make_unique<ClientMulti>(impl_->core(), std::string(table), std::move(requests));
}

const ServerClock& Client::server_clock() const noexcept { return impl_->core().server_clock; }
const std::string& Client::endpoint() const noexcept { return impl_->core().options.endpoint; }
const std::string& Client::region() const noexcept { return impl_->core().options.region; }

}  // namespace dynamutex::dynamo
