"""A new rubric file: a commented one to fill in, or a copy of a shipped one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from calibrate.config.shipped import find_folder
from calibrate.errors import DiskError
from calibrate.setup.words import make_id

_USUAL = ("Results", "Quality", "Working together")

_HEAD = """\
# A rubric: what is marked, and what one sees at each mark. Say what a person does, not what a
# person is: two people who saw the same should choose the same mark. Raise the version with
# every change. `calibrate rubric check {name}` says what is still missing.
schema: 1
id: {id}
version: 1
title: {title}
# applies_to: {{job_family: ["Sales"]}}      # or level, department, location; or
# applies_to: {{manages_people: ["yes"]}}    # whoever manages people; absent: everybody
marks: relative                             # 3 means: as expected at the person's level
scale: {{lowest: 1, highest: 5, step: 1}}
criteria:                                   # weights are whole percents and sum to 100
"""
_CRITERION = """\
  - id: {id}
    label: {label}
    weight: {weight}
    # outcomes: {{grow-revenue: 70, keep-customers: 30}}   # ids of your strategy; sum 100
    # expected: {{L1: 3, L2: 3, L3: 3, L4: 3, L5: 4}}      # level: the mark expected there
    levels:
      1: ""     # far from what the level needs: what goes wrong, and for whom?
      2: ""     # there in part: what is there, what do others have to add?
      3: ""     # as expected: what does one see each week?
      4: ""     # more than expected, where it matters: what do others gain?
      5: ""     # changed what the team can do: what lasts, and what shows it?
    develop: "" # one step that can be begun this month
"""


def write_new_rubric(path: Path, criteria: Sequence[str], like: str, language: str = "en") -> Path:
    """Write a rubric to begin with; nothing of anybody's is written over.

    Parameters
    ----------
    path
        Its name without the ending becomes the id.
    criteria
        What readers will see; three usual ones if empty. Weights are as equal as whole
        percents can be.
    like
        Name of a shipped rubric to copy; empty for one to fill in.
    language
        Of the copy.

    Raises
    ------
    DiskError
        If the file is there already, or cannot be written.
    """
    text = copy_rubric(path, like, language) if like else compose_rubric(path, criteria)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise DiskError(f"{path} is there already and was not changed; name a new file") from None
    except OSError as error:
        raise DiskError(f"{path}: cannot be written ({error.strerror})") from error
    return path


def copy_rubric(path: Path, like: str, language: str) -> str:
    """Return a shipped rubric under another id; a cycle cannot name two of one id."""
    folder = find_folder("rubrics")
    source = (folder if language == "en" else folder / language) / f"{like}.yaml"
    text = source.read_text(encoding="utf-8")
    named = make_id(path.stem) or "rubric"
    return re.sub(r"^(id): .*\n", rf"\1: {named}\n", text, count=1, flags=re.MULTILINE)


def compose_rubric(path: Path, criteria: Sequence[str]) -> str:
    """Return a commented rubric whose weights sum to 100.

    Examples
    --------
    >>> text = compose_rubric(Path("design.yaml"), ["Craft", "Speed", "Care"])
    >>> [line.strip() for line in text.splitlines() if "weight:" in line]
    ['weight: 34', 'weight: 33', 'weight: 33']
    """
    labels = [label.strip() for label in criteria if label.strip()] or list(_USUAL)
    share, rest = divmod(100, len(labels))
    named = make_id(path.stem) or "rubric"
    parts = [_HEAD.format(name=path.name, id=named, title=_quote(path.stem))]
    taken: list[str] = []
    for at, label in enumerate(labels):
        taken.append(make_id(label, taken) or f"criterion-{at + 1}")
        weight = share + (at < rest)
        parts.append(_CRITERION.format(id=taken[-1], label=_quote(label), weight=weight))
    return "".join(parts)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
