"""check_built.py TESTS BUILT CTEST BUILD [ELSEWHERE…]: names each file below TESTS that no target builds, or that ctest does not run.

BUILT lists the sources of all targets, one a line. ELSEWHERE are folders that belong to another build.
"""

import json
import pathlib
import subprocess
import sys


def words_of_all_tests(ctest, build):
    """Every word of every command that ctest would run."""
    listing = subprocess.run([ctest, "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True).stdout
    return {word for test in json.loads(listing)["tests"] for word in test.get("command", [])}


def main():
    tests, built, ctest, build, *elsewhere = sys.argv[1:]
    tests = pathlib.Path(tests)
    sources = {pathlib.Path(line) for line in pathlib.Path(built).read_text(encoding="utf-8").splitlines()}
    words = words_of_all_tests(ctest, build)

    def below(pattern):
        return sorted(file for file in tests.rglob(pattern) if file.relative_to(tests).parts[0] not in elsewhere)

    found = below("*.cpp")
    missing = [f"{file.relative_to(tests)}: no target builds it" for file in found
               if file not in sources and str(file) not in words]
    modules = below("test_*.py")
    missing += [f"{file.relative_to(tests)}: ctest does not run it" for file in modules
                if ".".join(file.relative_to(tests).with_suffix("").parts) not in words]
    if not found or not modules:
        missing.append(f"no tests at all in {tests}")
    print("\n".join(missing) or f"{len(found)} sources are built and {len(modules)} Python tests are run")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
