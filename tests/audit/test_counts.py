"""Counts of others: reading them, judging them, and printed figures against their counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from calibrate.audit import load_rules
from calibrate.audit.counts import CountSettings, CountsResult, audit_counts
from calibrate.audit.counts_file import CountRow, read_counts
from calibrate.audit.counts_printed import Block, find_contradictions, parse_printed
from calibrate.errors import InputError

HEAD = "attribute,group,n,n_favourable"


def write(folder: Path, text: str) -> Path:
    path = folder / "theirs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def audit(path: Path, min_cell: int = 10, *packs: str) -> CountsResult:
    rules = tuple(load_rules(name) for name in packs or ("us-2026",))
    return audit_counts(read_counts(path), CountSettings(min_cell, rules))


def contradict(**printed: str) -> dict[str, str]:
    """Print these figures beside 26 of 48 against the marked reference's 206 of 259."""
    rows = [
        CountRow(2, "given", "selection_rate", "race", "black", 48, 26, printed=printed),
        CountRow(3, "given", "selection_rate", "race", "white", 259, 206, is_reference=True),
    ]
    ratios = [(26 / 48) / (206 / 259), 1.0]
    table = find_contradictions([Block(rows, 1, is_declared=True, impact_ratios=ratios)])
    return dict(zip(table["column"], table["note"], strict=True))


@pytest.mark.parametrize(
    ("column", "printed"),
    [
        ("rate", "0.54"),
        ("rate", "54.17 %"),
        ("rate", "0.5416666666666666"),
        ("ratio", "0.68"),
        ("ratio", ".681"),
        ("impact_ratio", "68%"),
        ("difference", "-0.25"),
        ("difference", "\N{MINUS SIGN}25.4 %"),
        ("z_value", "-3.76"),
        ("z_value", "3.76"),
        ("p_value", "0.0003"),  # mid-p
        ("p_value", "0.00040"),  # Fisher's own
        ("p_value", "0.00017"),  # pooled z
        ("p_value", "0.00035"),  # Yates
        ("p_value", "<0.001"),
        ("p_value", "2.9e-4"),
        ("shortfall", "12"),  # 48 * 206/259 - 26 = 12.18
        ("shortfall", "10.3"),  # against the rate of all: 48 * 232/307 - 26 = 10.27
    ],
)
def test_a_figure_that_some_customary_definition_gives_is_no_contradiction(
    column: str, printed: str
) -> None:
    assert contradict(**{column: printed}) == {}


@pytest.mark.parametrize(
    ("column", "printed", "hint"),
    [
        ("rate", "0.55", ""),
        ("rate", "54.17", "percentage without its sign"),
        ("rate", "45.8 %", "not counted"),
        ("ratio", "1.47", "other way round"),
        ("ratio", "0.80", ""),
        ("ratio", "0.69", ""),
        ("difference", "0.25", "other sign"),
        ("difference", "-25.4", "percentage points"),
        ("rate", "0.541", "cut off, not rounded"),
        ("p_value", "0.04", "no customary test"),
        ("p_value", ">0.05", "no customary test"),
        ("shortfall", "15", ""),
    ],
)
def test_a_figure_beyond_rounding_is_listed_with_what_it_may_be(
    column: str, printed: str, hint: str
) -> None:
    found = contradict(**{column: printed})
    assert list(found) == [column]
    assert hint in found[column]


def test_without_a_marked_reference_a_ratio_may_be_to_the_highest_rate() -> None:
    # White is the largest; Asian has the highest rate: 15/100 over 30/100 is 0.5.
    rows = [
        CountRow(2, "given", "m", "race", "asian", 100, 30),
        CountRow(3, "given", "m", "race", "black", 100, 15, printed={"ratio": "0.50"}),
        CountRow(4, "given", "m", "race", "white", 500, 125, printed={"ratio": "1"}),
    ]
    loose = Block(rows, 2, is_declared=False, impact_ratios=[1, 0.5, 0.25 / 0.3])
    marked = Block(rows, 2, is_declared=True, impact_ratios=[1, 0.5, 0.25 / 0.3])
    assert len(find_contradictions([loose])) == 0
    (line,) = find_contradictions([marked]).to_dict("records")
    assert (line["group"], line["from_counts"]) == ("black", pytest.approx(0.15 / 0.25))
    assert line["note"] == "it may be the ratio to 'asian'"


