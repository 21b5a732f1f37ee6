"""An invented company with a fixed seed, and the ways in which companies differ from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibrate import tables
from calibrate.align.cascade import climb_ladder, trace_goals
from calibrate.align.coverage import Aim, balance_perspectives, cover_outcomes, weigh_goals
from calibrate.config import load_cycle
from calibrate.report import AuditMaterial, CriterionInfo, Material, OutcomeInfo, RubricInfo

NAMES = (
    "Søren Ødegård", "Ελένη Παππά", "Дмитрий Иванов", "ليلى حداد", "נועה לוי", "आरव शर्मा",
    "สมชาย ใจดี", "王小明", "佐藤 花子", "김민준", "Zoë Müller", "José Núñez",
    "Maximiliane-Charlotte Freifrau von Hohenstein-Wittgenburg zu", "O'Brien, Niamh",
    "<b>Bold</b> & Co", "Thandiwe Nkosi", "Łukasz Żak", "Aino Mäkinen",
)  # fmt: skip
LABELS = ("Below", "Developing", "Meets", "Exceeds", "Outstanding")
CUTS = (30.0, 45.0, 65.0, 85.0)
CRITERIA = (
    CriterionInfo("delivery", "Delivery", "40", {"1": "Misses dates.", "5": "Always early."},
                  "Plan the next delivery with a buffer and say when it shrinks."),
    CriterionInfo("craft", "Craft", "25", {}, "Review one piece of work each week with a peer."),
    CriterionInfo("teamwork", "Teamwork", "20", {}, "Ask two colleagues what would help them."),
    CriterionInfo("learning", "Learning", "15", {}, "Pick one skill and show it in six weeks."),
)  # fmt: skip
CYCLE = """
schema: 1
cycle: "2026-H2"
title: "Second half of 2026"
starts_on: 2026-07-01
ends_on: 2026-12-31
inputs:
  ratings: {file: ratings.csv}
  employees: {file: employees.csv}
