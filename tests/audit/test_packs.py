"""Rule packs: their texts, New York City's table counted by hand, and what is to be documented."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import (
    AttributeTable,
    AuditResult,
    AuditSettings,
    Population,
    audit_population,
    load_rules,
)
from calibrate.audit.ll144 import Counted, find_categories, name_types, tabulate_ll144
from calibrate.audit.policy import list_packs
from calibrate.config import Cycle
from calibrate.errors import InputError
from calibrate.report.document import Paragraph, Section, Table, walk
from calibrate.report.views.audit_parts.packs import build_pack_sections

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]

CITY = load_rules("nyc-ll144")
FORBIDDEN = re.compile(r"\b(un)?fair(ness)?\b|\bunbiased\b|\bdebiased\b|\bcompliant\b", re.I)


def tables_of(section: Section) -> list[Table]:
    return [block for block in walk(section.blocks) if isinstance(block, Table)]


def said_in(section: Section) -> list[str]:
    return [block.text for block in walk(section.blocks) if isinstance(block, Paragraph)]


def pick(result: AuditResult, category: str, stage: str = "raw") -> pd.Series:
    table = result.tables["ll144"]
    (row,) = table[(table["category"] == category) & (table["stage"] == stage)].to_dict("records")
    return pd.Series(row)


@pytest.mark.parametrize("name", list_packs())
def test_each_pack_says_what_it_is_and_draws_no_legal_conclusion(name: str) -> None:
    pack = load_rules(name)
    assert pack.id == name
    assert pack.version >= 1
    assert date.fromisoformat(pack.legal_text_as_of)
    assert pack.jurisdiction
    assert pack.caveats
    assert all(date.fromisoformat(source["dated"]) for source in pack.sources)
    texts = [pack.title, pack.status, *(c.text for c in pack.caveats)]
    texts += [duty.requirement for duty in pack.obligations]
    assert not [text for text in texts if FORBIDDEN.search(text)]


def test_the_act_s_duties_name_the_articles_and_leave_empty_what_no_run_holds() -> None:
    duties = load_rules("eu-ai-act").obligations
    named = " ".join(duty.article for duty in duties)
    for article in (9, 10, 11, 12, 13, 14, 15, 26, 27):
        assert f"Article {article}" in named
    assert "Annex IV" in named
    assert {duty.status for duty in duties} == {"given", "partly", "not held"}
    assert all(bool(duty.where) == (duty.status != "not held") for duty in duties)


def test_without_attributes_duties_that_need_groups_are_not_held(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    settings = make_settings(packs=(load_rules("eu-ai-act"),))
    people, attributes = make_people({("a",): (5, 20, 25), ("b",): (5, 25, 20)})
    with_groups = audit_population(people, attributes, settings).tables["obligations"]
    without = audit_population(people, AttributeTable((), {}), settings).tables["obligations"]
    assert len(with_groups) == len(without) == len(load_rules("eu-ai-act").obligations)
    article = with_groups["article"] == "Article 10(2)(f)"
    assert with_groups[article]["status"].tolist() == ["given"]
    assert without[article]["status"].tolist() == ["not held"]
    assert without[article]["where"].isna().all() or (without[article]["where"] == "").all()


def test_tables_of_packs_nobody_asked_for_are_empty(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (5, 20, 25), ("b",): (5, 25, 20)})
    result = audit_population(*people, make_settings(packs=(load_rules("us-2026"),)))
    assert len(result.tables["ll144"]) == len(result.tables["obligations"]) == 0
    assert set(result.tables["rule_packs"]["pack"]) == {"us-2026"}
    assert not [note for note in result.notes if "New York" in note]


def test_the_city_s_table_by_hand(make_people: MakePeople, make_settings: MakeSettings) -> None:
    counts = {
        ("female", "x"): (10, 20, 10),  # 10 of 40
        ("female", "y"): (5, 25, 30),  # 30 of 60
        ("male", "x"): (10, 30, 40),  # 40 of 80
        ("male", "y"): (2, 10, 8),  # 8 of 20
        ("", "x"): (3, 5, 4),  # 12 of unknown sex
    }
    people = make_people(counts, names=("gender", "race"))
    result = audit_population(*people, make_settings(packs=(CITY,)))
    female, male = pick(result, "female"), pick(result, "male")
    assert (female["category_type"], female["n"], female["n_selected"]) == ("sex", 100, 40)
    assert female["selection_rate"] == pytest.approx(0.40, abs=1e-15)
    assert male["selection_rate"] == pytest.approx(0.48, abs=1e-15)
    assert female["impact_ratio"] == pytest.approx(40 / 48, abs=1e-12)
    assert male["impact_ratio"] == 1
    # The median of all 212 is the middle band: those above it stand in the highest.
    assert female["scoring_rate"] == pytest.approx(0.40, abs=1e-15)
    assert female["scoring_impact_ratio"] == pytest.approx(40 / 48, abs=1e-12)
    crossed = pick(result, "male / y")
    assert (crossed["category_type"], crossed["attribute"]) == ("intersection", "gender*race")
    # The highest of the four is 1/2, of women y and men x alike.
    assert crossed["impact_ratio"] == pytest.approx(0.4 / 0.5, abs=1e-12)
    unknown = result.tables["ll144"].query("category == 'unknown' and stage == 'raw'")
    assert unknown.set_index("category_type")["n"].to_dict() == {
        "sex": 12, "race/ethnicity": 0, "intersection": 12,
    }  # fmt: skip
    assert unknown[["selection_rate", "impact_ratio", "scoring_rate"]].isna().all(axis=None)


def test_a_category_under_two_percent_is_shown_and_in_no_ratio(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # 16 of 916 are 1.7 %; their rate of 3/4 would be the highest.
    people = make_people({("a",): (0, 600, 300), ("b",): (0, 4, 12)}, names=("race",))
    result = audit_population(*people, make_settings(packs=(CITY,)))
    small, large = pick(result, "b"), pick(result, "a")
    assert (small["n"], small["selection_rate"], small["is_left_out"]) == (16, 0.75, True)
    assert pd.isna(small["impact_ratio"])
    assert "in no ratio" in small["note"]
    assert (large["impact_ratio"], large["is_left_out"]) == (1, False)


def test_exactly_two_percent_is_in_the_ratio() -> None:
    # 20 of 1,000 are 2 %: as numbers of the machine 0.02 * 1000 is not 20 for sure.
    block = Counted(
        "raw", "sex", ("f", "m"), np.array([True, True]), np.array([20, 980]), np.array([10, 490])
    )
    table = tabulate_ll144([block], {"sex": "sex"}, CITY, min_cell=1)
    assert not table["is_left_out"][table["group"].notna() & (table["group"] != "")].any()


def test_nobody_above_the_median_is_not_computable(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # More than half stand in the highest band: the median is the top mark.
    people = make_people({("f",): (5, 0, 25), ("m",): (5, 0, 25)}, names=("sex",))
    result = audit_population(*people, make_settings(packs=(CITY,)))
    line = pick(result, "f")
    assert pd.isna(line["scoring_rate"])
    assert pd.isna(line["scoring_impact_ratio"])
    assert "not_computable: nobody is above the median" in line["note"]
    assert line["selection_rate"] == pytest.approx(25 / 30, abs=1e-15)


def test_a_category_below_the_smallest_cell_loses_its_figures(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("f",): (1, 4, 4), ("m",): (10, 40, 50)}, names=("sex",))
    result = audit_population(*people, make_settings(packs=(CITY,)))
    line = pick(result, "f")
    assert line["suppressed"]
    assert line[["n", "n_selected", "selection_rate", "impact_ratio", "scoring_rate"]].isna().all()


def test_the_city_s_own_example_of_scoring_rates() -> None:
    # 6 RCNY 5-301(d), example of a "culture fit" score: 92 men 54.3 %, 76 women 44.7 %, 0.82;
    # by race/ethnicity 28 at 64.2 %, 40 at 37.5 % (0.58), 32 at 50.0 % (0.78), 8 at 62.5 %
    # (0.97), 24 at 41.7 % (0.65), ... The counts above the median follow from the rates.
    for labels, n, above, printed in (
        (("Female", "Male"), (76, 92), (34, 50), (0.82, 1.00)),
        (
            ("Asian", "Black", "Hispanic", "Native Hawaiian", "White"),
            (24, 32, 28, 8, 40), (10, 16, 18, 5, 15), (0.65, 0.78, 1.00, 0.97, 0.58),
        ),
    ):  # fmt: skip
        people, counted = np.array(n), np.array(above)
        known = np.ones(len(labels), bool)
        block = Counted("given", "sex", labels, known, people, counted, people, counted)
        table = tabulate_ll144([block], {"sex": "sex"}, CITY, min_cell=1).set_index("category")
        ratios = table.loc[list(labels), "scoring_impact_ratio"].to_numpy(float)
        assert ratios.round(2).tolist() == list(printed)


@pytest.mark.parametrize(
    ("names", "declared", "found"),
    [
        (["gender", "ethnicity"], {}, {"sex": "gender", "race_ethnicity": "ethnicity"}),
        (["Gender", "RACE"], {}, {"sex": "Gender", "race_ethnicity": "RACE"}),
        (["sex", "gender"], {}, {"sex": "sex"}),
        (["sex", "gender"], {"sex": "gender"}, {"sex": "gender"}),
        (["age"], {}, {}),
        (["age"], {"sex": "gender"}, {}),
    ],
)
def test_categories_are_as_declared_or_by_their_usual_name(
    names: list[str], declared: dict[str, str], found: dict[str, str]
) -> None:
    assert find_categories(names, declared) == found
    assert ("intersection" in name_types(found).values()) == (len(found) == 2)


def test_what_could_not_be_found_is_said(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (5, 20, 25), ("b",): (5, 25, 20)}, names=("age",))
    result = audit_population(*people, make_settings(packs=(CITY,)))
    said = " ".join(result.notes)
    assert "has no sex" in said
    assert "has no race/ethnicity" in said


def test_a_cycle_may_name_several_packs_and_the_first_one_s_bounds_hold(
    make_cycle: Callable[..., Cycle],
) -> None:
    cycle = make_cycle(
        "employee_id,gender\nE1,f\n",
        "{rules: [nyc-ll144, us-2026], categories: {sex: gender}}",
    )
    settings = AuditSettings.from_cycle(cycle)
    assert settings.rules.id == "nyc-ll144"
    assert [pack.id for pack in settings.packs] == ["nyc-ll144", "us-2026"]
    assert settings.categories == {"sex": "gender"}
    assert AuditSettings.from_cycle(make_cycle("employee_id,gender\nE1,f\n")).rules.id == "us-2026"


@pytest.mark.parametrize(
    ("audit", "said"),
    [
        ("{rules: []}", "name each pack once"),
        ("{rules: [us-2026, us-2026]}", "name each pack once"),
        ("{attributes: [gender], categories: {sex: sexx}}", "sexx"),
        ("{categories: {seks: gender}}", "seks"),
    ],
)
def test_a_wrong_pack_list_or_category_is_told(
    make_cycle: Callable[..., Cycle], audit: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        make_cycle("employee_id,gender\nE1,f\n", audit)


def test_the_pages_of_the_packs_show_no_empty_value_and_name_what_is_withheld(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {
        ("female", "x"): (10, 20, 10), ("female", "y"): (1, 2, 0), ("male", "x"): (10, 30, 40),
        ("male", "y"): (2, 10, 8), ("", "x"): (0, 1, 1),
    }  # fmt: skip
    people = make_people(counts, names=("gender", "race"))
    packs = tuple(load_rules(name) for name in list_packs())
    result = audit_population(*people, make_settings(packs=packs))
    sections = build_pack_sections(result.tables)
    grids = [grid for section in sections for grid in tables_of(section)]
    cells = [str(cell) for grid in grids for row in grid.rows for cell in row.cells]
    assert not [cell for cell in cells if re.search(r"\b(nan|none|<na>)\b", cell, re.I)]
    said = " ".join([*(text for s in sections for text in said_in(s)), *cells])
    assert not FORBIDDEN.search(said)
    assert any("female / y" in grid.notice for grid in grids)
    titles = [section.title for section in sections]
    assert titles == [
        "New York City’s table", "What has to be documented",
        "Rule packs: bounds, caveats, sources",
    ]  # fmt: skip
