"""Gaps within managers, and every manager's removal against a whole audit without the team."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from calibrate.audit import (
    AttributeTable,
    AuditResult,
    AuditSettings,
    Background,
    FormEvidence,
    Population,
    audit_population,
)
from calibrate.audit import dependence_removal as removal
from calibrate.audit.dependence_removal import find_threshold
from calibrate.audit.metrics import compute_hedges_g
from calibrate.audit.parts import PARTS
from calibrate.bands.guideline import false_discovery_rate
from calibrate.config import MICRO
from calibrate.report.document import Bullets, Paragraph, Section, Table, walk
from calibrate.report.material import AuditMaterial
from calibrate.report.views.audit_parts.dependence import build_dependence as build_section

MakeSettings = Callable[..., AuditSettings]


def tables_of(section: Section) -> list[Table]:
    return [block for block in walk(section.blocks) if isinstance(block, Table)]


def said_in(section: Section) -> list[str]:
    sentences: list[str] = []
    for block in walk(section.blocks):
        if isinstance(block, Paragraph):
            sentences.append(block.text)
        elif isinstance(block, Bullets):
            sentences += block.items
    return sentences


@pytest.fixture(autouse=True)
def _this_part_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = tuple(part for part in PARTS if part.contract.name == "dependence")
    monkeypatch.setattr("calibrate.audit.disparities.PARTS", alone)


def make_company(
    rng: np.random.Generator, people: int, managers: int, rates: tuple[float, float]
) -> tuple[Population, AttributeTable]:
    """Two attributes, teams with rates of their own, and a gap of the first attribute."""
    manager = rng.integers(-1, managers, people).astype(np.int64)
    gender = (rng.random(people) < 0.4).astype(int)
    shift = rng.normal(0, 0.08, managers + 1)[manager]
    chance = np.clip(np.array(rates)[gender] + shift, 0.02, 0.9)
    draw = rng.random(people)
    band = np.where(draw < chance, 2, np.where(draw > 0.92, 0, 1)).astype(np.int64)
    points = ((band * 30 + 20 + rng.integers(-9, 10, people)) * MICRO).astype(np.int64)
    ids = tuple(f"E{i:05d}" for i in range(people))
    site = rng.choice(["n", "s", "w"], people)
    groups = {e: ("fm"[g], str(s)) for e, g, s in zip(ids, gender, site, strict=True)}
    population = Population(
        ids, np.ones(people, bool), manager, ("Low", "Mid", "High"), (40 * MICRO, 70 * MICRO),
        {"raw": points}, {"raw": band},
    )  # fmt: skip
    return population, AttributeTable(("gender", "site"), groups)


def leave_out(population: Population, code: int) -> Population:
    kept = population.manager != code
    return Population(
        tuple(e for e, keep in zip(population.employee_ids, kept, strict=True) if keep),
        population.rated[kept], population.manager[kept], population.band_labels,
        population.cuts_micro, {k: v[kept] for k, v in population.scores.items()},
        {k: v[kept] for k, v in population.bands.items()},
    )  # fmt: skip


def larger_p(rows: pd.DataFrame) -> np.ndarray:
    return np.fmax(rows["p_value"].to_numpy(float), rows["p_clustered"].to_numpy(float))


def largest_p(rows: pd.DataFrame) -> np.ndarray:
    return np.fmax(larger_p(rows), rows["p_null_imposed"].to_numpy(float))


def pick(result: AuditResult, **wanted: str) -> pd.Series:
    table = result.tables["dependence"]
    for column, value in wanted.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def is_beyond_without(
    whole: pd.DataFrame, part: pd.DataFrame, line: pd.Series, standardised: float
) -> bool:
    """The rule for one line of a smaller audit, the other p-values of the family held."""
    key = ["stage", "measure", "attribute", "group"]
    at = (whole[key] == line[key].to_numpy()).all(axis=1).to_numpy()
    again = part[(part[key] == line[key].to_numpy()).all(axis=1)]
    if again["verdict"].iloc[0] in ("too_few", "not_computable"):
        return False
    family = (whole["family"] == line["family"]).to_numpy()
    q = 0.0
    for p_of in (larger_p, largest_p):
        p = p_of(whole)
        p[at] = p_of(again)[0]
        q = max(q, false_discovery_rate(np.where(family, p, np.nan))[at][0])
    if line["measure"] == "mean_score":
        return bool(q <= 0.05 and abs(standardised) >= 0.2)
    return bool(q <= 0.05 and not 0.8 <= float(again["ratio"].iloc[0]) <= 1.25)


def standardise(population: Population, attributes: AttributeTable, line: pd.Series) -> float:
    """Hedges' g of one line, from the people."""
    aligned = attributes.aligned_to(population.employee_ids)
    name = line["attribute"]
    labels, codes = np.array(aligned.labels[name]), aligned.codes[name]
    points = population.scores["raw"] / MICRO
    sides = [points[labels[codes] == label] for label in (line["group"], line["reference"])]
    figures = [v for side in sides for v in (float(side.var(ddof=1)), len(side))]
    return compute_hedges_g(float(sides[0].mean() - sides[1].mean()), *figures).g


