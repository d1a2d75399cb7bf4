// What whole commands cost: wall time, CPU time and peak memory, each measured by wait4(2) on the process itself.
//
//   process_cost ROUNDS LABEL COMMAND… [:+ COMMAND…]… [:: LABEL COMMAND…]…
//
// The labels take turns, once in each of ROUNDS rounds after one that does not count. ':+' makes one label of several commands that
// run one after another: their times add up, and their peak is that of the largest. Prints one JSON object of medians.
//
// Linked statically, since the kernel counts what the parent had before exec(2) as the child's: this program must be the smaller.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

struct Cost {
  double wall_ms = 0;
  double cpu_ms = 0;
  double peak_kib = 0;
};

struct Subject {
  const char* label = nullptr;
  std::vector<std::vector<char*>> commands;  ///< Each ends with a null.
  std::vector<Cost> costs;
};

[[noreturn]] void fail(const char* label, const char* what) {
  std::fprintf(stderr, "process_cost: %s: %s\n", label, what);
  std::exit(1);
}

double now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

void run(const char* label, const std::vector<char*>& command, const posix_spawn_file_actions_t& quiet, Cost& cost) {
  const double started = now_ms();
  pid_t child = 0;
  if (::posix_spawnp(&child, command[0], &quiet, nullptr, command.data(), environ) != 0) fail(label, "cannot be started");
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child) fail(label, "wait4 failed");
  cost.wall_ms += now_ms() - started;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail(label, "did not exit with 0");
  cost.cpu_ms += milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
  cost.peak_kib = std::max(cost.peak_kib, static_cast<double>(usage.ru_maxrss));
}

double median(const std::vector<Cost>& costs, double Cost::*which) {
  std::vector<double> values;
  for (const Cost& cost : costs) values.push_back(cost.*which);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<Subject> parse(char** words, char** end) {
  std::vector<Subject> subjects;
  for (char** word = words; word != end; ++word) {
    const bool next_subject = word == words || std::strcmp(*word, "::") == 0;
    if (next_subject) {
      if (word != words) ++word;
      if (word == end) break;
      subjects.push_back({*word, {{}}, {}});
    } else if (std::strcmp(*word, ":+") == 0) {
      subjects.back().commands.emplace_back();
    } else {
      subjects.back().commands.back().push_back(*word);
    }
  }
  for (Subject& subject : subjects) {
    for (auto& command : subject.commands) {
      if (command.empty()) fail(subject.label, "has no command");
      command.push_back(nullptr);
    }
  }
  return subjects;
}

}  // namespace

int main(int argc, char** argv) {
  const long rounds = argc > 1 ? std::atol(argv[1]) : 0;
  if (rounds < 1 || argc < 4) {
    std::fprintf(stderr, "usage: process_cost ROUNDS LABEL COMMAND... [:+ COMMAND...]... [:: LABEL COMMAND...]...\n");
    return 64;
  }
  std::vector<Subject> subjects = parse(argv + 2, argv + argc);
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  for (long round = -1; round < rounds; ++round) {
    for (Subject& subject : subjects) {
      Cost cost;
      for (const auto& command : subject.commands) run(subject.label, command, quiet, cost);
      if (round >= 0) subject.costs.push_back(cost);
    }
  }
  std::printf("{");
  for (const Subject& subject : subjects) {
    std::printf("%s\"%s\":{\"wall_ms\":%.3f,\"cpu_ms\":%.3f,\"peak_kib\":%.0f}", &subject == subjects.data() ? "" : ",",
                subject.label, median(subject.costs, &Cost::wall_ms), median(subject.costs, &Cost::cpu_ms),
                median(subject.costs, &Cost::peak_kib));
  }
  std::printf("}\n");
}
