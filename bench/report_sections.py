"""The sections of docs/benchmarks.md: from each benchmark's figures to its goals, its text and its chart."""

import dataclasses

import charts


@dataclasses.dataclass
class Goal:
    number: int
    text: str
    measured: str
    met: bool


@dataclasses.dataclass
class Section:
    goals: list
    text: str


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def uncontended(figures, docs):
    canned, local = figures["canned"], figures["dynamodb_local"]
    clients = {"bare_libcurl": "bare libcurl", "dynamutex": "dynamutex", "dynamodb_lock_client": "dynamodb-lock-client (npm)", "boto3": "boto3"}

    def rows(server):
        return [(name, f"{each['pairs_per_second']:,}", f"{each['cpu_us_per_pair']:,.0f}", f"{each['latency_us_p50']:,.0f}",
                 f"{each['latency_us_p99']:,.0f}") for key, name in clients.items() if (each := server.get(key))]

    charts.bars(docs / "benchmarks-pairs.svg", "CPU time of taking a free lock and giving it back", "µs of CPU a pair",
                {name.split(" (")[0]: round(canned[key]["cpu_us_per_pair"]) for key, name in clients.items() if key in canned}, logarithmic=True)
    head = ("", "pairs a second", "CPU µs a pair", "p50 µs", "p99 µs")
    text = f"""
## 1. A free lock

One thread takes a lock that nobody else wants, and gives it back: one conditional PutItem, one conditional DeleteItem. Against nginx that
answers `{{}}` to everything, so that what is measured is the client:

{table(head, rows(canned))}
![CPU time of a pair](benchmarks-pairs.svg)

Against DynamoDB Local, where the server takes nearly all of the time:

{table(head, rows(local))}
boto3 and the npm package (its `FailClosed` kind) send two conditional requests as well; the others run after the two that take turns.
"""
    requests = canned["requests_per_pair_at_the_server"]
    cpu, rate = canned["cpu_ratio_to_bare"], canned["pairs_per_second_ratio_to_bare"]
    local_rate = local["pairs_per_second_ratio_to_bare"]
    return Section([Goal(1, "2 requests a pair", f"{requests:g}, counted by nginx", requests == 2),
                    Goal(1, "CPU a pair at most 1.25 times bare libcurl's", f"{cpu:.2f}", cpu <= 1.25),
                    Goal(1, "pairs a second at least 0.95 of bare libcurl's",
                         f"{rate:.2f} against nginx, {local_rate:.2f} against DynamoDB Local", min(rate, local_rate) >= 0.95)], text)


def leases(figures, docs):
    fast, slow = figures["runs_by_answer_ms"]["20"], figures["runs_by_answer_ms"]["100"]
    head = ("leases", "seconds", "lost", "at risk", "renewals a second", "cores", "cores a thousand", "heap bytes a lease")

    def rows(runs):
        return [(f"{run['leases']:,}", run["seconds"], run["lost"], run["at_risk"], run["renewals_per_second"], f"{run['cores']:.3f}",
                 f"{run['cores_per_thousand']:.4f}", f"{run['heap_bytes_per_lease']:,}") for run in runs]

    def most(runs):
        return max((run for run in runs if run["lost"] == 0), key=lambda run: (run["leases"], run["seconds"]), default=runs[0])

    charts.lines(docs / "benchmarks-leases.svg", "One thread that keeps leases alive (10 s leases, 20 ms an answer)", "leases", "cores",
                 [run["leases"] for run in fast], {"cores": [run["cores"] for run in fast]})
    best, slow_best = most(fast), most(slow)
    text = f"""
## 2. Leases held by one thread

One `Renewer` with its defaults keeps leases of 10 s, each renewed after a quarter to a third of that, against a server of this project that answers after
a fixed time. *At risk* counts the leases that were once two thirds gone. With 20 ms an answer:

{table(head, rows(fast))}
![CPU of leases held](benchmarks-leases.svg)

With 100 ms an answer, more and more until some are lost, and then the most that were kept for longer: {slow_best['leases']:,} for
{slow_best['seconds']} s.

{table(head, rows(slow))}
The heap counts all that the process has since before the first of them, connections and their buffers too: 64 at most for few leases as for many,
and up to 512 where leases would wait too long for an answer. Each takes some 80 KB, of libcurl's mostly.
"""
    # Less for each of more leases is welcome; more would be the mark of work that grows with their square.
    thousands = [run["cores_per_thousand"] for run in fast if run["leases"] >= 1000]
    growth = max(thousands) / thousands[0] if thousands and thousands[0] > 0 else 0
    # Ten thousand, or what is nearest below.
    goal = next((run for run in fast if run["leases"] == 10_000), fast[-1])
    return Section([Goal(2, "10,000 leases at 20 ms an answer, none lost in 60 s",
                         f"{best['leases']:,} kept for {best['seconds']} s", best["leases"] >= 10_000 and best["seconds"] >= 60),
                    Goal(2, "under half a core", f"{goal['cores']:.2f} at {goal['leases']:,}", goal["leases"] >= 10_000 and goal["cores"] < 0.5),
                    Goal(2, "at most 2 KiB a lease", f"{goal['heap_bytes_per_lease']:,} bytes", goal["heap_bytes_per_lease"] <= 2048),
                    Goal(2, "linear growth to 20,000: CPU a lease at most 1.2 times that of 1,000, none lost",
                         f"{growth:.2f} times, {fast[-1]['lost']:,} of {fast[-1]['leases']:,} lost",
                         0 < growth <= 1.2 and fast[-1]["leases"] >= 20_000 and fast[-1]["lost"] == 0)], text)


