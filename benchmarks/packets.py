"""A manager's packet beside the same document set the naive way, and two workers beside one.

Usage: python benchmarks/packets.py [--write]

The company is the shipped one, the manager has 12 people. Naive is what everybody writes first:
``HTML(string=…).write_pdf(stylesheets=[CSS(string=…)])``, with the same tags and the same styles.
Both set the same HTML in one process, one after the other, several times; CPU seconds, the least
of all runs, since other load only adds. A packet of four pages is told at the mean of its pages.

Two workers set every manager packet of the company, as one worker does before; seconds on the
clock, which other load makes longer: the load of the machine at the start is printed beside.
"""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

from document import replace_block, table_of  # noqa: E402
from weasyprint import CSS, HTML  # noqa: E402

from calibrate.config import load_cycle  # noqa: E402
from calibrate.config.shipped import find_folder  # noqa: E402
from calibrate.pipeline.gather import gather_material  # noqa: E402
from calibrate.pipeline.packets import Wanted, print_packets  # noqa: E402
from calibrate.pipeline.progress import Clock  # noqa: E402
from calibrate.pipeline.stages import compute_scores, prepare_cycle  # noqa: E402
from calibrate.pipeline.tabulate import tabulate_everything  # noqa: E402
from calibrate.report import AuditMaterial, Material, draft_packet, print_packet  # noqa: E402

RUNS = 7
PEOPLE, PAGES = 12, 4
SHEETS = ("tokens.css", "print.css")


def make_material() -> Material:
    cycle = load_cycle(find_folder("sample_data") / "cycle.yaml")
    scored = compute_scores(prepare_cycle(cycle))
    return gather_material(scored, tabulate_everything(scored), "benchmark")


def set_naively(html: str) -> bytes:
    folder = find_folder("reports/templates")
    css = "\n".join((folder / name).read_text(encoding="utf-8") for name in SHEETS)
    pdf: bytes = HTML(string=html).write_pdf(
        stylesheets=[CSS(string=css)], pdf_variant="pdf/ua-1", pdf_tags=True
    )
    return pdf


def spend(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def compare(material: Material) -> list[list[str]]:
    """CPU of both ways for one packet."""
    team = material.employees["manager_id"].value_counts()
    manager = sorted(str(name) for name in team.index[team == PEOPLE])[0]
    draft = draft_packet("manager", material, manager)
    n_pages = print_packet(draft).n_pages
    logging.disable(logging.CRITICAL)
    pairs = [
        (spend(lambda: set_naively(draft.html)), spend(lambda: print_packet(draft)))
        for _ in range(RUNS)
    ]
    logging.disable(logging.NOTSET)
    naive, ours = (min(column) for column in zip(*pairs, strict=True))
    drafted = min(spend(lambda: draft_packet("manager", material, manager)) for _ in range(RUNS))
    return [
        [f"{n_pages} pages, {PEOPLE} people", _ms(naive), _ms(ours), f"{naive / ours:.2f}"],
        [
            f"{PAGES} pages at their mean", _ms(naive * PAGES / n_pages),
            _ms(ours * PAGES / n_pages), f"{naive / ours:.2f}",
        ],
        ["writing its HTML", "", _ms(drafted), ""],
    ]  # fmt: skip


def race(material: Material) -> list[list[str]]:
    """Seconds on the clock for all manager packets, with one worker and with two."""
    audit = AuditMaterial({}, "", "", (), {}, None)
    seconds = []
    for jobs in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            wanted = Wanted(("manager",), jobs=jobs)
            started = time.perf_counter()
            printed = print_packets(material, audit, wanted, Path(folder), {}, Clock())
            seconds.append(time.perf_counter() - started)
    one, two = seconds
    return [[f"{len(printed)} packets", f"{one:.1f} s", f"{two:.1f} s", f"{one / two:.2f}"]]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    material = make_material()
    one = table_of(["one packet", "naive", "ours", "naive / ours"], compare(material))
    two = table_of(["all managers", "1 worker", "2 workers", "1 / 2"], race(material))
    said = f"{os.cpu_count()} cores, load {load:.1f} at the start."
    text = f"{one}\n\n{two}\n\n{said}"
    print(text)
    if arguments.write:
        replace_block("packets", text)


if __name__ == "__main__":
    main()
