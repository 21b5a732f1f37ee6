"""Rater effects beside R's lme4, GPBoost and statsmodels: CPU, memory, agreement.

Usage: python benchmarks/effects.py [--insteval FOLDER] [--python PEERS] [--write] …

Every engine fits ``form ~ source + (1|employee) + (1|rater)`` in a process of its own on one
thread; ours besides the model of a run. Seconds are CPU from arrays in memory to effects, the least
of three runs where one takes less than a minute; ours hold the standard error of every effect,
those of the others hold none. GPBoost maximises the likelihood,
all others the restricted one. PEERS is a Python with gpboost and statsmodels; Rscript is taken from
PATH. INSTEVAL holds ratings.csv with employee_id, rater_id and mark (1 to 5): 73,421 lecture
evaluations at ETH Zürich, from R's lme4. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "engines"))

from agreement import INSTEVAL, LABELS, OURS, POINTS, Outcome, report  # noqa: E402
from document import replace_block  # noqa: E402
from exchange import read_facts, write_arrays  # noqa: E402

SEED = 20261122
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 1_000_000)
#: The largest company a peer is asked for; beyond, it would take hours or more memory than we have.
LARGEST = {"lme4": 10_000, "gpboost": 1_000_000, "statsmodels": 1_000}
#: Runs of a fit, and the CPU seconds up to which it is run so often: other load only adds.
RUNS, SHORT = 3, 60.0
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


def draw_network(folder: Path, n_employees: int) -> None:
    """Write the scored forms of a demo company, before marks are rounded."""
    from calibrate.demo.catalogue import SOURCES, sample_folder
    from calibrate.demo.generate import draw_everything
    from calibrate.demo.plant import read_planting
    from calibrate.demo.truth import form_means, form_noise

    rng = np.random.default_rng(SEED)
    planting = read_planting(sample_folder() / "plant.yaml", is_asked=False)
    drawn = draw_everything(rng, n_employees, planting)
    company, forms, spread = drawn.company, drawn.forms, planting.plant.standard_deviations
    points = form_means(company, drawn.truth, forms, drawn.groups, planting)
    points += form_noise(forms, spread) * rng.standard_normal(len(forms))
    scored = forms.source != SOURCES.index("self")
    people, employee = np.unique(forms.employee[scored], return_inverse=True)
    unit = company.tree.manager[people]
    write_network(
        folder, employee, forms.rater[scored], forms.source[scored], unit,
        points[scored].clip(0, 100),
    )  # fmt: skip


def read_insteval(folder: Path, ratings: Path) -> None:
    table = pd.read_csv(ratings / "ratings.csv", dtype="string", keep_default_na=False)
    employee, rater = (
        pd.factorize(table[column], sort=True)[0] for column in ("employee_id", "rater_id")
    )
    points = POINTS * (table["mark"].astype("float64").to_numpy() - 1)
    unit = np.arange(employee.max() + 1)  # everybody a unit of one's own: none is fitted
    write_network(folder, employee, rater, np.zeros_like(employee), unit, points)


def write_network(
    folder: Path, employee: np.ndarray, rater: np.ndarray, source: np.ndarray,
    unit: np.ndarray, points: np.ndarray,
) -> None:  # fmt: skip
    codes = {"employee": employee, "rater": rater, "source": source, "unit": unit}
    dense = {name: np.unique(code, return_inverse=True)[1] for name, code in codes.items()}
    write_arrays(folder, {**dense, "points": points})


def command_of(engine: str, python: str) -> list[str] | str:
    """The command without its folders, or what is missing."""
    engines = HERE / "engines"
    if engine == "lme4":
        rscript = shutil.which("Rscript")
        return [rscript, str(engines / "fit_lme4.R")] if rscript else "no Rscript"
    if engine in OURS:
        return [sys.executable, str(engines / "fit_calibrate.py")]
    found = subprocess.run([python, "-c", f"import {engine}"], capture_output=True, check=False)
    return [python, str(engines / f"fit_{engine}.py")] if not found.returncode else "not installed"


def run_engine(engine: str, network: Path, asked: argparse.Namespace) -> Outcome:
    """Fit in a process of its own, unless an earlier answer is kept."""
    answer = network / engine
    if engine in asked.again or not (answer / "facts.tsv").exists():
        command = command_of(engine, asked.python)
        if isinstance(command, str):
            return Outcome({}, answer, command)
        shutil.rmtree(answer, ignore_errors=True)
        answer.mkdir()
        failed = fit_several_times([*command, str(network), str(answer), engine], answer, asked)
        if failed is not None:
            (answer / "facts.tsv").write_text(failed, encoding="utf-8")
    facts = read_facts(answer)
    failed = facts.get("failed") or ("refused" if "refused" in facts else "")
    return Outcome(facts, answer, failed, int(facts.get("limit", "0")))


def fit_several_times(command: list[str], answer: Path, asked: argparse.Namespace) -> str | None:
    """Fit, again if it was short, and keep the facts of the run of least CPU."""
    facts = answer / "facts.tsv"
    kept, least = "", np.inf
    for _ in range(RUNS):
        failed = fit_in_process(command, asked.limit)
        if failed is not None:
            return failed
        seconds = float(read_facts(answer)["seconds"])
        if seconds < least:
            kept, least = facts.read_text(encoding="utf-8"), seconds
        if seconds > SHORT:
            break
    facts.write_text(kept, encoding="utf-8")
    return None


def fit_in_process(command: list[str], limit: int) -> str | None:
    """Facts of a fit that was stopped or broke; ``None`` if it wrote its own."""

    def limit_cpu() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))

    before = cpu_of_children()
    done = subprocess.run(
        command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False,
        preexec_fn=limit_cpu,
    )  # fmt: skip
    if not done.returncode:
        return None
    if cpu_of_children() - before > limit - 1:
        return f"failed\t> {limit} s\nlimit\t{limit}\n"
    print(done.stderr[-2000:], file=sys.stderr)
    return "failed\tbroke\n"


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(asked: argparse.Namespace, folder: Path) -> Iterator[tuple[str, str, Outcome]]:
    """Every engine on every network it is asked for."""
    networks = [(f"{size:,}", size) for size in asked.sizes]
    if asked.insteval:
        networks.insert(0, (INSTEVAL, 0))
    for name, size in networks:
        network = folder / name.replace(",", "")
        if not (network / "points.f8").exists():
            if size:
                draw_network(network, size)
            else:
                read_insteval(network, asked.insteval)
        for engine in asked.engines:
            # statsmodels holds all effects densely: 4,100 of InstEval are too many.
            if size > LARGEST.get(engine, size) or (engine == "statsmodels" and not size):
                continue
            outcome = run_engine(engine, network, asked)
            said = outcome.failed or f"{outcome.seconds:,.2f} s"
            print(f"{name:>10} {engine:12} {said}", file=sys.stderr)
            yield name, engine, outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--insteval", type=Path, help="folder with ratings.csv of InstEval")
    parser.add_argument("--python", default=sys.executable, help="Python that has the peers")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="people of companies")
    parser.add_argument("--engines", nargs="+", choices=LABELS, default=list(LABELS))
    parser.add_argument("--limit", type=int, default=600, help="CPU seconds of one fit")
    parser.add_argument("--folder", type=Path, help="keep networks and answers here")
    parser.add_argument("--again", nargs="+", choices=LABELS, default=[],
                        help="fit again although the folder holds an answer")  # fmt: skip
    parser.add_argument("--write", action="store_true", help="put the tables in docs/benchmarks.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        outcomes: dict[str, dict[str, Outcome]] = {}
        for network, engine, outcome in measure(asked, asked.folder or Path(name)):
            outcomes.setdefault(network, {})[engine] = outcome
        text = report(outcomes, SEED)
    print(text)
    if asked.write:
        replace_block("effects", text)


if __name__ == "__main__":
    main()
