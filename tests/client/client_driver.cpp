// Puts the DynamoDB client at the end of a pipe: one command a line in, one JSON object a line out.
//
//   put|delete|get key=K [value=V] [only=absent|=V] [endpoint=URL] [table=T] [deadline_ms=N] [attempts_max=N] [connection=new|kept]
//
// What a line leaves out is as it was on the line before. `only` is the write's condition: there is no such item, or its value is
// V. `connection=new` calls through a client of its own. Credentials come from the environment.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "driver_memory.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/dynamo/client.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/http/curl_transport.hpp"

namespace {

using namespace dynamutex;

using Command = std::map<std::string, std::string>;

struct Answer {
  std::string outcome;
  std::string message;
  std::string value;
  bool doubted = false;
  int http_status = 0;
};

/// A client with a transport, and so connections, of its own.
struct Session {
  std::unique_ptr<http::Transport> transport;
  std::unique_ptr<dynamo::Client> client;
};

class Driver {
 public:
  Driver()
      : clock_(make_system_clock()), entropy_(make_system_entropy()),
        credentials_(credentials::make_environment_provider(credentials::process_environment())) {}

  void run(const Command& command) {
    Session own;
    Session* session = &own;
    if (command.at("connection") == "kept") session = &kept_[command.at("endpoint") + " " + command.at("attempts_max")];
    if (!session->client) *session = open(command);

    attempts_ = 0;
    const tests::PeakMemory memory;
    const auto started = std::chrono::steady_clock::now();
    const Answer answer = call(*session->client, command);
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - started;
    print(answer, elapsed.count(), memory.growth_kib());
  }

 private:
  Session open(const Command& command) {
    http::CurlOptions options;
    options.allow_plain_http = true;
    options.proxy_from_environment = false;
    Session session;
    session.transport = http::make_curl_transport(*clock_, options);
    dynamo::ClientOptions client;
    client.endpoint = command.at("endpoint");
    client.region = "us-east-1";
    client.attempts_max = std::stoi(command.at("attempts_max"));
    client.on_attempt = [this](const dynamo::AttemptEvent&) { ++attempts_; };
    auto made = dynamo::Client::create({*session.transport, *credentials_, *clock_, *entropy_}, std::move(client));
    if (!made) {
      std::cerr << "client_driver: " << made.error().message << '\n';
      std::exit(2);
    }
    session.client = *std::move(made);
    return session;
  }

  Answer call(dynamo::Client& client, const Command& command) {
    dynamo::CallOptions options;
    options.deadline = saturating_add(clock_->now(), std::chrono::milliseconds(std::stoi(command.at("deadline_ms"))));
    const std::string& table = command.at("table");
    dynamo::Item item;
    item.set("key", command.at("key"));
    if (command.at("operation") == "put") {
      item.set("value", command.at("value"));
      return told(client.put_item(table, {item, condition(command.at("only"))}, options));
    }
    if (command.at("operation") == "delete") {
      return told(client.delete_item(table, {item, condition(command.at("only"))}, options));
    }
    return told(client.get_item(table, {item}, options));
  }

  static dynamo::Expression condition(const std::string& only) {
    if (only == "absent") return {"attribute_not_exists(#k)", {{"#k", "key"}}, {}};
    if (!only.empty()) return {"#v = :v", {{"#v", "value"}}, {{":v", only.substr(1)}}};
    return {};
  }

  static Answer told(const Result<dynamo::WriteOutcome>& result) {
    if (!result) return told(result.error());
    Answer answer;
    answer.outcome = result->status == dynamo::WriteOutcome::Status::applied ? "applied" : "condition_failed";
    answer.doubted = result->doubted;
    if (result->item) answer.value = value_of(*result->item);
    return answer;
  }

  static Answer told(const Result<std::optional<dynamo::Item>>& result) {
    if (!result) return told(result.error());
    Answer answer;
    answer.outcome = *result ? "found" : "absent";
    if (*result) answer.value = value_of(**result);
    return answer;
  }

  static Answer told(const Error& error) {
    Answer answer;
    answer.outcome = to_string(error.kind);
    answer.message = error.message;
    answer.http_status = error.http_status;
    return answer;
  }

  static std::string value_of(const dynamo::Item& item) {
    const auto* value = item.find_as<std::string>("value");
    return value == nullptr ? std::string() : *value;
  }

  void print(const Answer& answer, double elapsed_ms, long growth_kib) const {
    std::cout << R"({"outcome":")" << answer.outcome << R"(","doubted":)" << (answer.doubted ? "true" : "false")
              << R"(,"attempts":)" << attempts_ << R"(,"elapsed_ms":)" << elapsed_ms << R"(,"peak_rss_growth_kib":)" << growth_kib
              << R"(,"http_status":)" << answer.http_status << R"(,"value":)" << quoted(answer.value) << R"(,"message":)"
              << quoted(answer.message) << "}" << std::endl;
  }

  /// Only ASCII is needed: what else there is shows as "?".
  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c >= ' ' && c < '\x7f' ? c : '?';
    }
    return out + '"';
  }

  const std::unique_ptr<Clock> clock_;
  const std::unique_ptr<Entropy> entropy_;
  const std::unique_ptr<credentials::Provider> credentials_;
  std::map<std::string, Session> kept_;
  int attempts_ = 0;
};

}  // namespace

int main() {
  Driver driver;
  Command command = {{"key", "k"},       {"value", "v"},          {"only", ""},          {"endpoint", ""},
                     {"table", "locks"}, {"deadline_ms", "5000"}, {"attempts_max", "1"}, {"connection", "kept"}};
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    words >> command["operation"];
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      const auto setting = command.find(word.substr(0, equals));
      if (equals == std::string::npos || setting == command.end()) {
        std::cerr << "client_driver: not a setting: " << word << '\n';
        return 2;
      }
      setting->second = word.substr(equals + 1);
    }
    driver.run(command);
  }
}