rubrics: [rubric.yaml]
paper: PAPER
show_suggested: SHOWN
GUIDELINE
"""


def find_band(points: float | None) -> str | None:
    return None if points is None else LABELS[sum(points >= cut for cut in CUTS)]


def load_invented_cycle(folder: Path, *, paper: str, shown: str, has_guideline: bool):
    guide = "guideline: {mode: soft, shares: {Outstanding: [0.05, 0.10], Exceeds: [0.15, 0.25]}}"
    text = CYCLE.replace("PAPER", paper).replace("SHOWN", shown)
    path = folder / "cycle.yaml"
    path.write_text(text.replace("GUIDELINE", guide if has_guideline else ""), encoding="utf-8")
    for name in ("ratings.csv", "employees.csv", "rubric.yaml"):
        (folder / name).write_text("", encoding="utf-8")
    return load_cycle(path)


def invent_employees(n: int, has_managers: bool) -> pd.DataFrame:
    rows = []
    for i in range(n):
        rows.append({
            "employee_id": f"E{i:03d}", "name": NAMES[i % len(NAMES)],
            "manager_id": f"E{(i - 3) // 9 % 3:03d}" if has_managers and i >= 3 else "",
            "department": "Engineering" if i % 2 else "Sales",
            "job_family": "Engineering" if i % 2 else "Sales", "level": f"L{3 + i % 3}",
            "not_rated_reason": "on leave" if i == 5 else "", "location": "", "status": "",
        })  # fmt: skip
    return pd.DataFrame(rows)


def invent_forms(employees: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    ids = list(employees["employee_id"])
    severity = {e: float(s) for e, s in zip(ids, rng.normal(0, 8, len(ids)), strict=True)}
    for i, employee in enumerate(employees.to_dict("records")):
        if i == 5:
            continue
        level = float(rng.normal(56, 14))
        raters = [("self", employee["employee_id"])]
        if employee["manager_id"]:
            raters.append(("manager", employee["manager_id"]))
        peers = [p for p in rng.permutation(ids) if p != employee["employee_id"]]
        raters += [("peer", p) for p in peers[: 2 if i % 6 == 4 else 4]]
        for source, rater in raters:
            points = level - severity[rater] + float(rng.normal(0, 9))
            rows.append({
                "employee_id": employee["employee_id"], "rater_id": rater, "source": source,
                "points": float(np.clip(round(points, 3), 0, 100)), "severity": severity[rater],
                "weight": {"manager": 2.0, "self": 0.0}.get(source, 1.0),
                "scored": source != "self",
            })  # fmt: skip
    return tables.FORMS.conform(pd.DataFrame(rows))


def invent_scores(
    employees: pd.DataFrame, forms: pd.DataFrame, *, is_linked: bool, has_proposals: bool
) -> pd.DataFrame:
    rows = []
    for i, employee in enumerate(employees.to_dict("records")):
        own = forms[(forms["employee_id"] == employee["employee_id"]) & forms["scored"]]
        n = len(own)
        raw = float(np.average(own["points"], weights=own["weight"])) if n else None
        adjusted = float(np.clip(
            np.average(own["points"] + own["severity"], weights=own["weight"]), 0, 100
        )) if n else None  # fmt: skip
        link = "unrated" if not n else ("linked" if is_linked else "unlinked")
        known = bool(n) and is_linked
        pulled = None if adjusted is None else 56 + 0.8 * (adjusted - 56)
        se = 5.0 if known else None
        rows.append({
            "employee_id": employee["employee_id"], "session": employee["department"],
            "unit": employee["department"], "component": 0 if n else None, "n_forms": n,
            "n_raters": n, "raw_score": raw, "adjusted_score": adjusted if known else raw,
            "calibrated_score": pulled if known else raw,
            "pull": pulled - adjusted if known else 0.0 if n else None, "se": se,
            "low": max(pulled - 8.2, 0) if known else None,
            "high": min(pulled + 8.2, 100) if known else None,
            "interval_from": "model" if known else None, "link": link,
            "raw_band": find_band(raw),
            "proposed_band": find_band(min(raw + 6, 100))
            if n and has_proposals and i % 4 else None,
            "suggested_band": find_band(adjusted if known else raw),
            "p_suggested": [0.95, 0.8, 0.6, 0.4][i % 4] if known else None, "final_band": None,
        })  # fmt: skip
    return tables.SCORES.conform(pd.DataFrame(rows))


def invent_raters(forms: pd.DataFrame, *, is_linked: bool) -> pd.DataFrame:
    rows = []
    for rater, own in forms[forms["scored"]].groupby("rater_id"):
        rows.append({
            "rater_id": rater, "component": 0, "n_forms": len(own),
            "n_employees": own["employee_id"].nunique(),
            "severity": float(own["severity"].iloc[0]) if is_linked else None,
            "se": 10 / np.sqrt(len(own)) if is_linked else None,
            "link_strength": min(len(own) / 12, 0.9) if is_linked else 0.0,
            "spread": -0.5 if rater == "E001" else 0.1, "halo": 0.05,
            "finding": "uses a narrow part of the scale" if rater == "E001" else None,
        })  # fmt: skip
    return tables.RATERS.conform(pd.DataFrame(rows))


def invent_criteria(forms: pd.DataFrame, rng: np.random.Generator):
    sources, scores = [], []
    for (employee, source), own in forms.groupby(["employee_id", "source"]):
        for criterion in CRITERIA:
            points = float(np.clip(own["points"].mean() + rng.normal(0, 9), 0, 100))
            sources.append({"employee_id": employee, "criterion": criterion.id, "source": source,
                            "n_forms": len(own), "points": points})  # fmt: skip
    by_source = pd.DataFrame(sources)
    scored = by_source[by_source["source"] != "self"]
    for (employee, criterion), own in scored.groupby(["employee_id", "criterion"]):
        mean = float(own["points"].mean())
        scores.append({"employee_id": employee, "criterion": criterion, "raw_score": mean,
                       "calibrated_score": mean * 0.9 + 5, "se": 4.0, "expected": 50.0,
                       "gap": mean * 0.9 - 45})  # fmt: skip
    return by_source, tables.CRITERION_SCORES.conform(pd.DataFrame(scores))


def invent_distribution(scores: pd.DataFrame, has_guideline: bool) -> pd.DataFrame:
    rows = []
    scopes = [("company", "company", scores)]
    scopes += [("session", str(name), part) for name, part in scores.groupby("session")]
    for scope, scope_id, part in scopes:
        bands = part["proposed_band"].fillna(part["raw_band"]).dropna()
        for label in LABELS:
            n = int((bands == label).sum())
            share = n / len(bands)
            rows.append({
                "scope": scope, "scope_id": scope_id, "band": label, "n": n, "share": share,
                "low": max(share - 0.1, 0), "high": min(share + 0.12, 1),
                "p_value": 0.03 if has_guideline else None,
                "q_value": 0.04 if has_guideline else None,
                "verdict": "outside" if has_guideline else "no_guideline",
            })  # fmt: skip
    return tables.DISTRIBUTION.conform(pd.DataFrame(rows))


def invent_agenda(scores: pd.DataFrame, employees: pd.DataFrame) -> pd.DataFrame:
    rows = []
    levels = dict(zip(employees["employee_id"], employees["level"], strict=True))
    for session, part in scores[scores["raw_score"].notna()].groupby("session"):
        people = sorted(part["employee_id"], key=lambda e: (int(e[1:]) % 3 == 2, levels[e], e))
        for position, employee in enumerate(people, 1):
            open_ = int(employee[1:]) % 3 != 2
            rows.append({
                "session": session, "position": position, "employee_id": employee,
                "reason": "proposed Exceeds, the marks as adjusted say Meets; "
                "the manager marks higher than peers do" if open_
                else "safe to skip: about 93% for this band",
                "rules": "band_differs;manager_higher" if open_ else "",
                "p_change": 0.4 if open_ else 0.07, "minutes": 3.0 if open_ else 0.0,
            })  # fmt: skip
    return tables.AGENDA.conform(pd.DataFrame(rows))


def invent_readiness(employees: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    rated = scores.set_index("employee_id")["raw_score"].notna()
    is_rated = employees["employee_id"].map(rated)
    return tables.READINESS.conform(pd.DataFrame({
        "employee_id": employees["employee_id"], "session": employees["department"],
        "manager_id": employees["manager_id"],
        "status": is_rated.map({True: "rated", False: "not_rated"}),
        "reason": is_rated.map({True: "", False: "given"}),
        "detail": employees["not_rated_reason"], "n_managers": 1, "missing_manager_form": False,
    }))  # fmt: skip


def invent_goals(employees: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for i, employee in enumerate(employees["employee_id"]):
        for k in range(2):
            rows.append({
                "goal_id": f"G{i:03d}{k}", "kind": "person", "goal_type": "kpi",
                "employee_id": employee, "department": "", "parent_id": "", "unit": "hours",
                "due_on": "2026-12-31", "valid_from": "", "valid_to": "", "in_force": 1.0,
                "counts": True, "has_evidence": True,
                "title": ("Cut the time to answer a customer from 9 to 6 hours", "Hire two")[k],
                "outcome": ("grow", "reliability", None)[(i + k) % 3], "weight": 60.0 - 20 * k,
                "present_share": 1.0,
                "attainment": None if (i + k) % 5 == 0 else 0.4 + 0.1 * (i % 9),
            })  # fmt: skip
    return tables.GOALS.conform(pd.DataFrame(rows))


AIMS = (
    Aim("grow", "Grow recurring revenue", "financial", 40, attainment=0.75),
    Aim("reliability", "Keep the service up", "customer", 35, parent="grow", attainment=1.1),
    Aim("people", "Grow our own leaders", "learning", 25),
)


def invent_strategy(goals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Nobody serves the third outcome, and a third of the goals serves none."""
    plain = goals.assign(**{c: goals[c].astype(object).fillna("") for c in (
        "goal_id", "kind", "employee_id", "department", "parent_id", "outcome")})  # fmt: skip
    cascade = trace_goals(plain, {})
    weighed = weigh_goals(plain.assign(reached=plain["outcome"]))
    coverage = cover_outcomes(AIMS, {"grow": 60.0, "reliability": 40.0}, {"grow": 2}, weighed)
    return {
        "coverage": coverage, "cascade": cascade, "balance": balance_perspectives(coverage),
        "ladder": climb_ladder(weighed, coverage["outcome"].astype(object)),
    }  # fmt: skip


