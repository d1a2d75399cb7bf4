"""One table, two kinds of clients: neither takes a lock that the other holds alive, and both take each other's dead locks."""

import time

from proxy import boottime

from .harness import CommandTest
from .lock_client_peer import LockClientPeer

LEASE_S = 3  # of the peer
OURS_S = 5


class InteropTest(CommandTest):
    def peer(self, **options):
        return LockClientPeer(self.dynamodb, self.TABLE, self.lock, LEASE_S, **options)

    def keep_alive(self, peer, seconds):
        """Heartbeats all the while, and contenders all the while."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.assertTrue(peer.heartbeat(), "a lock that its client kept alive was taken")
            self.assert_code(75, self.dynamutex("run", self.lock, "-n", "--", "true"))
            time.sleep(LEASE_S / 6)

    def check_against_living_and_dead_peer(self, peer):
        self.assertTrue(peer.try_acquire())
        waiter = self.start("run", self.lock, "--lease", f"{OURS_S}s", "--", *self.section("WAITER", 0.2), client="WAITER")
        self.keep_alive(peer, 2.5 * LEASE_S)
        self.assertEqual([], self.spans(), "dynamutex took a lock that was kept alive")
        last_s = boottime()
        self.assertTrue(peer.heartbeat())
        self.assert_code(0, waiter.wait(30))
        self.assertGreaterEqual(self.spans()[0].enter_s, last_s + LEASE_S)

    def test_a_java_clients_lock_is_respected_and_taken_over_when_it_is_dead(self):
        self.check_against_living_and_dead_peer(self.peer())

    def test_a_go_clients_lease_duration_is_understood(self):
        self.check_against_living_and_dead_peer(self.peer(go_form=True))

    def dead_record_of_ours(self):
        """A record that dynamutex left behind, and its lease of 3 s long over."""
        holder = self.hold(60, lease="3s")
        holder.kill()
        expires_s = self.to_boottime(int(self.record()["expiresAt"]["N"]))
        while boottime() < expires_s + 3:
            time.sleep(0.1)

    def test_our_expiry_does_not_count_on_a_record_that_a_peer_took_over_in_place(self):
        self.dead_record_of_ours()
        peer = self.peer(in_place=True)
        self.assertFalse(peer.try_acquire())
        time.sleep(3.2)
        self.assertTrue(peer.try_acquire(), "the peer did not take over the dead lock")
        self.assertIn("expiresAt", self.record(), "the peer was to leave our expiry there")
        self.keep_alive(peer, 2 * LEASE_S)

    def test_a_peer_respects_our_lock_while_it_is_renewed_and_takes_it_when_it_is_dead(self):
        holder = self.hold(60, lease=f"{OURS_S}s")
        peer = self.peer()
        until = time.monotonic() + OURS_S + 4
        while time.monotonic() < until:
            self.assertFalse(peer.try_acquire(), "the peer took a lock that was renewed")
            time.sleep(0.3)
        holder.kill()
        killed_s = boottime()
        while not peer.try_acquire():
            self.assertLess(boottime(), killed_s + OURS_S + 3, "the peer cannot take our dead lock")
            time.sleep(0.1)
        self.assertGreaterEqual(boottime(), self.writes_applied("HOLDER")[-1].received_s + OURS_S)

    def test_locks_are_handed_over_both_ways_released_and_kept(self):
        peer = self.peer()
        for keep in (False, True):
            self.assertTrue(peer.try_acquire())
            peer.release(keep=keep)
            self.assert_silent_success(self.dynamutex("run", self.lock, "-n", "--", "true"))
