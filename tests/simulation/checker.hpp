#pragma once
// What must always be true.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dynamutex/lock/lease.hpp"
#include "simulation/network.hpp"
#include "simulation/settings.hpp"
#include "simulation/tally.hpp"

namespace dynamutex::simulation {

/// Looks at all holders after every step. Between two steps nothing but time passes, and time only ends leases: two leases
/// that overlap at any instant overlap right after some step.
class Checker final : public TableWatcher {
 public:
  Checker(World& world, Server& server, const Settings& settings, Tally& tally);

  void granted(const Process& process, const lock::Lease& lease, int lock);
  /// When a lease ends, by the local clock, and how long its machine had been frozen when that became so.
  struct Term {
    MonotonicTime end;
    Duration frozen_before{};
    bool held = false;  ///< False for a lease that was over when it was granted: it ends then.
  };
  /// The last term of a lease that was granted and has not ended; seen after each step.
  [[nodiscard]] Term term_of(const lock::Lease& lease) const;
  /// `lease` is given back, or about to be destroyed.
  void ended(const Process& process, const lock::Lease& lease);
  /// A client that follows its own rules believes that it holds the lock until then.
  void foreign_holds(const Process& process, int lock, TrueTime until);
  void foreign_ended(const Process& process);

  /// A failed acquire must not leave a record behind without saying so.
  void acquire_failed(const Process& process, int lock, const Error& error);
  /// `lost` was told from what the table said: somebody must have touched the record.
  void loss_told(const Process& process);
  /// A fenced resource is written to by whoever believed to hold the lock; `stale` if that is over.
  void resource_written(const Process& process, int lock, lock::FencingToken token, bool stale);
  void require(bool condition, const char* rule) {
    if (!condition) broken(rule, {});
  }
  /// `detail()` tells more about a broken rule, and is not asked otherwise.
  template <class Detail>
  void require(bool condition, const char* rule, Detail&& detail) {
    if (!condition) broken(rule, detail());
  }

  void check();
  void rows_deleted();

  void after_serving(const Exchange& exchange) override;
  [[nodiscard]] bool gave_back(const Origin& origin) const override { return given_back_.count(origin) != 0; }

  [[nodiscard]] const std::string& violation() const noexcept { return violation_; }
  [[nodiscard]] bool overlap_found() const noexcept { return overlap_found_; }

 private:
  struct Holder {
    const Process* process;
    Origin origin;
    int lock;
    const lock::Lease* lease;  ///< Null for a foreign client.
    TrueTime until;            ///< Foreign only.
    Term term{};               ///< Not of a foreign client.
    Duration frozen_seen{};    ///< After the step before.
    bool ended = false;        ///< Not held when it was last looked at.
  };
  /// A lock's row as it stands, and whether it is a living record.
  struct Standing {
    const Row* row = nullptr;
    bool live = false;
  };
  void broken(const char* rule, const std::string& detail);
  [[nodiscard]] bool holds(const Holder& holder) const;
  [[nodiscard]] const Standing& standing(int lock);
  void note_term(Holder& holder);
  void check_row(const Holder& holder);
  void check_ttl(const Row& row);
  void check_pair(const Holder& a, const Holder& b);
  void note_writers(const Origin& by, bool forced);

  World& world_;
  Server& server_;
  const Settings& settings_;
  Tally& tally_;
  std::vector<std::string> row_names_;
  std::vector<Standing> standing_;  ///< Each lock's, at `seen_revision_` of the table.
  std::optional<std::uint64_t> seen_revision_;
  std::vector<std::optional<Origin>> writers_;  ///< Of each lock's row, at `noted_revision_`.
  std::uint64_t noted_revision_ = 0;
  std::vector<Holder> holders_;
  std::set<Origin> broken_;     ///< Their records were taken away by force.
  std::set<Origin> disturbed_;  ///< Their records were touched by someone else.
  std::set<Origin> given_back_;
  std::map<int, lock::FencingToken> last_token_;
  std::map<int, lock::FencingToken> resource_token_;
  std::string violation_;
  bool overlap_found_ = false;
};

}  // namespace dynamutex::simulation