@pytest.mark.parametrize(("seed", "rates"), [(5, (0.3, 0.2)), (9, (0.3, 0.2))])
def test_every_removal_is_what_an_audit_without_the_team_says(
    make_settings: MakeSettings, seed: int, rates: tuple[float, float]
) -> None:
    # Named, because the largest group may be another one without a team.
    settings = make_settings(references={"gender": "m", "site": "n"})
    population, attributes = make_company(np.random.default_rng(seed), 420, 14, rates)
    whole = audit_population(population, attributes, settings)
    parts = [leave_out(population, code) for code in range(14)]
    without = [audit_population(part, attributes, settings).disparities for part in parts]
    rows = whole.disparities
    lines = rows[rows["measure"].isin(["selection_rate", "lowest_band", "mean_score"])]
    found = 0
    for _, line in lines[lines["q_value"] <= 1].iterrows():
        was = line["verdict"] == "beyond"
        expected = [
            is_beyond_without(rows, again, line, standardise(part, attributes, line)) != was
            for part, again in zip(parts, without, strict=True)
        ]
        told = pick(whole, measure=line["measure"], attribute=line["attribute"],
                    group=line["group"])  # fmt: skip
        assert told["n_reversing"] == sum(expected)
        first = min((str(code) for code, is_so in enumerate(expected) if is_so), default=None)
        assert told["reverses_without"] == first if first else pd.isna(told["reverses_without"])
        found += sum(expected)
    # The worlds are chosen near the bounds: some removals do reverse.
    assert found > 0


