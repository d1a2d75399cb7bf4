"""The static command is static, and locks: also by TLS, and a name that it resolves itself."""

import subprocess

from .harness import COMMAND, PROGRAMS, StaticTest, run


class StaticCommandTest(StaticTest):
    def test_it_is_not_a_dynamic_executable(self):
        words = subprocess.run(["ldd", COMMAND], capture_output=True, text=True)
        self.assertIn("not a dynamic executable", words.stdout + words.stderr)
        self.assertNotIn("INTERP", run("readelf", "-lW", COMMAND))

    def test_it_looks_up_no_name_by_glibc(self):
        """glibc's own getaddrinfo would load shared libraries: what is there instead is a few bytes that refuse."""
        sizes = {}
        for line in run("nm", "-S", COMMAND).splitlines():
            words = line.split()
            if len(words) == 4:
                sizes[words[3]] = int(words[1], 16)
        self.assertIn("ares_getaddrinfo", sizes)
        for name in ("getaddrinfo", "gethostbyname", "getservbyname"):
            self.assertLess(sizes.get(name, 0), 32, f"glibc's {name}")
        self.assertNotIn("gaih_inet", " ".join(sizes))

    def test_it_takes_a_lock(self):
        environment = self.environment(self.server.url)
        run(COMMAND, "init", environment=environment)
        self.assertEqual("under the lock\n", run(COMMAND, "run", "here", "--", "echo", "under the lock", environment=environment))

    def test_it_takes_a_lock_by_tls_at_a_name(self):
        environment = self.environment(self.front.url, self.front.authority)
        before = self.front.handshakes
        run(COMMAND, "init", environment=environment)
        self.assertEqual("under the lock\n", run(COMMAND, "run", "there", "--", "echo", "under the lock", environment=environment))
        self.assertGreater(self.front.handshakes, before)

    def test_it_trusts_no_other_authority(self):
        with self.assertRaisesRegex(AssertionError, "(?s)ended with 69.*certificate"):
            run(COMMAND, "run", "there", "--", "true", environment=self.environment(self.front.url))

    def test_a_program_of_the_layers_takes_a_lock_by_tls(self):
        self.assertIn("held a lock", run(PROGRAMS / "hold_one", self.front.url, self.front.authority))

    def test_the_signer_signs(self):
        self.assertEqual("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\n", run(PROGRAMS / "sign_one"))
