"""cycle.yaml, strategy.yaml and rubrics of the invented company, after those of the sample."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from calibrate.config import load_yaml
from calibrate.config.shipped import find_folder
from calibrate.demo.catalogue import DEPARTMENTS, OF_MANAGERS, RUBRICS, apportion, sample_folder
from calibrate.demo.plant import UnservedOutcome

_CYCLE_SAYS = """\
# An invented company of {n:,} people: `calibrate demo` drew it with seed {seed}. truth/ says how.
"""
#: Outcomes of the sample strategy that its plant file names: another one has its own.
SAMPLE_UNSERVED = ("win-river-ports",)
_STRATEGY_SAYS = "# What the invented company wants to reach in 2026.\n"


def outcome_weights(unserved: Sequence[UnservedOutcome]) -> dict[str, int]:
    """Outcome → weight; planted outcomes take their weight from the others, the sum stays 100."""
    given = {
        item["id"]: item["weight"]
        for item in load_yaml(sample_folder() / "strategy.yaml", "strategy.yaml")["outcomes"]
        if item["id"] not in SAMPLE_UNSERVED
    }
    rest = 100 - sum(one.weight for one in unserved)
    scaled = dict(zip(given, apportion(rest, tuple(given.values())), strict=True))
    return scaled | {one.id: one.weight for one in unserved}


def write_cycle_files(
    out: Path, ids: Sequence[str], n_departments: int, seed: int, ratings: str,
    unserved: Sequence[UnservedOutcome],
) -> None:  # fmt: skip
    """Write everything a cycle folder needs beside its tables, so that it works anywhere."""
    sample = sample_folder()
    cycle = _without_heading((sample / "cycle.yaml").read_text(encoding="utf-8"))
    cycle = cycle.replace("../rubrics/", "rubrics/").replace("ratings.csv", ratings)
    used = [RUBRICS[k] for k in sorted({one.rubric for one in DEPARTMENTS[:n_departments]})]
    used.append(RUBRICS[OF_MANAGERS])
    for name in set(RUBRICS) - set(used):
        cycle = cycle.replace(f"  - rubrics/{name}.yaml\n", "")
    heading = _CYCLE_SAYS.format(n=len(ids), seed=seed)
    (out / "cycle.yaml").write_text(heading + cycle, encoding="utf-8")
    strategy = _without_heading((sample / "strategy.yaml").read_text(encoding="utf-8"))
    strategy = _change_strategy(strategy, ids, n_departments, unserved)
    (out / "strategy.yaml").write_text(_STRATEGY_SAYS + strategy, encoding="utf-8")
    (out / "rubrics").mkdir()
    for name in used:
        shutil.copyfile(find_folder("rubrics") / f"{name}.yaml", out / "rubrics" / f"{name}.yaml")


def _without_heading(content: str) -> str:
    return re.sub(r"\A(?:#.*\n)+", "", content)


def _change_strategy(
    content: str, ids: Sequence[str], n_departments: int, unserved: Sequence[UnservedOutcome]
) -> str:
    for name in SAMPLE_UNSERVED:
        content = re.sub(rf"(?ms)^  - id: {name}\b.*?(?=^  - id:|\Z)", "", content)
    weights = outcome_weights(unserved)
    in_order = iter(weights.values())
    content = re.sub(r"(?m)^    weight: \d+$", lambda _: f"    weight: {next(in_order)}", content)
    # Owners are heads of departments, who stand behind the one at the top.
    content = re.sub(
        r"(?m)^    owner: E0*(\d+)$",
        lambda found: f"    owner: {ids[min(int(found[1]) - 1, n_departments)]}", content,
    )  # fmt: skip
    for one in unserved:
        content += _show_outcome(one, ids[0])
    return content


def _show_outcome(one: UnservedOutcome, owner: str) -> str:
    title = one.title.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'  - id: {one.id}\n    title: "{title}"\n    perspective: {one.perspective}\n'
        f"    weight: {one.weight}\n    owner: {owner}\n    parent: null\n"
    )