@pytest.fixture(scope="session")
def invent(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Material]:
    """A builder of material; each keyword is one way in which a company may differ."""

    def build(
        n: int = 30, *, is_linked: bool = True, has_managers: bool = True,
        has_guideline: bool = True, has_proposals: bool = True, paper: str = "A4",
        shown: str = "after_proposal", has_outcomes: bool = True,
    ) -> Material:  # fmt: skip
        rng = np.random.default_rng(7)
        employees = invent_employees(n, has_managers)
        forms = invent_forms(employees, rng)
        scores = invent_scores(employees, forms, is_linked=is_linked, has_proposals=has_proposals)
        by_source, criterion_scores = invent_criteria(forms, rng)
        variance = pd.DataFrame({
            "term": ["employee", "unit", "rater", "residual"],
            "variance": [100.0, 25.0, 64.0, 81.0], "share": [0.37, 0.09, 0.24, 0.30],
            "se": [12.0, 6.0, 9.0, 4.0], "monte_carlo": 0.0,
        })  # fmt: skip
        frames = {contract.name: contract.empty() for contract in tables.PUBLIC} | {
            "forms": forms, "scores": scores,
            "raters": invent_raters(forms, is_linked=is_linked),
            "criterion_scores": criterion_scores, "variance": tables.VARIANCE.conform(variance),
            "distribution": invent_distribution(scores, has_guideline),
            "agenda": invent_agenda(scores, employees), "goals": invent_goals(employees),
            "readiness": invent_readiness(employees, scores),
            "findings": tables.FINDINGS.empty(), "problems": tables.PROBLEMS.empty(),
        }  # fmt: skip
        if has_outcomes:
            frames |= invent_strategy(frames["goals"])
        n_rated = int(scores["raw_score"].notna().sum())
        readiness = {
            "n_people": n, "n_rated": n_rated, "n_unrated": n - n_rated, "n_forms": len(forms),
            "n_raters": int(forms["rater_id"].nunique()), "n_problems": 0, "n_quarantined": 0,
            "n_notes": 2, "n_linked": n_rated if is_linked else 0, "n_weak": 0,
            "n_unlinked": 0 if is_linked else n_rated, "n_disparity_findings": 1,
        }  # fmt: skip
        outcomes = (
            OutcomeInfo("grow", "Grow recurring revenue", "financial", 40, 0.75),
            OutcomeInfo("reliability", "Keep the service up", "customer", 35, 1.1),
            OutcomeInfo("people", "Grow our own leaders", "learning", 25, None),
        )
        return Material(
            cycle=load_invented_cycle(
                tmp_path_factory.mktemp("cycle"),
                paper=paper, shown=shown, has_guideline=has_guideline,
            ),
            tables=frames, employees=employees,
            rubrics=(RubricInfo("default", "3", "All roles", "ab" * 32, CRITERIA),),
            source_scores=by_source, outcomes=outcomes if has_outcomes else (),
            readiness=readiness, notes=(), run_id="2026-H2-0123456789ab",
        )  # fmt: skip

    return build