def test_without_a_marked_reference_either_of_two_equally_large_groups_may_be_meant() -> None:
    # The audit takes F, the first in sort order; the table was printed against M: 20/40 is 0.5.
    # X has the highest rate of all, so that M is neither the audit's reference nor that.
    rows = [
        CountRow(2, "given", "m", "sex", "F", 100, 20, printed={"ratio": "0.50"}),
        CountRow(3, "given", "m", "sex", "M", 100, 40, printed={"ratio": "1"}),
        CountRow(4, "given", "m", "sex", "X", 2, 2, printed={"ratio": "2.5"}),
    ]
    block = Block(rows, 0, is_declared=False, impact_ratios=[0.2, 0.4, 1])
    assert len(find_contradictions([block])) == 0


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0.68", 0.68, 0.01),
        ("68 %", 0.68, 0.01),
        ("1e-3", 0.001, 0.001),
        ("1.5E-3", 0.0015, 0.0001),
        ("+12", 12.0, 1.0),
        (".5", 0.5, 0.1),
        ("\N{MINUS SIGN}0.20", -0.2, 0.01),
    ],
)
def test_printed_figures_are_read_with_their_last_digit(
    text: str, value: float, unit: float
) -> None:
    printed = parse_printed(text)
    assert printed.value == pytest.approx(value, rel=1e-15)
    assert printed.unit == pytest.approx(unit, rel=1e-15)


def test_the_same_table_reads_alike_from_csv_xlsx_and_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "attribute": ["race", "race"], "group": ["black", "white"], "n": [48, 259],
            "n_favourable": [26, 206], "rate": [0.5417, 0.7954],
        }
    )  # fmt: skip
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    one, two, three = (read_counts(tmp_path / f"a.{kind}") for kind in ("csv", "xlsx", "parquet"))
    assert one == two == three
    assert one[0].printed == {"rate": "0.5417"}
    assert (one[0].row, one[0].measure, one[0].stage) == (2, "selection_rate", "given")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{HEAD}\nrace,a,20.5,3\n", "count_range"),
        (f"{HEAD}\nrace,a,-20,3\n", "count_range"),
        (f'{HEAD}\nrace,a,"1,200",3\n', "count_range"),
        (f"{HEAD}\nrace,a,20,21\n", "count_range"),
        (f"{HEAD}\nrace,a,20,\n", "count_range"),
        (f"{HEAD}\nrace,a,nan,3\n", "count_range"),
        (f"{HEAD}\nrace,a,{10**30},3\n", "count_range"),
        (f"{HEAD}\n,a,20,3\n", "blank_text"),
        (f"{HEAD}\nrace, a,20,3\n", "spaces"),
        (f"{HEAD}\nrace,a,20,3\nrace,a,20,3\n", "duplicate_row"),
        (f"{HEAD},ratio\nrace,a,20,3,n/a\n", "not_a_number"),
        (f'{HEAD},ratio\nrace,a,20,3,"0,68"\n', "not_a_number"),
        (f"{HEAD},is_reference\nrace,a,20,3,maybe\n", "not_yes_or_no"),
        (f"{HEAD},is_reference\nrace,a,20,3,yes\nrace,b,20,3,yes\n", "several_references"),
        (f"{HEAD},is_reference\nrace,unknown,20,3,yes\n", "several_references"),
        ("attribute,group,n\nrace,a,20\n", "missing_column"),
        (f"{HEAD},rte\nrace,a,20,3,1\n", "unknown_column"),
        (f"{HEAD},n\nrace,a,20,3,1\n", "duplicate_column"),
        ("attribute;group;n;n_favourable\nrace;a;20;3\n", "wrong_delimiter"),
        (f"{HEAD}\n", "no_rows"),
        ("", "empty_file"),
    ],
)
def test_a_bad_table_is_refused_with_its_rule(tmp_path: Path, text: str, rule: str) -> None:
    with pytest.raises(InputError) as refused:
        read_counts(write(tmp_path, text))
    assert rule in {problem.rule for problem in refused.value.problems}
    assert all(problem.fix for problem in refused.value.problems)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    text = f"{HEAD}\nrace,a,x,3\nrace,b,20,y\n,c,20,3\n"
    with pytest.raises(InputError) as refused:
        read_counts(write(tmp_path, text))
    assert [p.row for p in refused.value.problems] == [2, 3, 4]


