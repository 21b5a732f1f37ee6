"""A new folder for a cycle: texts by file name, and the writing of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from calibrate.config.new_folder import fill_new_folder
from calibrate.config.shipped import find_folder
from calibrate.setup.compose import (
    RUBRIC,
    compose_bands,
    compose_inputs,
    compose_rubric,
    compose_scales,
    needs_rubric,
)
from calibrate.setup.proposal import Proposal
from calibrate.setup.tables import describe_tables, list_columns, list_tables

_INPUTS = """\
inputs:
  employees: {file: employees.csv}
  ratings: {file: ratings.csv}
  # attributes: {file: attributes.csv}    # opened by the audit alone
  # goals: {file: goals.csv}
  # assignments: {file: assignments.csv}"""
_MINIMAL_INPUTS = """\
inputs:
  employees: {file: employees.csv}
  ratings:                                # one row per person: employee_id, rater_id, mark
    file: ratings.csv
    constants: {source: manager, criterion: overall}
    scale: labels
  # attributes: {file: attributes.csv}    # opened by the audit alone"""
_MINIMAL_SCALES = """\
scales:
  labels:
    version: 1
    # <- your words, and the mark each stands for
    marks: {"Below": 1, "Developing": 2, "Meets": 3, "Exceeds": 4, "Outstanding": 5}
    nulls: ["Too new to rate"]            # labels that mean: no answer"""
_SCALES = """\
# scales:                                 # where marks are words: name it under ratings, scale
#   labels: {version: 1, marks: {"Below": 1, "Meets": 3, "Exceeds": 5}}"""

_BANDS = """\
# bands:
#   labels: ["Below", "Developing", "Meets", "Exceeds", "Outstanding"]
#   cuts: [30, 45, 65, 85]                # points, 0 to 100; a score on a cut belongs above it
"""


def compose_folder(folder: Path, *, is_minimal: bool, proposal: Proposal | None) -> dict[str, str]:
    """Return the text of each file of a new cycle folder.

    Parameters
    ----------
    folder
        Where it will stand: files of a proposal are named from here.
    is_minimal
        One label per person and manager; no strategy.
    proposal
        What was found in somebody's exports; None without any.
    """
    rubric = _read_rubric("overall" if is_minimal else "default")
    texts: dict[str, str] = {}
    if proposal is not None:
        parts = compose_inputs(proposal, folder), compose_scales(proposal)
        own = needs_rubric(proposal)
        rubric = (RUBRIC, compose_rubric(proposal)) if own else _read_rubric("overall")
    else:
        parts = (_MINIMAL_INPUTS, _MINIMAL_SCALES) if is_minimal else (_INPUTS, _SCALES)
        for table in list_tables(is_minimal=is_minimal):
            texts[f"{table}.csv"] = ",".join(list_columns(table, is_minimal=is_minimal)) + "\n"
    has_one_label = rubric[0] == "rubrics/overall.yaml"
    has_strategy = proposal is None and not is_minimal
    texts["cycle.yaml"] = _read_skeleton("cycle.yaml").substitute(
        inputs=parts[0], scales=parts[1], rubrics=f"rubrics: [{rubric[0]}]",
        bands=compose_bands(proposal) if has_one_label else "",
        more="" if has_one_label else _BANDS,
        strategy="strategy: strategy.yaml" if has_strategy else "# strategy: strategy.yaml",
    )  # fmt: skip
    if not is_minimal:
        texts["strategy.yaml"] = _read_skeleton("strategy.yaml").template
    texts[rubric[0]] = rubric[1]
    tables = describe_tables(list_tables(is_minimal=is_minimal), is_minimal=is_minimal)
    texts["README.md"] = _read_skeleton("README.md").substitute(tables=tables)
    return dict(sorted(texts.items()))


def _read_skeleton(name: str) -> Template:
    place = files("calibrate.setup").joinpath("skeleton", name)
    return Template(place.read_text(encoding="utf-8"))


def _read_rubric(name: str) -> tuple[str, str]:
    path = find_folder("rubrics") / f"{name}.yaml"
    return f"rubrics/{name}.yaml", path.read_text(encoding="utf-8")


def write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the files of a new cycle folder.

    Raises
    ------
    DiskError
        If the folder holds something already, or cannot be written.
    """
    with fill_new_folder(folder) as beside:
        for name, text in texts.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
