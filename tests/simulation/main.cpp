// simulate: runs schedules, counts what happened in them, and stops at the first broken rule.

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "simulation/runner.hpp"

namespace {

using namespace dynamutex::simulation;

struct Arguments {
  std::uint64_t schedules = 10'000;
  std::uint64_t seed = 1;
  bool table = true;
  bool wire = false;
  bool replay = false;
  bool verbose = false;
  bool digest = false;
  Work work = Work::all;
  int violations_max = 1;
  unsigned jobs = 1;
};

constexpr const char* kUsage =
    "usage: simulate [--schedules N] [--seed S] [--mode table|wire|both] [--jobs N] [--replay SEED]\n"
    "       simulate --lost-replies N [--seed S] [--mode table|wire|both] [--jobs N] [--replay SEED]\n"
    "\n"
    "  --schedules N   how many schedules to run in each mode (10000); schedule i has seed S + i\n"
    "  --lost-replies N  run so many of those schedules that lose single replies that N replies get lost\n"
    "  --seed S        the first seed (1)\n"
    "  --mode MODE     table: on a simulated table; wire: on the real client, down to HTTP; both (table)\n"
    "  --jobs N        so many processes share the schedules (1)\n"
    "  --replay SEED   run this one schedule and tell what happens in it\n"
    "  --verbose       tell what happens in every schedule\n"
    "  --keep-going N  stop at the Nth broken rule (1)\n"
    "  --digest        print one number that is the same for the same schedules, whatever the compiler\n";

[[noreturn]] void usage(int status) {
  std::fputs(kUsage, status == 0 ? stdout : stderr);
  std::exit(status);
}

std::uint64_t number(const char* text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (end == text || *end != '\0') usage(64);
  return value;
}

Arguments parse(int count, char** words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto value = [&] { return i + 1 < count ? words[++i] : (usage(64), nullptr); };
    if (word == "--schedules") {
      arguments.schedules = number(value());
    } else if (word == "--lost-replies") {
      arguments.work = Work::lost_replies;
      arguments.schedules = (number(value()) + kLostRepliesMin - 1) / kLostRepliesMin;
    } else if (word == "--seed") {
      arguments.seed = number(value());
    } else if (word == "--replay") {
      arguments.replay = true;
      arguments.seed = number(value());
    } else if (word == "--keep-going") {
      arguments.violations_max = static_cast<int>(number(value()));
    } else if (word == "--jobs") {
      arguments.jobs = static_cast<unsigned>(number(value()));
    } else if (word == "--mode") {
      const std::string mode = value();
      arguments.table = mode == "table" || mode == "both";
      arguments.wire = mode == "wire" || mode == "both";
      if (!arguments.table && !arguments.wire) usage(64);
    } else if (word == "--verbose") {
      arguments.verbose = true;
    } else if (word == "--digest") {
      arguments.digest = true;
    } else {
      usage(word == "--help" || word == "-h" ? 0 : 64);
    }
  }
  return arguments;
}

const char* name_of(Mode mode) { return mode == Mode::table ? "table" : "wire"; }

void print(const char* what, std::uint64_t count) { std::printf("  %-44s %14" PRIu64 "\n", what, count); }

