#include "simulation/foreign_user.hpp"

#include <charconv>
#include <chrono>
#include <utility>

namespace dynamutex::simulation {
namespace {

using dynamo::AttributeValue;
using std::chrono::milliseconds;

constexpr const char* kVersion = "recordVersionNumber";

const std::string* text_of(const dynamo::Item& item, const char* name) { return item.find_as<std::string>(name); }

/// It reads milliseconds only.
Duration lease_of(const dynamo::Item& item) {
  const std::string* const text = text_of(item, "leaseDuration");
  long long count = 0;
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), count);
  return milliseconds(count);
}

std::string milliseconds_text(Duration span) { return std::to_string(std::chrono::duration_cast<milliseconds>(span).count()); }

}  // namespace

ForeignUser::ForeignUser(Stage stage, Machine& machine, int id)
    : stage_(stage),
      table_(stage.world, stage.network, process_, {stage.settings.server_error_max, 0}, stage.settings.attempt_timeout) {
  process_.id = id;
  process_.machine = &machine;
  process_.owner = "foreign";
}

void ForeignUser::start() {
  stage_.world.spawn(process_, [this] {
    Random& random = stage_.world.random;
    while (!process_.draining && !stage_.closing()) {
      const Duration idle = stage_.settings.long_idle ? Duration(std::chrono::minutes(20)) : stage_.settings.lease * 2;
      stage_.world.sleep(random.between(Duration(0), idle));
      if (!process_.draining && !stage_.closing()) round();
    }
  });
}

dynamo::Item ForeignUser::key() const {
  dynamo::Item item;
  const lock::LockName name = stage_.settings.name(0);
  item.set(stage_.settings.schema.key, name.key);
  if (!name.sort_key.empty()) item.set(stage_.settings.schema.sort_key, name.sort_key);
  return item;
}

std::string ForeignUser::fresh_version() { return "foreign-" + std::to_string(stage_.world.random.next()); }

void ForeignUser::round() {
  const TrueTime give_up = stage_.world.now() + stage_.settings.lease * 4;
  ++process_.acquisition;
  watched_.clear();
  while (!process_.draining && stage_.world.now() < give_up && !stage_.closing()) {
    if (try_once()) {
      stage_.tally.faults.add(Fault::foreign_took_lock);
      ++stage_.tally.foreign_grants;
      return hold();
    }
    stage_.world.sleep(milliseconds(stage_.world.random.between(200, 1000)));
  }
}

bool ForeignUser::try_once() {
  const auto found = table_.get({key(), true}, {});
  if (!found || process_.draining) return false;
  const std::string& key_name = stage_.settings.schema.key;
  if (!*found) return write({"attribute_not_exists(#k)", {{"#k", key_name}}, {}});
  const dynamo::Item& item = **found;
  if (item.find("isReleased") != nullptr) {
    return write({"attribute_exists(#k) AND #r = :r", {{"#k", key_name}, {"#r", "isReleased"}}, {{":r", AttributeValue("1")}}});
  }
  const std::string* const version = text_of(item, kVersion);
  if (version == nullptr) return false;
  const TrueTime now = stage_.world.now();
  if (*version != watched_) {
    watched_ = *version;
    watched_since_ = now;
    return false;
  }
  if (now - watched_since_ <= lease_of(item)) return false;
  return write({"attribute_exists(#k) AND #v = :v", {{"#k", key_name}, {"#v", kVersion}}, {{":v", AttributeValue(watched_)}}});
}

bool ForeignUser::write(dynamo::Expression condition) {
  const TrueTime since = stage_.world.now();
  version_ = fresh_version();
  const bool wants_in_place = condition.text != "attribute_not_exists(#k)" && stage_.world.random.chance(300);
  // Our `ttl` would stay on its lock (docs/protocol.md).
  const bool in_place = wants_in_place && !stage_.settings.ttl_is_on();
  const auto outcome = in_place ? update_in_place(std::move(condition)) : replace(std::move(condition));
  if (!outcome || process_.draining || outcome->status != dynamo::WriteOutcome::Status::applied) return false;
  believe(since);
  return true;
}

Result<dynamo::WriteOutcome> ForeignUser::replace(dynamo::Expression condition) {
  dynamo::PutItem request{key(), std::move(condition)};
  request.item.set("ownerName", "foreign");
  request.item.set(kVersion, version_);
  request.item.set("leaseDuration", milliseconds_text(stage_.settings.lease));
  return table_.put(request, {});
}

/// What it does not know stays in the record.
Result<dynamo::WriteOutcome> ForeignUser::update_in_place(dynamo::Expression condition) {
  dynamo::UpdateItem request;
  request.key = key();
  request.condition = condition.text;
  request.update = std::move(condition);
  request.update.text = "SET #o = :o, #n = :n, #l = :l REMOVE #g";
  for (auto& name : {std::pair("#o", "ownerName"), {"#n", kVersion}, {"#l", "leaseDuration"}, {"#g", "isReleased"}}) {
    request.update.names.emplace_back(name.first, name.second);
  }
  request.update.values.emplace_back(":o", AttributeValue("foreign"));
  request.update.values.emplace_back(":n", AttributeValue(version_));
  request.update.values.emplace_back(":l", AttributeValue(milliseconds_text(stage_.settings.lease)));
  return table_.update(request, {});
}

void ForeignUser::believe(TrueTime since) {
  held_until_ = since + stage_.settings.lease;
  stage_.checker.foreign_holds(process_, 0, held_until_);
}

void ForeignUser::hold() {
  World& world = stage_.world;
  const TrueTime until = world.now() + world.random.between(Duration(0), stage_.settings.lease * 3);
  const bool heartbeats = world.random.coin();
  while (!process_.draining && world.now() < until && world.now() < held_until_) {
    world.sleep(stage_.settings.lease / 4);
    if (heartbeats && !process_.draining && world.now() < held_until_ && !heartbeat()) break;
  }
  if (!process_.draining) give_back();
}

bool ForeignUser::heartbeat() {
  const TrueTime since = stage_.world.now();
  const std::string next = fresh_version();
  dynamo::UpdateItem request;
  request.key = key();
  request.condition = "attribute_exists(#k) AND #v = :v";
  request.update.text = "SET #v = :n";
  request.update.names = {{"#k", stage_.settings.schema.key}, {"#v", kVersion}};
  request.update.values = {{":v", AttributeValue(version_)}, {":n", AttributeValue(next)}};
  const auto outcome = table_.update(request, {});
  if (!outcome || process_.draining) return !process_.draining;
  if (outcome->status != dynamo::WriteOutcome::Status::applied) return false;
  version_ = next;
  believe(since);
  return true;
}

void ForeignUser::give_back() {
  stage_.checker.foreign_ended(process_);
  dynamo::Expression condition{"attribute_exists(#k) AND #v = :v",
                               {{"#k", stage_.settings.schema.key}, {"#v", kVersion}},
                               {{":v", AttributeValue(version_)}}};
  if (stage_.world.random.coin()) {
    static_cast<void>(table_.remove({key(), std::move(condition)}, {}));
    return;
  }
  dynamo::UpdateItem request;
  request.key = key();
  request.condition = condition.text;
  request.update = std::move(condition);
  request.update.text = "SET #r = :r";
  request.update.names.emplace_back("#r", "isReleased");
  request.update.values.emplace_back(":r", AttributeValue("1"));
  static_cast<void>(table_.update(request, {}));
}

}  // namespace dynamutex::simulation
