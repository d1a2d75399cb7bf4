"""Whether src/http asks for anything that the oldest libcurl we promise to work with does not have.

    libcurl_symbols.py SOURCE_FOLDER

The oldest is what its CMakeLists.txt looks for. The versions are those of libcurl's own docs/libcurl/symbols-in-versions and, for functions, of its manual pages. What is newer must
stand inside `#if LIBCURL_VERSION_NUM >= 0x…`.
"""

import pathlib
import re
import sys

_SYMBOLS_MIN = 20  # Fewer: not the folder that was meant.
_SYMBOL = re.compile(r"\bCURL[A-Z]*_\w+|\bcurl_[a-z_]+(?= *\()")
_CONDITION = re.compile(r"#\s*if\s+LIBCURL_VERSION_NUM\s*>=\s*0x([0-9a-fA-F]{6})\s*$")


def version(text):
    return tuple((list(map(int, text.split("."))) + [0, 0])[:3])


def introduced(table):
    pairs = (line.split() for line in table.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return {name: version(number) for name, number in pairs}


def uses(file, oldest):
    """(line number, symbol, the libcurl that it is compiled with at least) of everything of libcurl's in a source file."""
    guards = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        condition = _CONDITION.match(line)
        if re.match(r"#\s*if", line):
            guards.append(tuple(bytes.fromhex(condition[1])) if condition else oldest)
        elif re.match(r"#\s*el", line):
            guards[-1] = oldest
        elif re.match(r"#\s*endif", line):
            guards.pop()
        else:
            for symbol in _SYMBOL.findall(re.sub(r"//.*", "", line)):
                yield number, symbol, max([oldest, *guards])


def main():
    folder = pathlib.Path(sys.argv[1])
    promise = re.search(r"FIND CURL ([\d.]+)", (folder / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
    oldest = version(promise)
    since = introduced(pathlib.Path(__file__).with_suffix(".txt"))
    files = sorted(folder.glob("*.?pp"))
    wrong, seen = [], set()
    for file in files:
        for number, symbol, have in uses(file, oldest):
            seen.add(symbol)
            if symbol not in since:
                wrong.append(f"{file.name}:{number}: {symbol}: look up since when libcurl has it, and add it to libcurl_symbols.txt")
            elif since[symbol] > have:
                wrong.append(f"{file.name}:{number}: {symbol} came with libcurl {'.'.join(map(str, since[symbol]))}; "
                             f"here it may be {'.'.join(map(str, have))}")
    if len(seen) < _SYMBOLS_MIN:
        wrong.append(f"only {len(seen)} symbols of libcurl found in {folder}: is that the right folder?")
    print("\n".join(wrong) or f"{len(seen)} symbols of libcurl, all there since {promise} or guarded")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