def handover(figures, docs):
    runs = figures["runs"]
    rows = [(run["waiters"], run["handovers"], run["hold_ms"], run["free_ms_p50"], run["free_ms_p90"], run["free_ms_max"],
             run["write_attempts_per_release"], run["write_units_per_handover"], run["read_units_per_handover"],
             run["requests_per_handover"], run["longest_wait_over_mean"]) for run in runs]
    charts.lines(docs / "benchmarks-handover.svg", "From a release to the next holder", "waiting processes", "ms",
                 [run["waiters"] for run in runs], {"median": [run["free_ms_p50"] for run in runs], "longest": [run["free_ms_max"] for run in runs]},
                 logarithmic_y=True)
    text = f"""
## 3. From hand to hand

So many processes wait for one lock, against DynamoDB Local; whoever has it keeps it for a while, gives it back, and queues up again once
another has it. *Free* is from the start of the release to the moment the next holder's `acquire` returns, in ms. A write attempt is a
PutItem, with the one by which a process queues up; the writes of a hand-over are those and the DeleteItem.

{table(("waiters", "hand-overs", "held ms", "free p50", "free p90", "free max", "write attempts", "write units", "read units", "requests",
        "longest wait / mean"), rows)}
![From a release to the next holder](benchmarks-handover.svg)

Records are far below 1 KB, so that a write is one unit, refused or not, and a consistent read is one. Reads follow from how long the lock
is held: a waiter looks every 0.5 to 1 s once it has waited for two seconds. Nobody queues in line: who looks first after a release has it,
so the longest wait is several times the mean one, as chance has it.
"""
    # A poll interval, a look and a write: a request to DynamoDB Local takes a few milliseconds.
    limit = figures["poll_interval_max_ms"]
    slowest = max(run["free_ms_p50"] for run in runs)
    attempts = max(run["write_attempts_per_release"] for run in runs)
    return Section([Goal(3, f"median hand-over at most a poll interval ({limit:,} ms) and two round trips", f"{slowest:.0f} ms at most", slowest <= limit),
                    Goal(3, "at most 5 write attempts a release, whatever the waiters", f"{attempts:.1f} at most", attempts <= 5)], text)


