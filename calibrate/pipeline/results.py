"""Scores beside the attainment of goals, as the table of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.group_means import FEWEST, average_alike
from calibrate.align.results import (
    FEWEST_COMPARED,
    FEWEST_RANKED,
    Correlation,
    Expectation,
    compare_results,
    correlate,
    expect_scores,
)
from calibrate.language import _
from calibrate.pipeline.stages import Scored
from calibrate.pipeline.teams import Teams
from calibrate.tables import RESULTS

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def tabulate_results(scored: Scored, teams: Teams) -> pd.DataFrame:
    """Company, departments, teams and people: are those rated higher who reached more?"""
    people, level = scored.effects.employees, scored.prepared.cycle.effects.interval
    is_told = (people.link == "linked") | (people.link == "weak")
    score = np.where(is_told, people.adjusted, people.raw)
    reached = teams.attainment
    known = np.isfinite(score) & np.isfinite(reached)
    if not known.any():
        return RESULTS.empty()
    score, reached = np.where(known, score, np.nan), np.where(known, reached, np.nan)
    expectation = expect_scores(score, reached, level)
    departments, of = code_departments(scored)
    blocks = [
        _describe_company(score, reached),
        _describe_departments(score, reached, expectation, departments, of, level),
        _describe_teams(scored, teams, score, reached, expectation),
        _describe_people(scored, score, reached, expectation),
    ]
    blank = {column.name: "" if column.kind == "text" else np.nan for column in RESULTS.columns}
    whole = pd.concat([b.assign(**{k: v for k, v in blank.items() if k not in b}) for b in blocks])
    return RESULTS.conform(whole)


def code_departments(scored: Scored) -> tuple[tuple[str, ...], IntArray]:
    """Names of the departments and the code of each person's; -1 without one."""
    employees = scored.prepared.employees
    if "department" not in employees.declared:
        return (), np.full(len(employees.ids), -1, np.int64)
    column = np.array(employees.column("department"), dtype=object)
    names = tuple(sorted({str(name) for name in column if name}))
    place = {name: code for code, name in enumerate(names)}
    return names, np.array([place.get(str(name), -1) for name in column], np.int64)


def _describe_company(score: FloatArray, reached: FloatArray) -> pd.DataFrame:
    found = correlate(score, reached)
    follows = found.low > 0
    return pd.DataFrame(
        [
            {
                "scope": "company", "scope_id": "", "n": int(np.isfinite(score).sum()),
                "score": np.nanmean(score), "attainment": np.nanmean(reached),
                **_write(found), "verdict": "in_line" if follows else "not_told",
                "reason": _say_company(found, int(np.isfinite(score).sum())),
            }
        ]
    )  # fmt: skip


def _write(found: Correlation) -> dict[str, float]:
    return {
        "correlation": found.value, "correlation_low": found.low,
        "correlation_high": found.high, "detectable": found.detectable,
    }  # fmt: skip


def _say_company(found: Correlation, n: int) -> str:
    if n < FEWEST_RANKED:
        return _("fewer than {n} people have a score and goals with a result", n=FEWEST_RANKED)
    if np.isnan(found.value):
        return _("all have the same score, or all reached the same")
    if found.low > 0:
        return _("people who reached more are rated higher; association only")
    if found.high < 0:
        return _("people who reached more are rated lower; association only")
    return _("it cannot be told whether people who reached more are rated higher")


def _describe_departments(
    score: FloatArray,
    reached: FloatArray,
    expectation: Expectation,
    names: Sequence[str],
    of: IntArray,
    level: float,
) -> pd.DataFrame:
    frame = _describe_groups(score, reached, expectation, names, of, level)
    found = [_write(correlate(score[of == g], reached[of == g])) for g in range(len(names))]
    there = [bool(np.isfinite(score[of == g]).any()) for g in range(len(names))]
    kept = pd.DataFrame(found, columns=list(_write(correlate(score[:0], reached[:0]))))[there]
    return pd.concat([frame.assign(scope="department"), kept.reset_index(drop=True)], axis=1)


def _describe_teams(
    scored: Scored, teams: Teams, score: FloatArray, reached: FloatArray, expectation: Expectation
) -> pd.DataFrame:
    level = scored.prepared.cycle.effects.interval
    frame = _describe_groups(score, reached, expectation, teams.managers, teams.of, level)
    is_unlinked = (scored.effects.employees.link == "unlinked") & (teams.of >= 0)
    unlinked = {teams.managers[code] for code in np.unique(teams.of[is_unlinked])}
    cause = np.where(frame["scope_id"].isin(unlinked), "manager_or_team", "severity_told")
    return frame.assign(scope="team", cause=cause)


def _describe_groups(
    score: FloatArray,
    reached: FloatArray,
    expectation: Expectation,
    names: Sequence[str],
    of: IntArray,
    level: float,
) -> pd.DataFrame:
    n_groups = len(names)
    means, verdict = compare_results(expectation, of, n_groups, level)
    beside = average_alike(reached, of, n_groups, level)
    points = average_alike(score, of, n_groups, level)
    is_compared = bool(np.isfinite(expectation.residual).any())
    frame = pd.DataFrame(
        {
            "scope_id": list(names), "n": points.n, "score": points.mean,
            "attainment": beside.mean, "attainment_low": beside.low,
            "attainment_high": beside.high, "expected": points.mean - means.mean,
            "difference": means.mean, "low": means.low, "high": means.high, "verdict": verdict,
            "reason": [_say_group(str(v), int(n), is_compared)
                       for v, n in zip(verdict, points.n, strict=True)],
        }
    )  # fmt: skip
    return frame[frame["n"] > 0].reset_index(drop=True)


def _say_group(verdict: str, n: int, is_compared: bool) -> str:
    if verdict == "higher":
        return _("rated higher than the results of these people suggest")
    if verdict == "lower":
        return _("rated lower than the results of these people suggest")
    if verdict == "in_line":
        return ""
    if not is_compared:
        return _say_not_compared()
    if n < FEWEST:
        return _("fewer than {n} people with a score and goals with a result", n=FEWEST)
    return _("too few people or groups to compare with")


def _say_not_compared() -> str:
    return _(
        "fewer than {n} people have a score and goals with a result, or all have the same",
        n=FEWEST_COMPARED,
    )


def _describe_people(
    scored: Scored, score: FloatArray, reached: FloatArray, expectation: Expectation
) -> pd.DataFrame:
    rows = np.flatnonzero(np.isfinite(score))
    said = {"higher": _("rated higher than people who reached as much of their goals"),
            "lower": _("rated lower than people who reached as much of their goals"),
            "in_line": "", "not_told": _say_not_compared()}  # fmt: skip
    ids = np.array(scored.prepared.employees.ids, dtype=object)
    parts: dict[str, Any] = {
        "expected": expectation.expected, "difference": expectation.difference,
        "low": expectation.low, "high": expectation.high, "verdict": expectation.verdict,
    }  # fmt: skip
    return pd.DataFrame(
        {
            "scope": "person", "scope_id": ids[rows], "n": 1, "score": score[rows],
            "attainment": reached[rows], **{name: part[rows] for name, part in parts.items()},
            "reason": [said[str(v)] for v in expectation.verdict[rows]],
        }
    )  # fmt: skip


def list_against(results: pd.DataFrame, employee_ids: Sequence[str]) -> Iterator[str]:
    """Verdict of each person, in order; empty without a score or result."""
    own = results[results["scope"] == "person"]
    verdict = dict(zip(own["scope_id"], own["verdict"], strict=True))
    return (str(verdict.get(name, "")) for name in employee_ids)
