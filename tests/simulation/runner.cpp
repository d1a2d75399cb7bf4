#include "simulation/runner.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dynamutex::simulation {
namespace {

constexpr std::uint64_t kDigestFactor = 31;

std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
  std::uint64_t result = 1;
  for (; exponent > 0; exponent >>= 1U, base *= base) {
    if ((exponent & 1U) != 0) result *= base;
  }
  return result;
}

Report run_alone(const Batch& batch) {
  Report report;
  for (std::uint64_t i = 0; i < batch.count; ++i) {
    const std::uint64_t seed = batch.first + i;
    Verdict verdict = run_seed(seed, batch.work, batch.mode, batch.tracing, report.tally);
    report.digest = report.digest * kDigestFactor + verdict.digest;
    if (verdict.violation.empty()) continue;
    report.broken.push_back({seed, std::move(verdict.violation)});
    if (report.broken.size() >= static_cast<std::size_t>(batch.violations_max)) break;
  }
  return report;
}

/// As if the schedules of `next` had been run after those of `report`.
void append(Report& report, Report next) {
  report.digest = report.digest * power(kDigestFactor, next.tally.schedules) + next.digest;
  report.tally.add(next.tally);
  for (Broken& broken : next.broken) report.broken.push_back(std::move(broken));
}

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(2);
}

void write_all(int descriptor, const void* data, std::size_t size) {
  const auto* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(descriptor, next, size);
    if (written < 0 && errno != EINTR) give_up("simulate: a worker cannot report");
    if (written < 0) continue;
    next += written;
    size -= static_cast<std::size_t>(written);
  }
}

void read_all(int descriptor, void* data, std::size_t size) {
  auto* next = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::read(descriptor, next, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) give_up("simulate: a worker ended without its report");
    next += got;
    size -= static_cast<std::size_t>(got);
  }
}

void send(int descriptor, const Report& report) {
  write_all(descriptor, &report.tally, sizeof report.tally);
  write_all(descriptor, &report.digest, sizeof report.digest);
  const std::size_t count = report.broken.size();
  write_all(descriptor, &count, sizeof count);
  for (const Broken& broken : report.broken) {
    const std::size_t size = broken.rule.size();
    write_all(descriptor, &broken.seed, sizeof broken.seed);
    write_all(descriptor, &size, sizeof size);
    write_all(descriptor, broken.rule.data(), size);
  }
}

Report receive(int descriptor) {
  Report report;
  read_all(descriptor, &report.tally, sizeof report.tally);
  read_all(descriptor, &report.digest, sizeof report.digest);
  std::size_t count = 0;
  read_all(descriptor, &count, sizeof count);
  for (; count > 0; --count) {
    Broken& broken = report.broken.emplace_back();
    std::size_t size = 0;
    read_all(descriptor, &broken.seed, sizeof broken.seed);
    read_all(descriptor, &size, sizeof size);
    broken.rule.resize(size);
    read_all(descriptor, broken.rule.data(), size);
  }
  return report;
}

struct Worker {
  pid_t process;
  int descriptor;
};

Worker start(const Batch& batch) {
  int ends[2];
  if (::pipe(ends) != 0) give_up("simulate: pipe");
  std::fflush(nullptr);
  const pid_t process = ::fork();
  if (process < 0) give_up("simulate: fork");
  if (process == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(ends[0]);
    send(ends[1], run_alone(batch));
    std::fflush(nullptr);
    ::_exit(0);
  }
  ::close(ends[1]);
  return {process, ends[0]};
}

}  // namespace

Verdict run_seed(std::uint64_t seed, Work work, Mode mode, bool tracing, Tally& tally) {
  if (work == Work::lost_replies || counts_round_trips(seed)) return run_round_trips(seed, mode, tracing, tally);
  return keeps_a_crowd(seed) ? run_crowd(seed, mode, tracing, tally) : run_schedule(seed, mode, tracing, tally);
}

Report run_batch(const Batch& batch, unsigned jobs) {
  if (jobs <= 1) return run_alone(batch);
  std::vector<Worker> workers;
  std::uint64_t given = 0;
  for (unsigned i = 0; i < jobs; ++i) {
    Batch part = batch;
    part.first = batch.first + given;
    part.count = (batch.count - given) / (jobs - i);
    given += part.count;
    workers.push_back(start(part));
  }
  Report report;
  for (const Worker& worker : workers) {
    append(report, receive(worker.descriptor));
    ::close(worker.descriptor);
    int status = 0;
    while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {}
  }
  return report;
}

}  // namespace dynamutex::simulation
