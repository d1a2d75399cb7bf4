"""A real terminal with a shell in it, by tmux: what stands on the screen, and what is typed."""

import os
import pathlib
import shutil
import subprocess
import time


class Screen:
    """A terminal of its own, with bash at its prompt. Ends all that runs in it with `close`."""

    PROMPT = "ready$"

    def __init__(self, folder, environment, columns=80, rows=24):
        if shutil.which("tmux") is None:
            raise RuntimeError("there is no tmux; install it with: apt-get install tmux")
        # The path of a Unix socket is short.
        self._folder = pathlib.Path(folder)
        self._environment = {**environment, "TMUX_TMPDIR": str(self._folder), "HISTFILE": "/dev/null"}
        settings = self._folder / "bashrc"
        settings.write_text(f"PS1='{self.PROMPT} '\n")
        self._environment.setdefault("TERM", "xterm-256color")
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "-s", "test",
                   f"bash --noprofile --rcfile {settings} -i")
        self.wait_for(lambda: self.PROMPT in self.text(), "a prompt")

    def close(self):
        self._tmux("kill-server", check=False)

    def _tmux(self, *arguments, check=True):
        done = subprocess.run(["tmux", "-u", "-L", "test", *arguments], env=self._environment, cwd=self._folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"tmux {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def type(self, line):
        """A line, with Enter after it."""
        self.write(line)
        self.key("Enter")

    def write(self, text):
        """Text without an Enter."""
        self._tmux("send-keys", "-t", "test", "-l", text)

    def key(self, *names):
        """Keys by tmux's names: "C-c", "C-z", "Enter"."""
        self._tmux("send-keys", "-t", "test", *names)

    def resize(self, columns, rows):
        self._tmux("resize-window", "-t", "test", "-x", str(columns), "-y", str(rows))

    def text(self, escapes=False):
        """What stands on the screen; with the escape sequences of its colours."""
        return self._tmux("capture-pane", "-p", "-t", "test", *(["-e"] if escapes else []))

    def lines(self):
        return [line.rstrip() for line in self.text().splitlines() if line.strip()]

    def tell(self, variable):
        """A variable of tmux: "alternate_on", "cursor_flag", "cursor_x"."""
        return self._tmux("display-message", "-p", "-t", "test", "#{" + variable + "}").strip()

    def wait_for(self, condition, what, timeout_s=30.0):
        deadline = time.monotonic() + timeout_s
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come within {timeout_s} s; the screen:\n{self.text()}")
            time.sleep(0.05)
        return value

    def at_prompt(self):
        """The shell waits for a command: nothing but the prompt is in the last line."""
        lines = self.lines()
        return bool(lines) and lines[-1] == self.PROMPT

    def exit_code(self):
        """Of the command before."""
        marker = f"code-{os.urandom(4).hex()}"
        self.type(f"echo {marker}-$?")
        found = self.wait_for(
            lambda: [line for line in self.lines() if line.startswith(marker)], f"the exit code ({marker})")
        return int(found[0].rpartition("-")[2])
