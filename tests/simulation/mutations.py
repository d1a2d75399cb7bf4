"""Bugs to plant: each is (name, what is wrong, the mode that shows it, edits), an edit being (file, text, what it becomes).

A text must stand in its file exactly once (or as often as a fourth member says): when the code changes, this list is
to follow, or the run says which bug could not be planted.
"""

LEASE = "src/lock/lease_state.cpp"
RULES = "src/lock/rules.cpp"
WRITES = "src/lock/writes.cpp"
ACQUIRE = "src/lock/acquisition.cpp"
RENEWING = "src/lock/renewing.cpp"
SETTLING = "src/lock/settling.cpp"
EXPIRY = "src/lock/expiry.cpp"
FENCING = "src/lock/fencing.cpp"
RECORD = "src/lock/record.cpp"
OBSERVATIONS = "src/lock/observations.cpp"
RENEWER = "src/lock/renewal_loop.cpp"
RENEWAL = "src/lock/renewal.cpp"
EXCHANGE = "src/lock/exchange.hpp"
BULK = "src/lock/bulk.cpp"
WORLD = "tests/simulation/world.cpp"
SERVER_CLOCK = "src/dynamo/server_clock.cpp"
CALL = "src/dynamo/call.cpp"

VALID_UNTIL = "const MonotonicTime until = saturating_add(write.from, shrunk(length_, core_->options.drift_ppm));"

