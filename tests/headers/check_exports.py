"""Fails where a public header declares something that a library defines, without DYNAMUTEX_EXPORT: it would link with the static
libraries, and not with the shared ones.

    check_exports.py HEADER-FOLDER
"""

import pathlib
import re
import sys

# What a declaration ends with that needs no definition elsewhere.
ENDED_HERE = re.compile(r"=\s*(default|delete|0)$")


def without_comments(text):
    text = re.sub(r'"(\\.|[^"\\])*"', '""', text)
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"^\s*#(.*\\\n)*.*$", "", text, flags=re.M)


def pieces(text):
    """The declarations of one scope: (head, body or None for one that ends in ';')."""
    head, depth, start, parens = "", 0, 0, 0
    for at, c in enumerate(text):
        if c == "{":
            if depth == 0:
                head, body_start = text[start:at], at + 1
            depth += 1
        elif c == "}":
            depth -= 1
            if depth == 0:
                yield head.strip(), text[body_start:at]
                start = at + 1
        elif depth == 0 and c in "()":
            parens += 1 if c == "(" else -1
        elif depth == 0 and parens == 0 and c == ";":
            yield text[start:at].strip(), None
            start = at + 1


def is_function(head):
    head = re.sub(r"\[\[\w+\]\]|^(public|private|protected):|DYNAMUTEX_EXPORT", "", head.strip()).strip()
    if re.match(r"(using|typedef|friend|template|static_assert|extern template)\b", head):
        return False
    while (bare := re.sub(r"<[^<>]*>", "", head)) != head:
        head = bare
    return "(" in head.split("=")[0]


def declared_only(head):
    return is_function(head) and not re.search(r"\b(inline|constexpr)\b", head) and not ENDED_HERE.search(head)


def failures_of(text):
    for head, body in pieces(text):
        if body is None:
            if declared_only(head) and "DYNAMUTEX_EXPORT" not in head:
                yield head
            continue
        if head.startswith("namespace"):
            yield from failures_of(body)
            continue
        named = re.match(r"(?:class|struct)\s+(DYNAMUTEX_EXPORT\s+)?(\w+)", head)
        if named and not named[1]:
            for member, member_body in pieces(body):
                if member_body is None and declared_only(member):
                    yield f"{head}: {member}"


def main(folder):
    headers = sorted(pathlib.Path(folder).rglob("*.hpp"))
    exported, failures = 0, []
    for header in headers:
        text = header.read_text()
        exported += text.count("DYNAMUTEX_EXPORT ")
        failures += [f"{header}: {' '.join(what.split())}" for what in failures_of(without_comments(text))]
    if not exported:
        failures.append(f"no DYNAMUTEX_EXPORT found below {folder}")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
