"""Everything a run knows of one person, exact, before it is decided who may see what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from calibrate.bands import SMALL_COMPANY
from calibrate.config import SOURCES
from calibrate.effects import declare_shares, effective_shares
from calibrate.errors import IntegrityError
from calibrate.explain.explanation import Share
from calibrate.explain.read import Row, Run
from calibrate.report.words import Display

#: Largest difference between a score and the sum of its parts, points: 12 digits are kept.
TINY = 1e-6
ADJUSTED_LINKS = ("linked", "weak")


@dataclass(frozen=True)
class Evidence:
    """A person's rows, and what of the whole run they need.

    Parameters
    ----------
    score, readiness
        The person's rows; an empty readiness where there is none.
    forms
        The person's forms in the order of the sources, manager first.
    criteria
        Rows of ``criterion_scores``.
    level : points by source
        What lies in the source and not in the person; 0 where it is not known.
    residual : points squared by source
        Noise of one form; ``None`` where it is not known.
    variance : points squared by term
    n_rated
        People with a score in the run.
    person
        The row of ``people``.
    labels : criterion to what packets call it
    """

    run: Run
    score: Row
    readiness: Row
    forms: tuple[Row, ...]
    criteria: tuple[Row, ...]
    level: dict[str, float]
    residual: dict[str, float | None]
    variance: dict[str, float | None]
    n_rated: int
    person: Row
    labels: dict[str, str]

    @property
    def link(self) -> str:
        return str(self.score["link"])

    @property
    def is_rated(self) -> bool:
        return self.score["raw_score"] is not None

    @property
    def is_adjusted(self) -> bool:
        return self.link in ADJUSTED_LINKS

    @property
    def follows_raw(self) -> bool:
        """Is the suggested band the raw one?"""
        return self.link != "linked" or self.n_rated < SMALL_COMPANY

    @cached_property
    def scored(self) -> tuple[Row, ...]:
        return tuple(form for form in self.forms if form["scored"])

    @cached_property
    def total_weight(self) -> float:
        return sum(float(form["weight"]) for form in self.scored)

    @cached_property
    def display(self) -> Display:
        scale = self.run.configuration["display_scale"]
        return Display(float(scale["lowest"]), float(scale["highest"]))

    @property
    def min_peers(self) -> int:
        return int(self.run.configuration["privacy"]["min_peers"])

    def share(self, form: Row) -> float:
        """Share of a scored form in the raw score."""
        return float(form["weight"]) / self.total_weight

    def put_on(self, form: Row) -> tuple[float, float]:
        """Points that severity and source level put on a form when they are taken out."""
        if not self.is_adjusted:
            return 0.0, 0.0
        return float(form["severity"]), -self.level[str(form["source"])]

    def list_shares(self) -> tuple[Share, ...]:
        """Declared and effective share of each source in this person's score."""
        source = np.array([SOURCES.index(str(form["source"])) for form in self.scored], np.int64)
        if not len(source):
            return ()
        nobody = np.zeros(len(source), np.int64)
        weight = np.array([float(form["weight"]) for form in self.scored])
        noise = [self.residual.get(name) for name in SOURCES]
        residual = np.array([np.nan if value is None else value for value in noise])
        tau = self.variance.get("employee_source") or 0.0
        declared = declare_shares(nobody, source, weight, 1)[0]
        effective = np.full(len(SOURCES), np.nan)
        if self.is_adjusted:
            effective = effective_shares(nobody, source, residual, tau, 1)[0]
        return tuple(
            Share(name, float(declared[s]), None if np.isnan(effective[s]) else float(effective[s]))
            for s, name in enumerate(SOURCES)
            if (source == s).any()
        )


def gather_evidence(run: Run, employee_id: str) -> Evidence:
    """Read what a run knows of one person, and hold the scores against their parts.

    Raises
    ------
    RunError
        If nobody has that id.
    IntegrityError
        If a file was changed, or a score is not the sum of its parts.
    """
    score = run.find_person(employee_id)
    person = run.read_rows("people", employee_id)[0]
    place = {source: at for at, source in enumerate(SOURCES)}
    forms = run.read_rows("forms", employee_id)
    sources = run.read_rows("sources")
    evidence = Evidence(
        run=run,
        score=score,
        readiness=next(iter(run.read_rows("readiness", employee_id)), {}),
        forms=tuple(sorted(forms, key=lambda f: (place[f["source"]], str(f["rater_id"])))),
        criteria=tuple(run.read_rows("criterion_scores", employee_id)),
        level={row["source"]: float(row["level"] or 0.0) for row in sources},
        residual={row["source"]: row["residual"] for row in sources},
        variance={row["term"]: row["variance"] for row in run.read_rows("variance")},
        person=person,
        labels={
            str(row["criterion"]): str(row["label"])
            for row in run.read_rows("criteria")
            if row["rubric"] == person["rubric"]
        },
        n_rated=sum(raw is not None for raw in run.read_column("scores", "raw_score")),
    )
    if evidence.is_rated:
        _hold_sums(evidence)
    return evidence


def _hold_sums(evidence: Evidence) -> None:
    raw = sum(evidence.share(form) * float(form["points"]) for form in evidence.scored)
    adjusted = raw + sum(
        evidence.share(form) * sum(evidence.put_on(form)) for form in evidence.scored
    )
    score = evidence.score
    for name, parts in (("raw_score", raw), ("adjusted_score", adjusted)):
        if abs(parts - float(score[name])) > TINY:
            raise IntegrityError(
                f"{evidence.run.folder}: the forms of {score['employee_id']} give "
                f"{parts:.6f} points and {name} is {float(score[name]):.6f}; "
                "please report this, no figure of it is shown"
            )