MUTATIONS = [
    ("validity-from-reply", "validity counted from the reply instead of from before sending", "table",
     [(LEASE, VALID_UNTIL, VALID_UNTIL.replace("write.from", "core_->clock.now()"))]),
    ("validity-by-wall-clock", "validity counted on the wall clock", "table",
     [(LEASE, VALID_UNTIL, VALID_UNTIL.replace("write.from", "MonotonicTime(core_->clock.wall_now().time_since_epoch())")),
      (LEASE, "const MonotonicTime now = core_->clock.now();\n  return until > now",
       "const MonotonicTime now(core_->clock.wall_now().time_since_epoch());\n  return until > now")]),
    ("validity-without-drift", "a holder ignores that its clock may be slow", "table",
     [(LEASE, "shrunk(length_, core_->options.drift_ppm)", "length_")]),
    ("observation-without-drift", "a contender ignores that its clock may be fast", "table",
     [(RULES, "stretched(record.lease, sight.drift_ppm)", "record.lease")]),
    ("bounds-without-drift", "the servers' time does not grow vaguer with age", "table",
     [(SERVER_CLOCK, "const Duration span = at - offset.reference;", "const Duration span = Duration::zero() * at.time_since_epoch().count();")]),
    ("widening-of-first-order", "a slow clock's span is multiplied by 1 + drift instead of divided by 1 - drift", "table",
     [(SERVER_CLOCK, "return share(span, ppm, kMillion - ppm);", "return share(span, ppm, kMillion);")]),
    ("takeover-at-latest", "takeover once the latest possible server time is beyond expiresAt", "table",
     [(RULES, "sight.server->earliest > *record.expires_at", "sight.server->latest > *record.expires_at")]),
    ("prune-at-latest", "the acquiring write prunes by the latest possible server time", "table",
     [(WRITES, "milliseconds_of(bounds->earliest)", "milliseconds_of(bounds->latest)")]),
    ("expiry-from-earliest", "expiresAt written from the earliest possible server time", "table",
     [(EXPIRY, "ceil_to_ms(bounds->latest + lease)", "ceil_to_ms(bounds->earliest + lease)")]),
    ("server-error-ignored", "the servers' clocks are taken as exact", "table",
     [(SERVER_CLOCK, "const Duration error = options_.server_error_max;", "const Duration error = Duration::zero();")]),
    ("date-taken-as-exact", "Date's resolution of a second is forgotten", "table",
     [(SERVER_CLOCK, "kDateResolution = std::chrono::seconds(1)", "kDateResolution = std::chrono::seconds(0)")]),
    ("guess-not-verified", "a guessed expiry stands, whatever the reply's Date says", "table",
     [(EXPIRY, "if (!expiry.guessed) return true;", "if (!expiry.guessed || expiry.expires_at) return true;")]),
    ("renewal-guesses", "a renewal guesses its expiry from the wall clock", "table",
     [(WRITES, "known_expiry(core.table.server_clock(), write.from, current.lease)",
       "Expiry{dynamo::ServerTime(std::chrono::ceil<std::chrono::milliseconds>(core.clock.wall_now().time_since_epoch() + "
       "current.lease)), true}")]),
    ("own-version-unknown", "a lost reply is taken as contention", "table",
     [(RULES, "if (sight.my_version != nullptr && record.version == *sight.my_version) return {Step::mine, sight.now};", "")]),
    ("lost-reply-not-retried", "a write in doubt is not sent again", "table",
     [(SETTLING, "const bool again =\n      settled_.in_doubt && ", "const bool again = false && settled_.in_doubt && ")]),
    ("doubt-forgotten", "a renewal in doubt is forgotten instead of settled", "table",
     [(LEASE, "if (!settled.in_doubt && !in_doubt_already) {", "{")]),
    ("release-forgets-doubt", "a release does not know of a renewal in doubt", "table",
     [(LEASE, "pending_ ? pending_->record.version : std::string()", "std::string()")]),
    ("version-not-fresh", "a renewal keeps its version", "table",
     [(WRITES, "return next_write(core, current, random_hex_128(core.entropy), from);",
       "return next_write(core, current, current.version, from);")]),
    ("unconditional-release", "a release deletes whatever record is there", "table",
     [(WRITES, "{encode_key(record.name, core.options.schema), std::move(condition)}",
       "{encode_key(record.name, core.options.schema), {}}")]),
    ("unconditional-renewal", "a renewal overwrites whatever record is there", "table",
     [(WRITES, "return put(core, record, std::move(condition));", "return put(core, record, {});")]),
    ("takeover-unconditional", "a takeover overwrites whatever record is there", "table",
     [(WRITES, "version_condition(dead_version)", "dead_version.empty() ? version_condition(dead_version) : dynamo::Expression{}")]),
    ("refused-renewal-believed", "a refused renewal counts as done", "table",
     [(LEASE, "if (decide(sight).step != Step::mine) return", "if (decide(sight).step == Step::create) return")]),
    ("held-while-releasing", "a lease counts as held while its release is under way", "table",
     [(LEASE, "  // From here on nobody may rely on the lease: the delete may be applied at any moment.\n"
       "  end_validity();\n", "")]),
    ("observed-from-sending", "an observation begins when the first look was sent", "table",
     [(ACQUIRE, "core_->observations.note(name_, seen_->version, core_->clock.now())",
       "core_->observations.note(name_, seen_->version, asked)")]),
    ("observed-by-key-only", "an observation does not start again when the version changes", "table",
     [(OBSERVATIONS, "if (seen.version != version) {", "if (seen.version.empty()) {")]),
    ("observation-forgotten", "every look starts the observation anew", "table",
     [(OBSERVATIONS, "if (found != seen_.end()) {", "if (found != seen_.end() && found->second.first == received) {")]),
    ("fixed-observation", "an observation lasts a second, whatever lease the record asks for", "table",
     [(RULES, "stretched(record.lease, sight.drift_ppm)", "stretched(Duration(1'000'000'000), sight.drift_ppm)")]),
    ("foreign-expiry-believed", "expiresAt counts though another version was written over it", "table",
     [(RECORD, "if (expires_ms && expires_version != nullptr && *expires_version == record.version) {", "if (expires_ms) {")]),
    ("foreign-expiry-pruned", "the acquiring write prunes by an expiresAt of another version", "table",
     [(WRITES, "expiresVersion = recordVersionNumber", "attribute_exists(expiresVersion)", 2)]),
    ("released-not-seen", "a record that was kept, released, counts as held", "table",
     [(RULES, "if (record.released) return {Step::create, sight.now};", "")]),
    ("token-without-floor", "the first token of a row is 1", "table",
     [(FENCING, "dynamo::Number{std::to_string(floor)}", "dynamo::Number{std::to_string(floor * 0)}")]),
    ("token-floor-vague", "the first token of a row is taken from the servers' time however vague that is", "table",
     [(FENCING, "!bounds || bounds->width() > std::max(core.options.retention / 2, kBoundsWidthMax)", "!bounds")]),
    ("token-not-raised", "a takeover keeps the token", "table",
     [(FENCING, '":one", dynamo::Number{"1"}', '":one", dynamo::Number{"0"}')]),
    ("token-not-guarded", "a late renewal or release writes an old token back", "table",
     [(WRITES, "  add_token_condition(condition, record);\n", "", 2)]),
    ("ttl-in-milliseconds", "ttl in milliseconds", "table",
     [(RECORD, "to_number(record.ttl->count())", "to_number(record.ttl->count() * 1000)")]),
    ("ttl-without-retention", "ttl is the expiry itself", "table",
     [(WRITES, "record.expires_at->time_since_epoch() + core.options.retention", "record.expires_at->time_since_epoch()")]),
    ("record-left-behind", "an acquire that fails after its write leaves the record and does not say so", "table",
     [(ACQUIRE, "  if (left_behind_) {\n    error.kind = ErrorKind::ambiguous;", "  if (left_behind_) {")]),
    ("pause-beyond-deadline", "a pause while waiting goes beyond the deadline", "table",
     [(ACQUIRE, "look_again, deadline_});", "look_again});")]),
    ("renewal-beyond-lease", "a renewal waits for its answer beyond the lease's end", "table",
     [(RENEWING, "options.deadline = std::min(options.deadline, lease.valid_until());", "")]),
    ("clock-stands-in-suspend", "the clock stands still while its machine is suspended, as CLOCK_MONOTONIC does", "table",
     [(WORLD, "return process.draining ? kEndOfTime : process.machine->monotonic(world.now());",
       "return process.draining ? kEndOfTime : process.machine->monotonic(world.now()) - process.machine->frozen_for;")]),
    ("version-fresh-on-retry", "each retry of a write has a version of its own", "table",
     [(SETTLING, "Next Settling::begin() {\n",
       "Next Settling::begin() {\n  auto* const put = std::get_if<dynamo::PutItem>(&operation_);\n"
       "  if (put != nullptr && settled_.in_doubt) put->item.set(\"recordVersionNumber\", random_hex_128(core_.entropy));\n")]),
    ("renewals-sequential", "a Renewer renews one lease after another", "table",
     [(EXCHANGE, "return sequential_ ? 1 : in_flight_max_;", "return 1;")]),
    ("renewal-ends-with-failure", "after one failed renewal a Renewer does not renew the lease again", "table",
     [(RENEWER, "entry.retry_at = now + renewal_pause(failures, flight.state->length(), unit_interval(entropy_));",
       "entry.retry_at = now + renewal_pause(failures, flight.state->length(), unit_interval(entropy_)) * 1'000'000;")]),
    ("urgency-ignored", "a Renewer renews in the order in which leases are due, not in that in which they end", "table",
     [(RENEWER, "entry.failures == 0 ? Queue::fresh : Queue::failed, lease.valid_until)",
       "entry.failures == 0 ? Queue::fresh : Queue::failed, saturating_add(renewal_due(lease), std::chrono::hours(1000)))")]),
    ("room-held-by-hanging", "a renewal that is not answered keeps its room until its lease ends", "table",
     [(RENEWER, "flight->options.deadline = attempt_end(view(*entry), entry->failures, traffic, now);",
       "flight->options.deadline = traffic.crowded || now > MonotonicTime::min() ? view(*entry).valid_until : now;"),
      (RENEWER, "if (table.doubtful < (table.line.capacity() + 1) / 2) {", "{")]),
    ("news-from-the-network", "a loss is told when the renewal under way is answered or given up, however long that takes", "table",
     [(RENEWER, "    if (plan.step == RenewalStep::tell_lost) {\n",
       "    if (plan.step == RenewalStep::tell_lost && entry.flight != 0) {\n"
       "      set_news(entry, saturating_add(now, Duration(50'000'000)));\n      continue;\n    }\n"
       "    if (plan.step == RenewalStep::tell_lost) {\n"),
      (RENEWAL, "  return std::min(saturating_add(now, attempt * (1LL << std::clamp(failures, 0, 20))), lease.valid_until);",
       "  return saturating_add(now, attempt * (1LL << std::clamp(failures, 0, 20)) * 100);"),
      (RENEWING, "  options.deadline = std::min(options.deadline, lease.valid_until());\n", "")]),
    ("risk-not-told", "a risk is not told before the loss", "table",
     [(RENEWER, "if (about.state->given_back() || !about.events || !about.events->on_at_risk) return;", "if (about.events) return;")]),
    ("loss-of-given-back-told", "a lease that was given back is told lost", "table",
     [(RENEWER, "if (about.state->given_back() || !about.events || !about.events->on_lost) return;",
       "if (!about.events || !about.events->on_lost) return;")]),
    ("overtaken-renewal-believed", "the answer to a renewal counts though the lease was given back meanwhile", "table",
     [(LEASE, "  if (turn.number_ != turn_) return overtaken_error(name_);\n  if (settled.replaced)",
       "  if (turn.number_ != turn_ && !(pending_ && given_back())) return overtaken_error(name_);\n"
       "  if (settled.replaced)"),
      (LEASE, "if (now >= valid_until()) return lost_error", "if (now == MonotonicTime::min()) return lost_error")]),
    ("bulk-without-deadline", "acquire_all's time for all locks does not bound each", "table",
     [(BULK, "acquisition = std::make_unique<Acquisition>(core, names[next], options, latest);",
       "acquisition = std::make_unique<Acquisition>(core, names[next], options, MonotonicTime::max());")]),
    ("bulk-answer-swapped", "acquire_all gives the lease of one lock for another", "table",
     [(BULK, "if (done) each(static_cast<std::size_t>(*done), under_way",
       "if (done) each(names.size() - 1 - static_cast<std::size_t>(*done), under_way")]),
    ("aged-date-believed", "a cache's old Date is taken as the time", "wire",
     [(CALL, "if (!date || reply.headers.find(\"age\")) return", "if (!date) return")]),
    ("request-time-from-reply", "a Date is taken to be of the moment at which the reply came", "wire",
     [(CALL, "server_clock.observe(reply.sent, reply.received, date);",
       "server_clock.observe(reply.received, reply.received, date);")]),
    ("checksum-ignored", "a corrupt reply is believed", "wire",
     [(CALL, "if (!crc_matches(reply)) return unusable", "if (reply.body.empty()) return unusable")]),
    ("doubt-not-passed-on", "a write of which an earlier try may have been applied counts as not applied", "wire",
     [(CALL, "} else if (doubted_ && error.kind != ErrorKind::ambiguous) {", "} else if (doubted_ && attempts_ < 0) {")]),
    ("late-reply-revives", "a renewal that is answered after the lease's end brings it back", "table",
     [(LEASE, "if (now >= valid_until()) return lost_error", "if (now == MonotonicTime::min()) return lost_error")]),
]
