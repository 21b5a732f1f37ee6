"""What each rater is asked: one question for each criterion of the person's rubric."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from calibrate.config import MICRO
from calibrate.effects.linking import LinkPlan
from calibrate.pipeline.stages import Prepared
from calibrate.rubric import Criterion, Rubric

#: More allowed marks than this are given as a range.
_MOST_LISTED = 21


@dataclass(frozen=True)
class Scale:
    """Marks that a cell takes: a list, or any number from lowest to highest."""

    marks: tuple[str, ...]
    lowest: str
    highest: str
    are_labels: bool


@dataclass(frozen=True)
class Question:
    """One mark to give."""

    employee_id: str
    rater_id: str
    criterion: str
    person: str
    work: str
    label: str
    guide: str
    scale: Scale


@dataclass(frozen=True)
class RaterSheet:
    """Everything one rater is asked, in the order of the plan."""

    rater_id: str
    rater: str
    questions: tuple[Question, ...]

    @property
    def n_people(self) -> int:
        return len({question.employee_id for question in self.questions})


def ask_raters(prepared: Prepared, plan: LinkPlan) -> tuple[RaterSheet, ...]:
    """Turn the plan into one sheet for each rater, in order of rater."""
    frame = prepared.employees.frame
    ids, names = prepared.employees.ids, frame["name"].tolist()
    work = [
        " · ".join(dict.fromkeys(part for part in parts if part))
        for parts in zip(frame["job_family"], frame["level"], frame["department"], strict=True)
    ]
    name_of = dict(zip(ids, names, strict=True))
    sheets: dict[str, list[Question]] = {}
    for j, i in zip(plan.rater.tolist(), plan.employee.tolist(), strict=True):
        rater_id = prepared.raters[j]
        sheets.setdefault(rater_id, []).extend(
            Question(ids[i], rater_id, criterion.id, names[i] or ids[i], work[i], criterion.label,
                     _guide(criterion, scale), scale)
            for criterion, scale in _criteria_of(prepared, i)
        )  # fmt: skip
    return tuple(
        RaterSheet(rater_id, name_of.get(rater_id) or rater_id, tuple(sheets[rater_id]))
        for rater_id in sorted(sheets)
    )


def _criteria_of(prepared: Prepared, i: int) -> Iterator[tuple[Criterion, Scale]]:
    rubric = prepared.rubrics[int(prepared.rules.rubric_of[i])]
    column = {name: k for k, name in enumerate(prepared.rules.criteria)}
    for criterion in rubric.criteria:
        k = column[criterion.id]
        labels, nulls = prepared.rules.labels[k], prepared.rules.nulls[k]
        yield criterion, _find_scale(rubric, (*(labels or ()), *sorted(nulls)) if labels else ())


def _find_scale(rubric: Rubric, labels: tuple[str, ...]) -> Scale:
    low, high, step = rubric.scale.lowest, rubric.scale.highest, rubric.scale.step
    marks: tuple[str, ...] = ()
    if step and (high - low) / step < _MOST_LISTED:
        marks = tuple(_write(low + n * step) for n in range(int((high - low) / step) + 1))
    return Scale(labels or marks, _write(low), _write(high), bool(labels))


def _guide(criterion: Criterion, scale: Scale) -> str:
    """What the marks mean, in the rubric's own words."""
    labels = " · ".join(scale.marks) if scale.are_labels else ""
    words = "\n".join(f"{_write(mark)}: {text}" for mark, text in sorted(criterion.levels.items()))
    if scale.are_labels:
        return f"{labels}\n{words}" if words else labels
    return words or f"{scale.lowest} (lowest) to {scale.highest} (highest)"


def _write(mark: Decimal | int) -> str:
    whole, rest = divmod(int(Decimal(mark) * MICRO), MICRO)
    return f"{whole}" if not rest else f"{Decimal(mark).normalize():f}"
