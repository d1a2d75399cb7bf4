#pragma once
// The network between the processes and the server, and what it does to requests and replies.

#include <memory>
#include <optional>
#include <vector>

#include "dynamutex/cancellation.hpp"
#include "dynamutex/dynamo/server_clock.hpp"
#include "dynamutex/lock/record.hpp"
#include "simulation/faults.hpp"
#include "simulation/server.hpp"
#include "simulation/world.hpp"

namespace dynamutex::simulation {

/// How the service itself answers a request that reached it.
enum class Answer { normal, throttled, error_applied, error_not_applied, denied };

/// One request on its way, in the form of its mode. It outlives the call that sent it: a copy may arrive much later.
class Exchange {
 public:
  virtual ~Exchange() = default;

  /// Does what the request asks (unless `answer` says otherwise) and keeps the reply.
  virtual void serve(Server& server, Answer answer, std::optional<dynamo::ServerTime> date) = 0;
  [[nodiscard]] virtual bool writes() const noexcept = 0;
  /// Whether it is about the lock of that name.
  [[nodiscard]] virtual bool concerns(const lock::LockName& name) const = 0;
  [[nodiscard]] virtual const char* name() const noexcept = 0;
  /// How the first copy was answered, for a person.
  [[nodiscard]] virtual const char* reply_text() const noexcept = 0;

  Origin origin;
  bool breaking = false;  ///< It takes a lock away from its holder by force.
  int number = 0;         ///< Of its process's requests.
  Task* waiter = nullptr;
  bool arrived = false;
  bool replied = false;
  bool connection_lost = false;
  bool unreachable = false;  ///< No connection came about: nothing was sent.
  // What happens to the reply, for the form that has bytes.
  bool never_dated = false;  ///< The server never tells the time: a client with a wrong clock could not learn it.
  bool old_item_hidden = false;
  bool aged = false;
  bool corrupted = false;
};

/// How a request ended for the one who sent it.
enum class Arrival { replied, connection_lost, refused, timed_out, cancelled };

struct NetworkOptions {
  Duration latency_min{};
  Duration latency_max{};            ///< While faults happen.
  Duration calm_latency_max{};       ///< When all is well.
  Duration lease_max{};              ///< What "beyond the lease" is measured by.
  Duration server_error_max{};       ///< Front-ends' clocks are off by up to this.
  std::vector<Duration> front_ends;  ///< Each one's clock error.
};

/// Watches what happens to the table.
class TableWatcher {
 public:
  virtual ~TableWatcher() = default;
  virtual void after_serving(const Exchange& exchange) = 0;
  [[nodiscard]] virtual bool gave_back(const Origin& origin) const = 0;
};

class Network {
 public:
  Network(World& world, Server& server, FaultPlan& faults, FaultCounts& counts, NetworkOptions options);

  /// Sends a request of the current fiber, which is woken when it is answered or its connection is lost.
  Exchange& begin(Process& process, std::unique_ptr<Exchange> exchange);

  // Faults that last.
  struct Outage {
    bool requests = false;  ///< What the process sends gets lost.
    bool replies = false;   ///< What the process is sent gets lost.
    bool denied = false;    ///< Its credentials have expired.
  };
  [[nodiscard]] Outage& outage_of(const Process& process);

  /// From now on no request about that lock is ever answered, nor its connection lost.
  void hang(lock::LockName name) { hanging_.push_back(std::move(name)); }

  void watch(TableWatcher* watcher) noexcept { watcher_ = watcher; }
  /// The next request of `process`, the next one about that lock if one is named, loses its reply; told by a lost connection if
  /// `noticed`, else by silence.
  void lose_next_reply(const Process& process, bool noticed, std::optional<lock::LockName> about = {});
  /// When the last copy that is still under way arrives.
  [[nodiscard]] TrueTime last_arrival() const noexcept { return last_arrival_; }

 private:
  struct Copy {
    Exchange* exchange;
    Process* process;
    Answer answer;
    bool reply_lost;    ///< Nobody hears the reply.
    bool lost_noticed;  ///< … but the connection's end is.
    Duration back;
  };
  struct LostReply {
    int process;
    bool noticed;
    std::optional<lock::LockName> about;
  };
  void dispatch(Process& process, Exchange& exchange);
  void schedule(TrueTime when, const Copy& copy);
  void arrive(std::size_t index);
  void finish(Exchange& exchange, TrueTime when, bool replied);
  void end(Exchange& exchange, bool& how);
  Duration latency();
  std::optional<dynamo::ServerTime> date();
  bool happens(Fault fault);
  Answer draw_answer(const Process& process);

  World& world_;
  Server& server_;
  FaultPlan& faults_;
  FaultCounts& counts_;
  const NetworkOptions options_;
  TableWatcher* watcher_ = nullptr;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
  std::vector<Copy> copies_;
  std::vector<Outage> outages_;  ///< By process.
  std::vector<lock::LockName> hanging_;
  std::vector<int> last_written_;  ///< By process: number of its latest write that was served.
  std::optional<LostReply> next_lost_reply_;
  TrueTime last_arrival_{};
};

}  // namespace dynamutex::simulation