GROUPS = {"gender": ("female", "male", "nonbinary"), "ethnicity": ("asian", "black", "white")}


def invent_disparities() -> pd.DataFrame:
    rows = []
    for attribute, groups in {**GROUPS, "gender*ethnicity": ("female*asian", "male*white")}.items():
        for stage in ("raw", "calibrated", "proposed"):
            for measure in ("selection_rate", "lowest_band", "at_or_above:Meets", "mean_score"):
                for k, group in enumerate(groups):
                    reference = groups[-1] if attribute == "ethnicity" else groups[1]
                    rows.append(invent_line(stage, measure, attribute, group, reference, k))
    return tables.DISPARITIES.conform(pd.DataFrame(rows))


def invent_line(stage: str, measure: str, attribute: str, group: str, reference: str, k: int):
    line = dict.fromkeys(tables.DISPARITIES.names)
    is_hidden, is_reference = group == "nonbinary", group == reference
    family = "secondary"
    if measure in ("selection_rate", "lowest_band") and stage == "proposed":
        family = "primary"
    if "*" in attribute:
        family = "exploratory"
    line |= {
        "stage": stage,
        "measure": measure,
        "attribute": attribute,
        "group": group,
        "reference": reference,
        "family": family,
        "suppressed": is_hidden,
        "verdict": "too_few"
        if is_hidden
        else "within"
        if is_reference
        else "beyond"
        if group == "female" and family == "primary"
        else "inconclusive",
    }
    if is_hidden:
        return line
    mean = measure == "mean_score"
    line |= {
        "n": 120 + k,
        "rate": 54.3 if mean else 0.18 + 0.1 * k,
        "low": -4.0 if mean else 0.12,
        "high": 1.5 if mean else 0.27,
        "difference": -1.3,
    }
    if not mean:
        line |= {
            "n_favourable": 22 + 12 * k,
            "ratio": 1.0 if is_reference else 0.64 + 0.3 * k,
            "ratio_low": 0.41 + 0.2 * k,
            "ratio_high": 0.98 + 0.4 * k,
            "impact_ratio": 0.64,
            "detectable_ratio": 0.55,
            "detectable_difference": -0.13,
            "shortfall": 11.6,
        }
    if not is_reference:
        line |= {"p_value": 0.0123, "p_clustered": 0.0211, "q_value": 0.0422}
    return line