def test_the_largest_group_is_the_reference_and_not_stated_never_is(tmp_path: Path) -> None:
    text = f"{HEAD}\nsex,b,50,10\nsex,a,50,20\nsex,,90,30\nsex,unknown,80,9\n"
    table = audit(write(tmp_path, text)).tables["disparities"].set_index("group")
    assert set(table["reference"]) == {"a"}
    assert {"not stated", "unknown"} <= set(table.index)
    assert table.loc[["not stated", "unknown"], "impact_ratio"].isna().all()


def test_a_crossing_is_exploratory_and_crosses_the_references(tmp_path: Path) -> None:
    text = (
        f"{HEAD},is_reference\nsex,f,100,20,\nsex,m,120,40,yes\nrace,x,110,30,yes\n"
        "race,y,110,30,\nsex*race,f*x,80,16,\nsex*race,f*y,20,4,\nsex*race,m*x,30,14,\n"
        "sex*race,m*y,90,26,\n"
    )
    table = audit(write(tmp_path, text)).tables["disparities"]
    crossed = table[table["attribute"] == "sex*race"]
    # m*y is the largest; the crossing of both references is m*x.
    assert set(crossed["reference"]) == {"m*x"}
    assert set(crossed["family"]) == {"exploratory"}
    assert set(table[table["attribute"] != "sex*race"]["family"]) == {"primary"}


def test_the_first_family_is_ours_where_the_file_has_it_and_all_where_not(tmp_path: Path) -> None:
    ours = (
        f"{HEAD},measure,stage\nsex,f,100,20,selection_rate,final\n"
        "sex,m,100,30,selection_rate,final\nsex,f,100,25,selection_rate,raw\n"
        "sex,m,100,35,selection_rate,raw\nsex,f,100,50,trained,final\nsex,m,100,50,trained,final\n"
    )
    table = audit(write(tmp_path, ours)).tables["disparities"]
    primary = table[table["family"] == "primary"]
    assert set(zip(primary["stage"], primary["measure"], strict=True)) == {
        ("final", "selection_rate")
    }
    theirs = f"{HEAD},measure\nsex,f,100,20,hired\nsex,m,100,30,hired\n"
    assert set(audit(write(tmp_path, theirs)).tables["disparities"]["family"]) == {"primary"}


def test_one_singleton_group_changes_no_verdict_of_others(tmp_path: Path) -> None:
    text = f"{HEAD}\nrace,black,48,26\nrace,white,259,206\nrace,asian,60,40\n"
    before = audit(write(tmp_path, text)).tables["disparities"]
    after = audit(write(tmp_path, f"{text}race,zz,1,0\n")).tables["disparities"]
    shown = after[after["group"] != "zz"].reset_index(drop=True)
    pd.testing.assert_frame_equal(shown, before)
    (hidden,) = after[after["group"] == "zz"].to_dict("records")
    assert hidden["verdict"] == "too_few"
    assert pd.isna(hidden["n"])


def test_a_ratio_of_085_at_z_6_never_reads_within(tmp_path: Path) -> None:
    text = f"{HEAD}\nsex,f,2200,1122\nsex,m,2200,1320\n"
    (line,) = (
        audit(write(tmp_path, text)).tables["disparities"].query("group == 'm'").to_dict("records")
    )
    # Equal size: f is the reference, so the ratio is the other way round, 1/0.85.
    assert line["ratio"] == pytest.approx(1 / 0.85, abs=1e-12)
    assert line["z_value"] == pytest.approx(6.0, abs=0.02)
    assert line["verdict"] == "significant_only"


def test_048_over_060_is_not_below_four_fifths(tmp_path: Path) -> None:
    # 48 and 60 of 100 each, times 100: significant, and exactly on the bound.
    text = f"{HEAD}\nsex,f,10000,4800\nsex,m,10001,6001\n"
    exact = f"{HEAD},is_reference\nsex,f,10000,4800,\nsex,m,10000,6000,yes\n"
    tables = [audit(write(tmp_path, t)).tables["disparities"] for t in (text, exact)]
    below, on = (t[t["group"] == "f"].iloc[0] for t in tables)
    # 6,001 of 10,001 is a hair above 0.6: the ratio is then below four fifths.
    assert below["verdict"] == "beyond"
    assert on["verdict"] == "significant_only"


