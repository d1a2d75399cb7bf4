#include "cli/world.hpp"

#include <utility>

#include "cli/duration.hpp"
#include "cli/exit_codes.hpp"
#include "dynamutex/http/curl_transport.hpp"

namespace dynamutex::cli {

World::World(const Settings& settings) : settings_(settings), clock_(make_system_clock()), entropy_(make_system_entropy()) {}

Result<std::unique_ptr<World>> World::create(const Settings& settings, const Environment& environment, const Console& console,
                                             const Writer& writer) {
  if (auto checked = check_ca_bundle(settings.ca_bundle); !checked) return std::move(checked).error();
  std::unique_ptr<World> world(new World(settings));
  // STS has no region 'local'.
  const std::string sts_region = settings.region == "local" ? "" : settings.region;
  world->credentials_ = std::make_unique<CredentialChain>(*world->clock_, environment,
                                                          CredentialOptions{settings.profile, sts_region, settings.ca_bundle});

  http::CurlOptions transport;
  transport.ca_bundle = settings.ca_bundle;
  transport.allow_plain_http = settings.endpoint_given;
  world->transport_ = http::make_curl_transport(*world->clock_, std::move(transport));

  dynamo::ClientOptions options;
  options.endpoint = settings.endpoint;
  options.region = settings.region;
  if (console.verbose()) {
    options.on_attempt = [&console](const dynamo::AttemptEvent& event) { console.log(describe_attempt(event)); };
  }
  auto client = dynamo::Client::create({*world->transport_, world->credentials_->provider(), *world->clock_, *world->entropy_},
                                       std::move(options));
  if (!client) return std::move(client).error();
  world->client_ = *std::move(client);
  world->table_ = std::make_unique<dynamo::ClientTable>(*world->client_, settings.table);

  lock::LockClientOptions lock_options;
  lock_options.schema = settings.schema;
  lock_options.owner = writer.owner;
  lock_options.compat = writer.compat;
  lock_options.poll_max = writer.poll_max;
  world->locks_ = std::make_unique<lock::LockClient>(*world->table_, *world->clock_, *world->entropy_, std::move(lock_options));
  return world;
}

Result<std::unique_ptr<World>> make_world(const GlobalFlags& flags, const Console& console, const Writer& writer) {
  const Environment environment = credentials::process_environment();
  auto files = credentials::load_profile_files(environment);
  if (!files) return std::move(files).error();
  auto settings = resolve_settings(flags, environment, *files);
  if (!settings) return std::move(settings).error();
  return World::create(*settings, environment, console, writer);
}

OpenedWorld open_world(const GlobalFlags& flags, const Console& console, const Writer& writer) {
  auto world = make_world(flags, console, writer);
  if (!world) return {nullptr, console.fail(world.error().message, exit_code::configuration)};
  return {*std::move(world), exit_code::success};
}

std::string describe_attempt(const dynamo::AttemptEvent& event) {
  std::string line(event.operation);
  if (event.attempt > 1) line += ", attempt " + std::to_string(event.attempt);
  line += event.http_status == 0 ? ": no reply" : ": HTTP " + std::to_string(event.http_status);
  line += " in " + human_duration(event.duration);
  if (event.condition_failed) line += ", condition failed";
  if (event.error != nullptr) line += ", " + std::string(to_string(event.error->kind)) + ": " + event.error->message;
  if (event.retry_after >= Duration::zero()) line += ", next attempt in " + human_duration(event.retry_after);
  if (!event.request_id.empty()) line += ", request " + std::string(event.request_id);
  return line;
}

}  // namespace dynamutex::cli