def hot_lock(figures, docs):
    runs = figures["runs"]
    rows = [(f"{run['waiters']:,}", f"{run['poll_max_ms'] / 1000:g} s", run["scenario"], f"{run['reads_per_second']:,}", f"{run['reads_peak_second']:,}",
             f"{run['throttled_per_second']:,.0f}", f"{run['writes_per_second']:,.1f}", f"{run['writes_peak_second']:,}",
             f"{run['write_attempts_per_release']:.1f}" if run["scenario"] == "turnover" else "",
             f"{run['free_ms_p50']:.0f}" if run["handovers"] else "", f"{run['read_units_per_day'] / 1e6:,.1f} M",
             f"{run['write_units_per_day'] / 1e6:,.2f} M") for run in runs]
    steady = {f"{run['waiters']:,} at {run['poll_max_ms'] / 1000:g} s": run["reads_per_second"] for run in runs if run["scenario"] == "steady"}
    charts.bars(docs / "benchmarks-hot-lock.svg", "Reads of one lock by all that wait for it, by poll_max", "reads a second", steady,
                limit=("a partition's limit", figures["read_units_per_second_max"]))
    default = [run for run in runs if run["waiters"] == 1000 and run["poll_max_ms"] == 1000] or runs
    wide = [run for run in runs if run["waiters"] == 10_000 and run["poll_max_ms"] == 10_000 and run["scenario"] != "crash"] or runs
    reads, writes = (max(run[f"{kind}_peak_second"] for run in default) for kind in ("reads", "writes"))
    text = f"""
## 4. A hot lock

In simulated time, by the real lock layer (`bench/hot_lock.cpp`): thousands wait for one lock with a lease of 20 s. *steady*: one holder
keeps it. *turnover*: each holder gives it back after a second. *crash*: the holder dies, and somebody takes the lock over when its lease is
over. One item lies in one partition, which serves {figures['read_units_per_second_max']:,} read and
{figures['write_units_per_second_max']:,} write units a second; what is beyond that is throttled, and tried again by the client's rules. *Free*
is from the release, or from the lease's end, to the next holder.

{table(("waiters", "`poll_max`", "", "reads/s", "peak", "throttled/s", "writes/s", "peak", "attempts a release", "free ms", "read units a day",
        "write units a day"), rows)}
![Reads of one lock](benchmarks-hot-lock.svg)

The waiters' reads are all the cost: N waiters read N / (0.75 `poll_max`) times a second, which 2,250 of them may at the default of 1 s.
**With more, raise `LockClientOptions::poll_max` (`run --poll-max`): a millisecond for each waiter** keeps any number at 1,333 reads a second, and three
keep the write attempts of a release below five or so; 10,000 waiters want 10 s. The lock does not lie free for longer by it, since one of them
looks every millisecond all the same; only a single waiter by itself would wait for up to `poll_max`. After a crash all look at once when the lease
is over: for a second or two DynamoDB throttles some, which then wait a little longer, and the lock is taken meanwhile. Every process that
joins writes once, so more than 1,000 a second should not come at once. Where ten thousand wait for long, though, a queue serves
them better than a lock: each waiter costs {1.333 * 86.4:.0f},000 read units a day at `poll_max` = 1 s.
"""
    return Section([Goal(4, "1,000 waiters within a partition's 3,000 reads and 1,000 writes a second", f"peaks {reads:,} and {writes:,}",
                         reads <= 3000 and writes <= 1000),
                    Goal(4, "10,000 waiters: an option that keeps them within, but for a second or two after a crash", f"`poll_max` = 10 s: peak {max(run['reads_peak_second'] for run in wide):,} reads",
                         max(run["reads_peak_second"] for run in wide) <= 3000)], text)


def process(figures, docs):
    names = {"dynamutex": "`dynamutex run NAME -- true`", "floor": "C: two bare libcurl requests, one fork", "flock": "`flock FILE true` (one machine only)",
             "two_curls": "two `curl --aws-sigv4`", "two_aws_cli_calls": "two calls of the AWS CLI"}
    costs = figures["costs"]
    rows = [(name, f"{costs[key]['wall_ms']:.1f}", f"{costs[key]['cpu_ms']:.1f}", f"{costs[key]['peak_kib'] / 1024:.1f}")
            for key, name in names.items() if key in costs]
    short = {"dynamutex": "dynamutex", "floor": "C and libcurl", "flock": "flock", "two_curls": "two curls", "two_aws_cli_calls": "two AWS CLI"}
    charts.bars(docs / "benchmarks-process.svg", "A lock around `true`: wall time", "ms",
                {label: round(costs[key]["wall_ms"], 1) for key, label in short.items() if key in costs}, logarithmic=True)
    text = f"""
## 5. The command as a whole process

`dynamutex run` around `true` against nginx that answers `{{}}`, beside what else a script could call. The peak is that of the largest process,
as wait4(2) tells it.

{table(("", "wall ms", "CPU ms", "peak MiB"), rows)}
![Wall time](benchmarks-process.svg)

Most of what is left is the dynamic linker's work on the thirty libraries that Debian's libcurl needs.
"""
    peak, wall = costs["dynamutex"]["peak_kib"] / 1024, figures["wall_ratio_to_floor"]
    return Section([Goal(5, "peak memory at most 10 MiB", f"{peak:.1f} MiB ({costs['floor']['peak_kib'] / 1024:.1f} for the C program)", peak <= 10),
                    Goal(5, "wall time at most 1.5 times the C program's", f"{wall:.2f}", wall <= 1.5)], text)


ALL = {"pairs": uncontended, "leases": leases, "handover": handover, "hot_lock": hot_lock, "process": process}
