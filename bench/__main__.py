"""``python -m bench [--full] [--json FILE] [NAME ...]``: print every figure beside its floor."""

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from bench.catching_up import catching_up
from bench.growing import growing
from bench.listing import listing
from bench.measure import Comparison
from bench.office import office
from bench.polling import polling
from bench.printing import printing
from bench.starting import starting
from bench.writing import writing

SUITES = {
    "starting": starting,
    "listing": listing,
    "writing": writing,
    "printing": printing,
    "polling": polling,
    "catching_up": catching_up,
    "office": office,
    "growing": growing,
}


def main() -> int:
    """Run the chosen suites; the exit status does not judge the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(SUITES)}")
    parser.add_argument("--full", action="store_true", help="more work and more rounds; minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    given = parser.parse_args()
    unknown = set(given.names) - SUITES.keys()
    if unknown:
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    started = time.perf_counter()
    found: list[Comparison] = []
    print(_machine())
    print(_line("", "takes", "floor", "ratio", "aim", ""))
    with tempfile.TemporaryDirectory(prefix="billdesk-bench-") as folder:
        for name in given.names or SUITES:
            for one in SUITES[name](Path(folder), full=given.full):
                found.append(one)
                print(_row(one), flush=True)
    print(f"{time.perf_counter() - started:.0f} s")
    if given.json is not None:
        given.json.write_text(_as_json(found), "utf-8")
    return 0


def _machine() -> str:
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, {platform.system()}"
    )


def _row(one: Comparison) -> str:
    aim = "" if one.target is None else f"<= {one.target:g} {'ok' if one.met else 'MISSED'}"
    return _line(
        f"{one.name} / {one.floor}",
        f"{one.takes:.2f} {one.unit}",
        f"{one.floor_takes:.2f} {one.unit}",
        f"{one.ratio:.1f}" if one.ratio >= 1 else f"{one.ratio:.3f}",
        aim,
        one.note,
    )


def _line(name: str, ours: str, floor: str, ratio: str, aim: str, note: str) -> str:
    return f"{name:<58} {ours:>12} {floor:>11} {ratio:>6}  {aim:<13} {note}".rstrip()


def _as_json(found: list[Comparison]) -> str:
    rows = [asdict(one) | {"ratio": one.ratio, "met": one.met} for one in found]
    return json.dumps({"machine": _machine(), "figures": rows}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
