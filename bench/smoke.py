#!/usr/bin/python3
"""Every benchmark but the signer's and the client's, as short as can be, and the page that is made of them; for ctest.

    bench/smoke.py BUILD_FOLDER

What it expects are counts, which do not depend on how busy the machine is. Exit code 77 where something is not installed: skipped.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import bench

_HERE = pathlib.Path(__file__).resolve().parent
_PATH = os.environ["PATH"] + ":/usr/sbin"


def missing():
    tools = [name for name in ("nginx", "gnuplot", "curl", "flock", "java") if shutil.which(name, path=_PATH) is None]
    if tools:
        return f"there is no {', '.join(tools)}"
    try:
        bench.DynamoDBLocal().check_fetched()
    except bench.NotFetched as error:
        return str(error)
    return None


def run(script, *words):
    return subprocess.run([sys.executable, "-B", _HERE / f"{script}.py", *words], check=True, stdout=subprocess.PIPE, timeout=300).stdout


def expectations(figures):
    fast = figures["leases"]["runs_by_answer_ms"]["20"][0]
    crash = next(run for run in figures["hot_lock"]["runs"] if run["scenario"] == "crash")
    return {"a free lock costs two requests": figures["pairs"]["canned"]["requests_per_pair_at_the_server"] == 2,
            "and so it does at DynamoDB Local": figures["pairs"]["dynamodb_local"]["requests_sent_per_pair"] == 2,
            "leases are renewed": fast["renewals_per_second"] > 0,
            "no lease is lost": fast["lost"] == 0,
            "a lock goes from hand to hand": figures["handover"]["runs"][0]["handovers"] == 4,
            "each hand-over takes one write at least": figures["handover"]["runs"][0]["write_attempts_per_release"] >= 1,
            "no partition's limit is reached by fifty": all(run["throttled_peak_second"] == 0 for run in figures["hot_lock"]["runs"]),
            "a dead holder writes no more": crash["writes_per_second"] <= 1,
            "the command was measured": figures["process"]["costs"]["dynamutex"]["peak_kib"] > 0}


def main():
    if reason := missing():
        print(f"skipped: {reason}")
        return 1 if os.environ.get("DYNAMUTEX_NO_SKIPS") else 77
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = pathlib.Path(scratch)
        (folder / "machine.json").write_bytes(run("machine"))
        names = ("pairs", "leases", "handover", "hot_lock", "process")
        for name in names:
            (folder / f"{name}.json").write_bytes(run(name, build, "--quick"))
        figures = {name: json.loads((folder / f"{name}.json").read_text()) for name in names}
        failed = [text for text, holds in expectations(figures).items() if not holds]
        run("report", folder, folder / "docs")
        page = (folder / "docs/benchmarks.md").read_text()
        charts = [line.split("(")[1].rstrip(")") for line in page.splitlines() if line.startswith("![")]
        failed += [f"{chart} is drawn" for chart in charts if not (folder / "docs" / chart).stat().st_size]
        if len(charts) != len(names):
            failed.append("each section has a chart")
    for text in failed:
        print(f"not so: {text}\n{json.dumps(figures, indent=1)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
