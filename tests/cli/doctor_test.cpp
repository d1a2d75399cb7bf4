#include <doctest/doctest.h>

#include <string>

#include "cli/doctor_checks.hpp"
#include "cli/doctor_report.hpp"

using namespace dynamutex;
using namespace dynamutex::cli;
using namespace std::chrono_literals;

namespace {

constexpr auto kServer = dynamo::ServerTime(1'000'000s);

Check clock_check(Duration local_ahead) {
  const dynamo::ServerTimeBounds bounds{kServer - 1s, kServer + 1s};
  return check_clock(bounds, WallTime(kServer.time_since_epoch() + local_ahead));
}

Error refused(ErrorKind kind, const char* code, int status = 400) {
  Error error = make_error(kind, "refused");
  error.aws_code = code;
  error.aws_message = "because";
  error.http_status = status;
  return error;
}

TableDescription usable_table() {
  TableDescription description;
  description.status = "ACTIVE";
  description.key = KeyAttribute{"key", "S"};
  description.on_demand = true;
  return description;
}

const Check& named(const std::vector<Check>& checks, const char* name) {
  for (const Check& check : checks) {
    if (check.name == name) return check;
  }
  FAIL("there is no check " << name);
  return checks.front();
}

const Settings kSettings = [] {
  Settings settings;
  settings.table = "locks";
  settings.region = "eu-west-1";
  settings.init_command = "dynamutex init --table locks --region eu-west-1";
  return settings;
}();

}  // namespace

TEST_CASE("a clock is right as long as it may be, and warned of only where it is surely a minute off") {
  CHECK(clock_check(0s).message == "agrees with the service's (±1.0 s)");
  CHECK(clock_check(1s).message == "agrees with the service's (±1.0 s)");
  CHECK(clock_check(10s).message == "10.0 s ahead of the service's (±1.0 s)");
  CHECK(clock_check(61s).status == CheckStatus::ok);
  CHECK(clock_check(62s).status == CheckStatus::warning);
  CHECK(clock_check(-61s).status == CheckStatus::ok);
  const Check late = clock_check(-10min);
  CHECK(late.status == CheckStatus::warning);
  CHECK(late.message.rfind("600.0 s behind the service's (±1.0 s)", 0) == 0);
  CHECK(late.mend.find("clock") != std::string::npos);
  CHECK(clock_check(72h).message.rfind("72 h ahead of", 0) == 0);
  CHECK(check_clock(std::nullopt, WallTime(0s)).status == CheckStatus::warning);
}

TEST_CASE("only a refusal of the signature is one: denied permission and a missing table prove that it is accepted") {
  CHECK(check_signature(std::nullopt).status == CheckStatus::ok);
  CHECK(check_signature(refused(ErrorKind::denied, "AccessDeniedException")).status == CheckStatus::ok);
  CHECK(check_signature(refused(ErrorKind::not_found, "ResourceNotFoundException")).status == CheckStatus::ok);
  for (const auto& [code, advice] :
       {std::pair("UnrecognizedClientException", "access key"), std::pair("InvalidSignatureException", "secret"),
        std::pair("ExpiredTokenException", "new credentials"), std::pair("RequestTimeTooSkewed", "clock")}) {
    const Check check = check_signature(refused(ErrorKind::denied, code));
    CHECK(check.status == CheckStatus::failure);
    CHECK(check.exit_code == 77);
    CHECK(check.mend.find(advice) != std::string::npos);
  }
}

TEST_CASE("a round trip is the median of those measured, or the reason why there was none") {
  CHECK(check_round_trip(std::nullopt, {9ms, 1ms, 3ms}).message == "3.0 ms (median of 3, slowest 9.0 ms)");
  const Check check = check_round_trip(make_error(ErrorKind::not_applied, "cannot connect"), {});
  CHECK(check.status == CheckStatus::failure);
  CHECK(check.exit_code == 69);
  CHECK(check.message == "cannot connect");
}

TEST_CASE("plain HTTP is for this machine") {
  for (const char* const local : {"http://localhost:8000", "http://127.0.0.1:1", "http://[::1]:8000/x", "http://127.9.9.9"}) {
    CHECK(is_local_endpoint(local));
    CHECK(check_endpoint(local).status == CheckStatus::ok);
  }
  for (const char* const far : {"http://localhost.example.com", "http://10.0.0.1:8000"}) {
    CHECK_FALSE(is_local_endpoint(far));
    CHECK(check_endpoint(far).status == CheckStatus::warning);
  }
  CHECK(check_endpoint("https://dynamodb.eu-west-1.amazonaws.com").status == CheckStatus::ok);
}

TEST_CASE("a table that fits is ok, and replicas are warned of") {
  TableDescription description = usable_table();
  for (const Check& check : check_table(kSettings, description, std::nullopt)) CHECK(check.status == CheckStatus::ok);
  description.replicas = {"eu-west-1", "us-east-2"};
  const auto checks = check_table(kSettings, description, std::nullopt);
  CHECK(named(checks, "replicas").status == CheckStatus::warning);
  CHECK(named(checks, "replicas").message.find("eu-west-1, us-east-2") != std::string::npos);
}

