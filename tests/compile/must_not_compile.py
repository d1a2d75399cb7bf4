"""must_not_compile.py FILE COMPILER FLAG…: the file compiles, and with MUST_NOT_COMPILE it fails with what `// error: REGEX` says."""

import re
import subprocess
import sys


def compile_with(command, *more):
    run = subprocess.run([*command, *more], capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    return run.returncode, run.stderr


def main():
    file, *command = sys.argv[1:]
    with open(file, encoding="utf-8") as source:
        expected = re.search(r"^// error: (.+)$", source.read(), re.MULTILINE)[1]
    status, said = compile_with(command, file)
    if status != 0:
        print(f"the counterpart does not compile:\n{said}")
        return 1
    status, said = compile_with(command, "-DMUST_NOT_COMPILE", file)
    if status == 0:
        print("it compiles, and must not")
        return 1
    first = next((line for line in said.splitlines() if "error:" in line), said)
    if not re.search(expected, first):
        print(f"it fails for another reason than /{expected}/:\n{said}")
        return 1
    print(f"does not compile, as it must not: {first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
