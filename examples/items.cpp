// Puts an item unless it is there, gets it, and deletes it on a condition. The table is given by its name, with "key" as its key.

#include "surroundings.hpp"

namespace dynamo = dynamutex::dynamo;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s TABLE\n", argv[0]);
    return 64;
  }
  const example::Surroundings world;
  dynamo::ClientTable table(*world.client, argv[1]);
  dynamo::CallOptions within;
  within.deadline = world.clock->now() + std::chrono::seconds(10);  // For each call, with its retries.

  dynamo::Item key;
  key.set("key", "greeting");

  dynamo::PutItem put;
  put.item = key;
  put.item.set("text", "hello");
  put.item.set("times", dynamo::Number{"1"});
  put.condition = {"attribute_not_exists(#k)", {{"#k", "key"}}, {}};
  const auto written = example::require(table.put(put, within));
  std::printf(written.status == dynamo::WriteOutcome::Status::applied ? "put\n" : "it was there already\n");

  const auto found = example::require(table.get({key}, within));
  const std::string* const text = found ? found->find_as<std::string>("text") : nullptr;
  std::printf("got: %s\n", text != nullptr ? text->c_str() : "nothing");

  dynamo::DeleteItem remove;
  remove.key = key;
  remove.condition = {"#t = :once", {{"#t", "times"}}, {{":once", dynamo::Number{"1"}}}};
  const auto removed = example::require(table.remove(remove, within));
  std::printf(removed.status == dynamo::WriteOutcome::Status::applied ? "deleted\n" : "it has changed, and stays\n");
  return 0;
}
