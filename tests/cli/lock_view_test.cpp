#include "cli/lock_view.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using dynamutex::cli::LockState;
using dynamutex::cli::LockView;
using dynamutex::cli::to_json;
using dynamutex::cli::to_text;
using dynamutex::cli::view_lock;
using dynamutex::dynamo::ServerTime;
using dynamutex::dynamo::ServerTimeBounds;
using dynamutex::lock::Record;

namespace {

constexpr ServerTime kNow{1000s};
constexpr ServerTimeBounds kBounds{kNow - 1s, kNow + 1s};

Record some_record() {
  Record record;
  record.name = "deploy";
  record.owner = "web-1:42:abcd";
  record.version = "f00";
  record.lease = 20s;
  record.expires_at = kNow + 12s;
  return record;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("no record, or a released one, is a free lock") {
  CHECK(view_lock("deploy", std::nullopt, kBounds).state == LockState::free);
  Record record = some_record();
  record.released = true;
  CHECK(view_lock("deploy", record, kBounds).state == LockState::free);
  CHECK(to_text(view_lock("deploy", std::nullopt, kBounds)) == "deploy: free\n");
}

TEST_CASE("a held lock tells its holder and the time that is left at most") {
  const LockView view = view_lock("deploy", some_record(), kBounds);
  CHECK(view.state == LockState::held);
  CHECK(*view.left == 13s);
  CHECK(*view.age == 8s);
  CHECK(to_text(view) ==
        "deploy: held\n"
        "  owner     web-1:42:abcd\n"
        "  lease     20 s\n"
        "  left      at most 13 s\n"
        "  renewed   8 s ago\n");
}

TEST_CASE("a lock is expired only once the servers' time is surely past its expiry") {
  Record record = some_record();
  record.expires_at = kNow - 1s;
  CHECK(view_lock("deploy", record, kBounds).state == LockState::held);
  record.expires_at = kNow - 1s - 1ns;
  const LockView view = view_lock("deploy", record, kBounds);
  CHECK(view.state == LockState::expired);
  CHECK(*view.left == 0s);
  CHECK(has(to_text(view), "anyone may take the lock"));
}

TEST_CASE("a record without an expiry, or without server time, counts as held") {
  Record record = some_record();
  CHECK(view_lock("deploy", record, std::nullopt).state == LockState::held);
  record.expires_at.reset();
  const LockView view = view_lock("deploy", record, kBounds);
  CHECK(view.state == LockState::held);
  CHECK_FALSE(view.left.has_value());
  CHECK(has(to_text(view), "unknown"));
  CHECK(has(to_json(view), "\"left_ms\":null"));
}

TEST_CASE("JSON has always the same members") {
  CHECK(to_json(view_lock("deploy", std::nullopt, kBounds)) ==
        R"({"name":"deploy","sort_key":null,"state":"free","owner":null,"version":null,"lease_ms":null,"left_ms":null,)"
        R"("age_ms":null,"expires_at_ms":null,"fencing_token":null,"data":null,"data_base64":null})"
        "\n");
  Record record = some_record();
  record.fencing_token = dynamutex::lock::FencingToken{18446744073709551615U};
  record.data = "hi";
  CHECK(to_json(view_lock({"deploy", "part"}, record, kBounds)) ==
        R"({"name":"deploy","sort_key":"part","state":"held","owner":"web-1:42:abcd","version":"f00","lease_ms":20000,)"
        R"("left_ms":13000,"age_ms":8000,"expires_at_ms":1012000,"fencing_token":"18446744073709551615","data":"hi",)"
        R"("data_base64":"aGk="})"
        "\n");
}

TEST_CASE("data of any bytes is shown without harm") {
  Record record = some_record();
  record.data = std::string("\xff\x00\x1b[2J", 6);
  CHECK(has(to_text(view_lock("deploy", record, kBounds)), "data      \\xff\\x00\\x1b[2J"));
  const std::string json = to_json(view_lock("deploy", record, kBounds));
  CHECK(has(json, R"("data":null,"data_base64":"/wAbWzJK")"));
}

TEST_CASE("base64 pads as RFC 4648 says") {
  Record record = some_record();
  for (const auto& [bytes, text] : {std::pair("", "\"\""), std::pair("f", "\"Zg==\""), std::pair("fo", "\"Zm8=\""),
                                    std::pair("foo", "\"Zm9v\""), std::pair("foob", "\"Zm9vYg==\"")}) {
    record.data = bytes;
    CHECK(has(to_json(view_lock("deploy", record, kBounds)), text));
  }
}

TEST_CASE("a list is an array in JSON, of the objects that show has") {
  CHECK(to_json(std::vector<LockView>{}) == "[]\n");
  Record released = some_record();
  released.released = true;
  const auto held = view_lock("deploy", some_record(), kBounds);
  const std::string text = to_json(std::vector<LockView>{held, view_lock("z", released, kBounds)});
  std::string shown = to_json(held);
  shown.pop_back();
  CHECK(text.rfind("[" + shown + ",\n {\"name\":\"z\",\"sort_key\":null,\"state\":\"released\",\"owner\":null,", 0) == 0);
  CHECK(text.substr(text.size() - 3) == "}]\n");
  const std::string line = to_json_line(std::vector<LockView>{held, view_lock("z", released, kBounds)});
  CHECK(line.rfind("[" + shown + ",{\"name\":\"z\",", 0) == 0);
  CHECK(line.find('\n') == line.size() - 1);
}

TEST_CASE("text is coloured, and cut to the window, where that is asked for") {
  const LockView view = view_lock("deploy", some_record(), kBounds);
  CHECK(to_text(view, {true, {}}).rfind("deploy: \x1b[32mheld\x1b[0m\n", 0) == 0);
  CHECK(to_text(view, {false, 16}) ==
        "deploy: held\n"
        "  owner     web…\n"
        "  lease     20 s\n"
        "  left      at …\n"
        "  renewed   8 s…\n");
  CHECK(to_text(view, {false, 9}).rfind("de…: held\n", 0) == 0);
}