def test_what_counts_cannot_carry_is_said(tmp_path: Path) -> None:
    text = f"{HEAD}\nsex,f,100,29\nsex,m,100,30\nrace,x,90,30\nrace,y,100,29\n"
    notes = " ".join(audit(write(tmp_path, text)).notes)
    for said in (
        "under one manager", "held constant", "where a gap arises", "marks no reference",
        "do not add up", "80% power", "no proof",
    ):  # fmt: skip
        assert said in notes


def test_each_contradiction_is_a_finding(tmp_path: Path) -> None:
    text = f"{HEAD},ratio,is_reference\nrace,black,48,26,0.80,\nrace,white,259,206,1,yes\n"
    result = audit(write(tmp_path, text))
    found = result.tables["findings"].set_index("kind")
    assert set(found.index) == {"disparity", "contradiction"}
    assert found.loc["contradiction", "headline"] == (
        "Row 2: the printed ratio 0.80 does not follow from its counts."
    )
    assert "0.681" in found.loc["contradiction", "evidence"]


def test_a_group_counted_where_nobody_of_the_reference_is_becomes_a_finding(
    tmp_path: Path,
) -> None:
    # 15 of 60 against 0 of 200: no ratio, and the chance of it is below one in a million.
    text = f"{HEAD},measure\nrace,black,60,15,lowest_band\nrace,white,200,0,lowest_band\n"
    result = audit(write(tmp_path, text))
    assert set(result.tables["disparities"]["verdict"]) == {"not_computable"}
    (found,) = result.tables["findings"].to_dict("records")
    assert (found["kind"], found["level"]) == ("disparity", "look")
    assert found["headline"] == (
        "race: people of the group 'black' are counted (lowest_band), nobody of 'white' is. "
        "A reason to look."
    )
    assert "15 of 60 (25%) against 0 of 200 (0%)" in found["evidence"]
    assert "table dependence" not in found["evidence"]


def test_the_city_s_table_is_filled_from_counts(tmp_path: Path) -> None:
    text = (
        f"{HEAD},measure\nsex,f,76,30,selection_rate\nsex,m,92,40,selection_rate\n"
        "sex,f,76,34,scoring_rate\nsex,m,92,50,scoring_rate\nsex,unknown,12,5,selection_rate\n"
    )
    result = audit(write(tmp_path, text), 10, "nyc-ll144")
    table = result.tables["ll144"].set_index("category")
    assert table.loc["f", "scoring_impact_ratio"] == pytest.approx((34 / 76) / (50 / 92))
    assert table.loc["f", "impact_ratio"] == pytest.approx((30 / 76) / (40 / 92))
    assert table.loc["unknown", "n"] == 12
    assert any("no race/ethnicity" in note for note in result.notes)


def test_a_table_of_millions_takes_no_time(tmp_path: Path) -> None:
    # A billion people: only the tables near the observed one are looked at.
    text = f"{HEAD},p_value\nsex,f,400000000,80000000,0.5\nsex,m,600000000,120003000,\n"
    result = audit(write(tmp_path, text))
    line = result.tables["disparities"].set_index("group").loc["f"]
    assert line["verdict"] == "within"
    # Normal theory holds there: p of the pooled z, to a share of one in a thousand.
    z = abs(line["z_value"])
    assert line["p_value"] == pytest.approx(2 * norm.sf(z), rel=1e-3)
    assert len(result.tables["contradictions"]) == 1


def test_a_group_without_people_is_withheld(tmp_path: Path) -> None:
    text = f"{HEAD},rate\nsex,f,0,0,0.5\nsex,m,100,30,\n"
    result = audit(write(tmp_path, text), 1)
    line = result.tables["disparities"].set_index("group").loc["f"]
    assert line["verdict"] == "too_few"
    assert result.tables["contradictions"]["note"].tolist() == ["the counts give no such figure"]
    assert np.isnan(result.tables["contradictions"]["from_counts"].astype(float)).all()
