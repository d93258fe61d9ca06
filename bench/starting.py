"""From process start to what the owner sees, beside the least Qt window."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.books import Desk, bench_books, multiply_invoices
from bench.measure import Comparison

_TIMEOUT_S = 60


def starting(folder: Path, *, full: bool) -> list[Comparison]:
    """Frame painted, and first page of 10,000 invoices painted; files warm, drawn into memory."""
    rounds = 9 if full else 5
    books_folder = folder / "starting"
    with bench_books(books_folder) as (books, company_id):
        multiply_invoices(books, Desk(books, company_id).issue(), 10_000)
    times: dict[tuple[str, str], list[float]] = {}
    for index in range(rounds + 1):
        for kind in ("empty", "rows", "billdesk"):
            for milestone, elapsed in _milestones(kind, books_folder).items():
                if index:
                    times.setdefault((kind, milestone), []).append(elapsed)
    ms = {key: median(values) for key, values in times.items()}
    return [
        Comparison(
            "start to painted window",
            "empty QMainWindow",
            ms["billdesk", "painted"],
            ms["empty", "painted"],
            rounds,
        ),
        Comparison(
            "start to painted list of 10,000",
            "Qt table, raw sqlite3",
            ms["billdesk", "rows"],
            ms["rows", "painted"],
            rounds,
            4,
            2.5,
        ),
    ]


def _milestones(kind: str, folder: Path) -> dict[str, float]:
    """Milliseconds from the start of the process to each line it writes."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.windows", kind, str(folder)],
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    ) as process:
        assert process.stdout is not None
        found = {}
        for line in process.stdout:
            found[line.strip()] = (time.perf_counter() - start) * 1000
        status = process.wait(_TIMEOUT_S)
    if status or not found:
        raise RuntimeError(f"the window {kind!r} ended with {status}")
    return found