TEST_CASE("a table that is missing, being deleted, or keyed otherwise is a failure, with what to do") {
  const auto missing = check_table(kSettings, refused(ErrorKind::not_found, "ResourceNotFoundException"), std::nullopt);
  CHECK(named(missing, "table").mend == "create it: dynamutex init --table locks --region eu-west-1");
  CHECK(named(missing, "table").exit_code == 78);
  CHECK(named(missing, "key schema").status == CheckStatus::skipped);
  TableDescription description = usable_table();
  description.status = "DELETING";
  CHECK(named(check_table(kSettings, description, std::nullopt), "table").status == CheckStatus::failure);
  description = usable_table();
  description.key->name = "id";
  const auto other = check_table(kSettings, description, std::nullopt);
  CHECK(named(other, "key schema").exit_code == 78);
  CHECK(named(other, "key schema").mend.find("--key-name id") != std::string::npos);
}

TEST_CASE("where the table may not be described, an item of it that may be read stands in for that") {
  const Error denied = refused(ErrorKind::denied, "AccessDeniedException");
  const auto readable = check_table(kSettings, denied, std::nullopt);
  CHECK(named(readable, "table").status == CheckStatus::ok);
  CHECK(named(readable, "key schema").status == CheckStatus::ok);
  CHECK(named(readable, "billing").status == CheckStatus::skipped);
  const auto other = check_table(kSettings, denied, refused(ErrorKind::invalid, "ValidationException"));
  CHECK(named(other, "key schema").status == CheckStatus::failure);
  const auto gone = check_table(kSettings, denied, refused(ErrorKind::not_found, "ResourceNotFoundException"));
  CHECK(named(gone, "table").status == CheckStatus::failure);
  const auto unknown = check_table(kSettings, denied, denied);
  CHECK(named(unknown, "table").status == CheckStatus::skipped);
}

TEST_CASE("TTL has to be on, on the right attribute") {
  const auto reply = [](const char* status, const char* attribute) {
    return std::string(R"({"TimeToLiveDescription":{"TimeToLiveStatus":")") + status + R"(","AttributeName":")" + attribute +
           "\"}}";
  };
  CHECK(check_ttl(kSettings, reply("ENABLED", "ttl")).status == CheckStatus::ok);
  CHECK(check_ttl(kSettings, reply("DISABLED", "ttl")).mend.find("init") != std::string::npos);
  const Check other = check_ttl(kSettings, reply("ENABLED", "expires"));
  CHECK(other.status == CheckStatus::warning);
  CHECK(other.message.find("'expires'") != std::string::npos);
  CHECK(check_ttl(kSettings, refused(ErrorKind::denied, "AccessDeniedException")).status == CheckStatus::skipped);
}

TEST_CASE("a permission is proved by a failed condition, refuted by AccessDenied, and unknown otherwise") {
  const Permission needed{"PutItem", "run", true};
  const Permission optional{"UpdateItem", "run --fence", false};
  using Status = dynamo::WriteOutcome::Status;
  CHECK(check_write(needed, dynamo::WriteOutcome{Status::condition_failed, {}, false}).status == CheckStatus::ok);
  const Error denied = refused(ErrorKind::denied, "AccessDeniedException");
  CHECK(check_write(needed, denied).exit_code == 77);
  CHECK(check_write(needed, denied).mend.find("dynamodb:PutItem") != std::string::npos);
  CHECK(check_write(optional, denied).status == CheckStatus::warning);
  CHECK(check_write(needed, refused(ErrorKind::throttled, "ThrottlingException")).status == CheckStatus::skipped);
  CHECK(check_write(needed, dynamo::WriteOutcome{Status::applied, {}, false}).exit_code == 78);
}

TEST_CASE("the exit code is that of the first failure, and warnings are none") {
  DoctorReport report;
  report.add(warn("a", "m", "do"));
  CHECK(exit_code_of(report) == 0);
  report.add(fail("b", "m", "do", 77));
  report.add(fail("c", "m", "do", 78));
  CHECK(exit_code_of(report) == 77);
}

TEST_CASE("a report is a line a check; what was skipped in a row for one reason shares one") {
  DoctorReport report;
  report.add(good("credentials", "environment"));
  report.add(fail("table", "'x'\ny is gone", "make one", 78));
  report.add(skip("ttl", "later"));
  report.add(skip("GetItem", "later"));
  report.add(skip("Scan", "later"));
  report.add(skip("other", "never"));
  CHECK(to_text(report, false) ==
        "ok       credentials  environment\n"
        "failure  table        'x'\\x0ay is gone; make one\n"
        "skipped  ttl … Scan   later\n"
        "skipped  other        never\n");
  CHECK(to_text(report, true).rfind("\x1b[32mok\x1b[0m       credentials", 0) == 0);
  CHECK(to_json(report).find(R"({"check":"Scan","status":"skipped","message":"later","mend":null})") != std::string::npos);
}
