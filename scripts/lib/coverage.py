"""coverage.py SUMMARY SOURCES LAYER…: a table of llvm-cov's figures by layer, the files that miss most, and whether it is enough."""

import collections
import json
import os
import pathlib
import sys

_LINES_MIN, _BRANCHES_MIN = 95.0, 90.0  # percent
_SHOWN = 12


def percent(covered, count):
    return 100.0 * covered / count if count else 100.0


def main():
    summary, sources, *layers = sys.argv[1:]
    with open(summary, encoding="utf-8") as file:
        files = json.load(file)["data"][0]["files"]
    by_folder, missing = collections.defaultdict(lambda: [0, 0, 0, 0]), []
    for entry in files:
        # A compiler cache may have made it relative, with ".." inside.
        path = pathlib.Path(os.path.normpath(entry["filename"]))
        if not any(path.is_relative_to(pathlib.Path(sources, layer)) for layer in layers):
            continue
        name = path.relative_to(sources)
        lines, branches = entry["summary"]["lines"], entry["summary"]["branches"]
        figures = lines["covered"], lines["count"], branches["covered"], branches["count"]
        for folder in (name.parts[0], "all"):
            by_folder[folder] = [sum(pair) for pair in zip(by_folder[folder], figures)]
        missing.append((figures[1] - figures[0] + figures[3] - figures[2], str(name), figures))
    print(f"{'':<14}{'lines':>18}{'branches':>22}")
    for folder, (line, lines, branch, branches) in sorted(by_folder.items(), key=lambda item: (item[0] == "all", item[0])):
        print(f"{folder:<14}{line:>6} of {lines:>5} {percent(line, lines):>5.1f} %{branch:>8} of {branches:>5} "
              f"{percent(branch, branches):>5.1f} %")
    print("most is missing in: " + ", ".join(f"{name} ({figures[1] - figures[0]} lines, {figures[3] - figures[2]} branches)"
                                             for _, name, figures in sorted(missing, reverse=True)[:_SHOWN]))
    line, lines, branch, branches = by_folder["all"]
    enough = lines > 0 and percent(line, lines) >= _LINES_MIN and percent(branch, branches) >= _BRANCHES_MIN
    if not enough:
        print(f"too little: {_LINES_MIN:.0f} % of lines and {_BRANCHES_MIN:.0f} % of branches are wanted", file=sys.stderr)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