@pytest.mark.parametrize("seed", range(4))
def test_quick_statistics_never_decide_otherwise_than_exact_ones(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = np.random.default_rng(100 + seed)
    people = make_company(rng, 3000, 400, (0.3, (0.24, 0.235, 0.23, 0.2)[seed]))
    settings = make_settings()
    quick = audit_population(*people, settings).tables["dependence"]
    monkeypatch.setattr(removal, "CLEAR", (0.0, np.inf))
    exact = audit_population(*people, settings).tables["dependence"]
    pd.testing.assert_frame_equal(quick, exact)


def test_the_threshold_is_where_benjamini_and_hochberg_turns() -> None:
    rng = np.random.default_rng(8)
    for _ in range(300):
        others = rng.random(rng.integers(0, 12)) ** rng.choice([1, 4])
        t = find_threshold(others, 0.05)
        just = [false_discovery_rate(np.append(others, p))[-1] for p in (t * (1 - 1e-9), t + 1e-9)]
        assert just[0] <= 0.05 < just[1]


def test_within_and_between_by_hand(make_settings: MakeSettings) -> None:
    # Manager 0: f 2 of 10 on top, m 4 of 10. Manager 1: f 6 of 30, m 4 of 10. Manager 2: m 8 of 20.
    teams = [(0, "f", 2, 10), (0, "m", 4, 10), (1, "f", 6, 30), (1, "m", 4, 10), (2, "m", 8, 20)]
    manager, group, band = [], [], []
    for code, label, top, size in teams:
        manager += [code] * size
        group += [label] * size
        band += [2] * top + [1] * (size - top)
    population, attributes = type_people(manager, group, band)
    settings = make_settings(references={"gender": "m"})
    line = pick(audit_population(population, attributes, settings), measure="selection_rate")
    # Weights 10*10/20 = 5 and 30*10/40 = 7.5; both teams have a gap of -0.2.
    assert line["gap_within"] == pytest.approx(-0.2, abs=1e-15)
    assert line["gap"] == pytest.approx(8 / 40 - 16 / 40, abs=1e-15)
    assert line["gap_between"] == pytest.approx(0.0, abs=1e-15)
    assert (line["n_managers"], line["n_compared"]) == (2, 60)
    # Sums of y1 n0/n = 2*10/20 + 6*10/40 = 2.5 over y0 n1/n = 4*10/20 + 4*30/40 = 5.
    assert line["ratio_within"] == pytest.approx(0.5, abs=1e-15)
    # V = 10*10/(20*19) (6 - 36/20) + 30*10/(40*39) (10 - 100/40); one test in the family.
    null_se = (100 / 380 * 4.2 + 300 / 1560 * 7.5) ** 0.5 / 12.5
    z_found = norm.ppf(0.975) + norm.ppf(0.8)
    assert line["detectable_within"] == pytest.approx(z_found * null_se, rel=1e-12)
    # Managers agree entirely, so that nothing is left between them.
    assert (line["within_low"], line["within_high"]) == pytest.approx((-0.2, -0.2), abs=1e-12)


def type_people(
    manager: list[int], group: list[str], band: list[int]
) -> tuple[Population, AttributeTable]:
    ids = tuple(f"E{i:05d}" for i in range(len(band)))
    population = Population(
        ids, np.ones(len(ids), bool), np.array(manager), ("Low", "Mid", "High"), (1, 2), {},
        {"raw": np.array(band, np.int64)},
    )  # fmt: skip
    return population, AttributeTable(
        ("gender",), {e: (g,) for e, g in zip(ids, group, strict=True)}
    )


def test_where_nobody_differs_under_a_manager_there_is_no_interval(
    make_settings: MakeSettings,
) -> None:
    manager = [0] * 24 + [1] * 24
    people = type_people(manager, ["f", "m"] * 24, [2] * 24 + [1] * 24)
    line = pick(audit_population(*people, make_settings()), measure="selection_rate")
    assert (line["gap_within"], line["test_within"]) == (0.0, "none")
    assert line[["within_low", "within_high", "p_within"]].isna().all()


def test_a_gap_of_strict_managers_lies_between_them(make_settings: MakeSettings) -> None:
    # Strict manager: 1 in 10 on top, of 20 f and 10 m; lenient: 5 in 10, of 10 f and 20 m.
    manager = [0] * 30 + [1] * 30
    group = ["f"] * 20 + ["m"] * 10 + ["f"] * 10 + ["m"] * 20
    band = [2] * 2 + [1] * 18 + [2] + [1] * 9 + [2] * 5 + [1] * 5 + [2] * 10 + [1] * 10
    settings = make_settings(references={"gender": "m"})
    line = pick(
        audit_population(*type_people(manager, group, band), settings), measure="selection_rate"
    )
    assert line["gap_within"] == pytest.approx(0.0, abs=1e-15)
    assert line["gap_between"] == pytest.approx(7 / 30 - 11 / 30, abs=1e-15)
    assert line["p_within"] == pytest.approx(1.0, abs=0.1)


def test_the_sum_of_both_parts_is_the_gap(make_settings: MakeSettings) -> None:
    people = make_company(np.random.default_rng(4), 500, 40, (0.3, 0.2))
    table = audit_population(*people, make_settings()).tables["dependence"]
    told = table[table["within"] == "told"]
    assert {"mean_score", "selection_rate", "lowest_band"} == set(told["measure"])
    assert (told["gap_within"] + told["gap_between"]).to_numpy(float) == pytest.approx(
        told["gap"].to_numpy(float), abs=1e-12
    )


def test_too_few_under_managers_with_both_hides_the_split(make_settings: MakeSettings) -> None:
    # Managers 0 and 1 have one group each; manager 2 has 3 of f and 4 of m.
    manager = [0] * 30 + [1] * 30 + [2] * 7
    group = ["f"] * 30 + ["m"] * 30 + ["f"] * 3 + ["m"] * 4
    band = [2, 1, 0] * 22 + [1]
    settings = make_settings(references={"gender": "m"})
    line = pick(
        audit_population(*type_people(manager, group, band), settings), measure="selection_rate"
    )
    assert line["within"] == "too_few"
    hidden = ["gap_within", "gap_between", "p_within", "n_managers", "n_compared", "mh_odds_ratio"]
    assert line[hidden].isna().all()
    assert line["n"] == 33


def test_the_page_shows_dashes_and_words_where_nothing_is_told(
    make_settings: MakeSettings,
) -> None:
    manager = [0] * 30 + [1] * 30 + [2] * 7
    group = ["f"] * 30 + ["m"] * 30 + ["f"] * 3 + ["m"] * 4
    population, attributes = type_people(manager, group, [2, 1, 0] * 22 + [1])
    background = build_background(67, is_fitted=False, link="unlinked")
    tables = audit_population(
        replace(population, background=background), attributes, make_settings()
    ).tables
    audit = AuditMaterial(tables, "", "", (), {}, None)
    (section,) = build_section(None, audit)  # type: ignore[arg-type]
    assert said_in(section)[0].startswith("Strict raters cannot be told from weak teams")
    cells = [str(cell) for row in tables_of(section)[0].rows for cell in row.cells]
    assert "too few" in cells
    assert not any(word in cell for cell in cells for word in ("nan", "None", "NA"))


def test_a_small_group_keeps_its_line_and_loses_its_figures(make_settings: MakeSettings) -> None:
    manager, group = [0, 1] * 20, ["f"] * 8 + ["m"] * 32
    people = type_people(manager, group, [2, 1] * 20)
    line = pick(audit_population(*people, make_settings()), measure="selection_rate")
    assert line["suppressed"]
    assert line[["n", "gap", "p_value", "gap_within", "n_reversing"]].isna().all()


def test_without_managers_the_table_is_empty(make_settings: MakeSettings) -> None:
    population, attributes = type_people([0, 1] * 30, ["f", "m", "m"] * 20, [2, 1] * 30)
    population = replace(population, manager=None)
    assert not len(audit_population(population, attributes, make_settings()).tables["dependence"])


def test_without_attributes_there_is_nothing_to_split(make_settings: MakeSettings) -> None:
    population, _ = type_people([0, 1] * 30, ["f", "m", "m"] * 20, [2, 1] * 30)
    result = audit_population(population, AttributeTable((), {}), make_settings())
    assert not len(result.tables["dependence"])


def build_background(n: int, *, is_fitted: bool, link: str) -> Background:
    nobody = np.zeros(0, np.int64)
    forms = FormEvidence(
        nobody, nobody, np.zeros(0, object), np.zeros(0), np.zeros(0), nobody > 0, (),
        np.zeros((0, 0)), nobody,
    )  # fmt: skip
    return Background(
        strata={}, controls=(), manager_ids=tuple(f"M{code:02d}" for code in range(40)),
        link=np.full(n, link, object), n_forms=np.ones(n, np.int64), adjusted=np.zeros(n),
        probabilities=np.zeros((n, 3)), forms=forms, is_fitted=is_fitted,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("is_fitted", "link", "leads"),
    [
        (True, "linked", False),
        (True, "unlinked", True),
        (True, "weak", True),
        (False, "linked", True),
    ],
)
def test_the_gap_within_managers_leads_where_nothing_is_linked(
    make_settings: MakeSettings, is_fitted: bool, link: str, leads: bool
) -> None:
    population, attributes = make_company(np.random.default_rng(6), 900, 40, (0.4, 0.15))
    background = build_background(900, is_fitted=is_fitted, link=link)
    result = audit_population(
        replace(population, background=background), attributes,
        make_settings(references={"gender": "f"}),
    )  # fmt: skip
    findings = result.findings.set_index("finding_id")
    assert ("dependence:within" in findings.index) is leads
    look = "dependence:within:raw:selection_rate:gender:m"
    assert (look in findings.index) is leads
    if leads:
        assert findings.loc["dependence:within", "level"] == "note"
        assert findings.loc[look, "level"] == "look"


@pytest.mark.parametrize(("rates", "amount", "nobody"), [((0.4, 0.0), "fewer", "m"),
                                                         ((0.0, 0.4), "more", "f")])  # fmt: skip
def test_a_group_of_whom_nobody_is_counted_under_any_manager_is_not_passed_over(
    make_settings: MakeSettings, rates: tuple[float, float], amount: str, nobody: str
) -> None:
    population, attributes = make_company(np.random.default_rng(6), 900, 40, rates)
    is_nobody = attributes.aligned_to(population.employee_ids).codes["gender"] == "fm".index(nobody)
    band = np.where(is_nobody, np.minimum(population.bands["raw"], 1), population.bands["raw"])
    background = build_background(900, is_fitted=False, link="unlinked")
    result = audit_population(
        replace(population, bands={"raw": band}, background=background), attributes,
        make_settings(references={"gender": "f"}),
    )  # fmt: skip
    found = result.findings.set_index("finding_id").loc[
        "dependence:within:raw:selection_rate:gender:m"
    ]
    assert found["level"] == "look"
    assert f"{amount} of the group 'm'" in found["headline"]
    assert f"nobody of '{nobody}'" in found["evidence"]


def test_a_manager_who_decides_is_named_and_no_figure_without_the_team_is(
    make_settings: MakeSettings,
) -> None:
    # 19 even teams of 2 f (1 on top) and 2 m (1 on top); one large team with the whole gap:
    # its 12 f are never on top, its 12 m always. More small teams of one gap let the rest speak.
    manager, group, band = [], [], []
    for code in range(19):
        manager += [code] * 4
        group += ["f", "f", "m", "m"]
        band += [2, 1, 2, 1]
    manager += [19] * 24
    group += ["f"] * 12 + ["m"] * 12
    band += [1] * 12 + [2] * 12
    population, attributes = type_people(manager, group, band)
    background = build_background(100, is_fitted=True, link="linked")
    result = audit_population(
        replace(population, background=background), attributes,
        make_settings(references={"gender": "m"}),
    )  # fmt: skip
    line = pick(result, measure="selection_rate")
    # The clustered p already says that one team has it all: not beyond, so nothing reverses.
    assert line["p_value"] < 0.05 < line["p_clustered"]
    assert line["n_reversing"] == 0


def test_a_verdict_that_hangs_on_a_manager_is_a_finding_without_figures(
    make_settings: MakeSettings,
) -> None:
    population, attributes = make_company(np.random.default_rng(5), 420, 14, (0.3, 0.2))
    background = build_background(420, is_fitted=True, link="linked")
    settings = make_settings(references={"gender": "m", "site": "n"})
    result = audit_population(replace(population, background=background), attributes, settings)
    line = pick(result, measure="selection_rate", group="f")
    findings = result.findings.set_index("finding_id")
    finding = findings.loc["dependence:removal:raw:selection_rate:gender:f"]
    assert finding["level"] == "note"
    assert line["reverses_without"] in finding["evidence"]
    assert "%" not in finding["evidence"]
    assert "." not in finding["evidence"].replace(". ", " ").rstrip(".")
    for is_distributed in (False, True):
        audit = AuditMaterial(result.tables, "", "", (), {}, None, is_distributed=is_distributed)
        (section,) = build_section(None, audit)  # type: ignore[arg-type]
        said = " ".join(said_in(section))
        assert "without the people of one manager" in said
        assert (line["reverses_without"] in said) is not is_distributed