@pytest.fixture
def audit() -> AuditMaterial:
    groups = pd.DataFrame([
        {"attribute": a, "group": g, "n_people": None if g == "nonbinary" else 130,
         "n_rated": None if g == "nonbinary" else 121,
         "n_not_rated": None if g == "nonbinary" else 9, "suppressed": g == "nonbinary"}
        for a, members in GROUPS.items() for g in members
    ])  # fmt: skip
    findings = pd.DataFrame([{
        "finding_id": "disparity-gender-female", "kind": "disparity", "scope": "group",
        "scope_id": "gender=female", "level": "look",
        "headline": "Women are in the favourable bands less often than men.",
        "evidence": "22 of 120 against 34 of 121; ratio 0.64, 95% range 0.41 to 0.98, q 0.042.",
    }])  # fmt: skip
    return AuditMaterial(
        tables={"disparities": invent_disparities(), "groups": groups,
                "findings": tables.FINDINGS.conform(findings)}, scores_sha256="cd" * 32,
        rescored_sha256="cd" * 32,
        input_hashes=(("employees.csv", "01" * 32), ("ratings.csv", "23" * 32)),
        rule_pack={"id": "us-2026", "version": 1, "status": "Technical bounds.", "alpha": 0.05,
                   "sources": [{"title": "A text", "dated": "1978-08-25", "used_for": "bound"}]},
        cross_check=2.2e-16,
    )  # fmt: skip


@pytest.fixture
def name_one(invent: Callable[..., Material]) -> Callable[[str], Material]:
    """Material in which the first person bears a given name."""

    def build(name: str) -> Material:
        material = invent()
        employees = material.employees.copy()
        employees.loc[employees["employee_id"] == "E003", "name"] = name
        return replace(material, employees=employees)

    return build