void print_tally(const Tally& tally, double elapsed_s) {
  std::printf("schedules\n");
  print("run", tally.schedules);
  print("per second", static_cast<std::uint64_t>(static_cast<double>(tally.schedules) / elapsed_s));
  print("events", tally.events);
  print("requests", tally.requests);
  std::printf("faults\n");
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    const auto fault = static_cast<Fault>(i);
    print(to_string(fault), tally.faults.of(fault));
  }
  std::printf("outcomes\n");
  print("acquire", tally.acquires);
  print("  many at once", tally.bulk_acquires);
  print("  granted", tally.granted);
  print("  contended", tally.contended);
  print("  timed out or cancelled", tally.timed_out);
  print("  ambiguous", tally.ambiguous);
  print("  throttled, denied, not applied", tally.failed_otherwise);
  print("renewed", tally.renewed);
  print("  by a Renewer", tally.renewed_in_care);
  print("released", tally.released);
  print("  already lost", tally.already_lost);
  print("  in doubt", tally.release_in_doubt);
  print("at risk, told", tally.at_risk_told);
  print("lost, told by a Renewer", tally.losses_in_care);
  print("lost, told by the table", tally.losses_told);
  print("grants to foreign clients", tally.foreign_grants);
  print("stale writes refused by the resource", tally.stale_writes_refused);
  print("locks taken in time after the last fault", tally.probes);
  print("leases kept among many by one Renewer", tally.crowds_kept);
  print("uncontended rounds of two round trips", tally.plain_rounds);
  print("locks handed over to a waiter in time", tally.handed_over);
  print("single lost replies", tally.replies_lost_alone);
  print("  settled in one extra round trip", tally.recovered_in_one);
  print("clock rates beyond the drift, schedules", tally.rate_broken);
  print("  in which two holders were found", tally.rate_overlaps);
  print("servers' clocks beyond their error, schedules", tally.server_broken);
  print("  in which two holders were found", tally.server_overlaps);
}

/// A checker that sees no two holders where there must be some would see none elsewhere either.
std::size_t tell_blindness(const Tally& tally) {
  constexpr std::uint64_t kTellingSchedules = 300;
  std::size_t blind = 0;
  const auto look = [&](const char* what, std::uint64_t schedules, std::uint64_t overlaps) {
    if (schedules < kTellingSchedules || overlaps > 0) return;
    std::printf("no two holders were found in %" PRIu64 " schedules with %s: the checker does not see them\n", schedules, what);
    ++blind;
  };
  look("clock rates beyond the drift", tally.rate_broken, tally.rate_overlaps);
  look("servers' clocks beyond their error", tally.server_broken, tally.server_overlaps);
  return blind;
}

void tell(const Broken& broken, const Arguments& arguments, Mode mode) {
  std::printf("---- what happened in schedule %" PRIu64 "\n", broken.seed);
  Tally ignored;
  static_cast<void>(run_seed(broken.seed, arguments.work, mode, true, ignored));
  std::printf("---- rule broken: %s\nseed %" PRIu64 ", after %" PRIu64
              " schedules; to replay it:\n"
              "  scripts/simulate --mode %s %s--replay %" PRIu64 "\n",
              broken.rule.c_str(), broken.seed, broken.seed - arguments.seed + 1, name_of(mode),
              arguments.work == Work::lost_replies ? "--lost-replies 1 " : "", broken.seed);
}

/// Runs `arguments.schedules` schedules; tells how many broke a rule.
std::size_t run_mode(const Arguments& arguments, Mode mode) {
  const auto began = std::chrono::steady_clock::now();
  const Report report = run_batch(
      {mode, arguments.work, arguments.seed, arguments.schedules, arguments.violations_max, arguments.verbose}, arguments.jobs);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
  if (arguments.violations_max == 1 && !report.broken.empty()) {
    tell(report.broken.front(), arguments, mode);
  } else {
    for (const Broken& broken : report.broken) {
      std::printf("seed %" PRIu64 " (%s): %s\n", broken.seed, name_of(mode), broken.rule.c_str());
    }
  }
  std::printf("== mode %s, seeds %" PRIu64 " to %" PRIu64 "\n", name_of(mode), arguments.seed,
              arguments.seed + arguments.schedules - 1);
  if (!arguments.replay) print_tally(report.tally, elapsed.count());
  if (arguments.digest) std::printf("digest %016" PRIx64 "\n", report.digest);
  std::printf("%zu violations\n", report.broken.size());
  return report.broken.size() + tell_blindness(report.tally);
}

}  // namespace

int main(int count, char** words) {
  Arguments arguments = parse(count, words);
  if (arguments.replay) {
    arguments.schedules = 1;
    arguments.verbose = true;
    arguments.violations_max = 2;
  }
  std::size_t violations = 0;
  if (arguments.table) violations += run_mode(arguments, Mode::table);
  if (arguments.wire) violations += run_mode(arguments, Mode::wire);
  return violations == 0 ? 0 : 1;
}
