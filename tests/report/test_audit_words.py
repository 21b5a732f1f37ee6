"""The audit of the sample company on paper against its tables, by arithmetic of the test's own."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from calibrate.cli.main import run_command
from calibrate.language import _, speak
from calibrate.report.words import VERDICT_WORDS

#: Figures that a line of the table of rates has after the name of the group.
LINE = r"{group} +(?P<n>\d+) +(?P<rate>\d+%|<1%) +(?P<ratio>\d+\.\d\d) +(?P<q><?0\.\d+) +" \
    r"(?P<finds>\d+\.\d\d|–) +(?P<verdict>[a-z ]+)"  # fmt: skip
TITLES = {
    "selection_rate": "Share in the favourable bands.", "lowest_band": "Share in the lowest band.",
}  # fmt: skip


def run_audit(folder: Path, sample_data: Path, language: str) -> Path:
    own = folder / "sample_data"
    shutil.copytree(sample_data, own)
    shutil.copytree(sample_data.parent / "rubrics", folder / "rubrics")
    cycle = own / "cycle.yaml"
    text = cycle.read_text("utf-8")
    assert "\nlanguage: en\n" in text
    cycle.write_text(text.replace("\nlanguage: en\n", f"\nlanguage: {language}\n"), "utf-8")
    out = folder / "out"
    assert run_command(["run", str(cycle), "--out", str(out), "--only", "audit"]) == 0
    return (out / "latest" / "audit").resolve()


def read_pages(folder: Path) -> list[str]:
    told = subprocess.run(
        ["pdftotext", "-layout", str(folder / "audit.pdf"), "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.split("\f")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> Path:
    return run_audit(tmp_path_factory.mktemp("en"), sample_data, "en")


@pytest.fixture(scope="module")
def pages(folder: Path) -> list[str]:
    return read_pages(folder)


def read_table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "tables" / f"{name}.parquet")


def section(pages: list[str], title: str, following: str) -> str:
    """Text between two headings of the body, without the list of contents."""
    text = "\n".join(pages[2:])
    start = re.search(rf"^ *{re.escape(title)}$", text, re.MULTILINE)
    assert start, title
    return text[start.end() :].split(f"\n{following}\n")[0]


def flatten(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def write_p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def lines_of(text: str, attribute: str, measure: str) -> str:
    """The table of one measure of one attribute."""
    own = text.split(f"\n{attribute}\n")[1]
    return own.split(TITLES[measure])[1].split("\nShare in the")[0]


def test_every_primary_line_has_the_figures_of_its_row(folder: Path, pages: list[str]) -> None:
    text = section(pages, "Rates and ratios by group", "Gender × Ethnicity (exploratory)")
    table = read_table(folder, "disparities")
    primary = table[table["family"] == "primary"]
    told = primary[~primary["suppressed"] & (primary["group"] != primary["reference"])]
    assert len(told) == 12
    for row in told.itertuples():
        own = lines_of(text, row.attribute.capitalize(), row.measure)
        match = re.search(rf"^ *{LINE.format(group=row.group)}$", own, re.MULTILINE)
        assert match, (row.attribute, row.group, own)
        assert match["n"] == str(int(row.n))
        assert match["rate"] == f"{100 * row.n_favourable / row.n:.0f}%"
        assert match["ratio"] == f"{row.ratio:.2f}"
        assert match["q"] == write_p(row.q_value)
        power = row.detectable_ratio_family
        assert match["finds"] == ("–" if pd.isna(power) else f"{power:.2f}")
        assert match["verdict"].strip() == row.verdict.replace("_", " ")


def test_a_withheld_group_is_named_and_has_no_figure(folder: Path, pages: list[str]) -> None:
    text = section(pages, "Rates and ratios by group", "Gender × Ethnicity (exploratory)")
    table = read_table(folder, "disparities")
    hidden = table[(table["family"] == "primary") & table["suppressed"]]
    assert set(hidden["group"]) == {"nonbinary"}
    for measure in TITLES:
        own = lines_of(text, "Gender", measure)
        assert "Too few: nonbinary." in own
        assert not re.search(r"nonbinary +\S*\d", own)
    annex = "\n".join(pages)
    assert not re.search(r"^ *nonbinary +\d", annex, re.MULTILINE)


def test_the_first_page_counts_verdicts_and_findings(folder: Path, pages: list[str]) -> None:
    first = flatten(pages[0])
    table = read_table(folder, "disparities")
    primary = table[(table["family"] == "primary") & (table["group"] != table["reference"])]
    for verdict, n in primary["verdict"].value_counts().items():
        assert f"{str(verdict).replace('_', ' ')} {n} " in first
    findings = read_table(folder, "findings")
    assert f"of {len(findings)} findings are shown" in first
    assert len(pages[0].splitlines()) < 80
    beyond = primary[primary["verdict"] == "beyond"]
    assert len(beyond) == 1
    (row,) = beyond.itertuples()
    other = table[
        (table["group"] == row.reference) & (table["stage"] == row.stage)
        & (table["measure"] == row.measure) & (table["attribute"] == row.attribute)
    ].iloc[0]  # fmt: skip
    rates = f"{row.n_favourable:.0f} of {row.n:.0f} ({100 * row.rate:.0f}%) against "
    rates += f"{other['n_favourable']:.0f} of {other['n']:.0f} ({100 * other['rate']:.0f}%)"
    assert rates in first
    assert (
        f"Ratio {row.ratio:.2f}, 95% interval {row.ratio_low:.2f} to {row.ratio_high:.2f}" in first
    )


def test_gaps_under_one_manager_are_those_of_the_table(folder: Path, pages: list[str]) -> None:
    text = flatten(section(pages, "Under the same manager", "With and without controls"))
    table = read_table(folder, "dependence")
    own = table[
        (table["family"] == "primary") & ~table["suppressed"] & (table["within"] == "told")
        & (table["measure"] == "selection_rate")
    ]  # fmt: skip
    assert len(own) == 6

    def points(share: float) -> str:
        return f"{100 * share:+.1f}".replace("-", "−")

    for row in own.itertuples():
        # pdftotext puts the second line of each cell behind the first lines of all.
        line = (
            rf"{row.attribute}: {row.group} / {row.n_compared:.0f} "
            rf"{points(row.gap)} {points(row.gap_within)} {points(row.gap_between)} "
            rf"{write_p(row.p_value)} {write_p(row.p_clustered)} {write_p(row.p_within)}"
        )
        assert line in text
        assert f"{points(row.within_low)} to {points(row.within_high)}" in text
        assert f"{row.n_managers:.0f} managers" in text


def test_false_alarms_and_power_are_those_of_the_table(folder: Path, pages: list[str]) -> None:
    text = flatten("\n".join(pages[2:]).split("What this audit would have found")[1])
    table = read_table(folder, "simulation")
    for row in table[table["kind"] == "false_alarm"].itertuples():
        share = f"({100 * row.share:.1f}%; 95% interval {100 * row.low:.1f}% to "
        assert f"{row.n_found:.0f} of {row.n_simulations:.0f} audits" in text
        assert f"{share}{100 * row.high:.1f}%)" in text
    power = table[(table["kind"] == "power") & ~table["suppressed"]]
    for (attribute, group), lines in power.groupby(["attribute", "group"]):
        shares = lines.sort_values("ratio", ascending=False)["share"]
        told = " ".join("<1%" if 0 < s < 0.005 else f"{100 * s:.0f}%" for s in shares)
        assert f"{attribute}: {group} {lines['n'].iloc[0]:.0f} {told}" in text


def test_hashes_are_printed_and_are_those_of_the_manifest(folder: Path, pages: list[str]) -> None:
    text = re.sub(r"\s", "", "".join(pages))
    run = folder.parent
    table = (run / "tables" / "scores.parquet").read_bytes()
    assert hashlib.sha256(table).hexdigest() in text
    assert run.name.rsplit("-", 1)[1] in text


def test_in_german_words_and_figures_follow(
    tmp_path_factory: pytest.TempPathFactory, sample_data: Path
) -> None:
    folder = run_audit(tmp_path_factory.mktemp("de"), sample_data, "de")
    pages = read_pages(folder)
    table = read_table(folder, "disparities")
    (beyond,) = table[(table["family"] == "primary") & (table["verdict"] == "beyond")].itertuples()
    first = flatten(pages[0])
    assert f"{beyond.ratio:.2f}".replace(".", ",") in first
    with speak("de"):
        words = [_(VERDICT_WORDS[name]) for name in ("beyond", "inconclusive", "too_few")]
    assert all(word in first for word in words)
    # The first page is one page: what follows it is the list of contents.
    assert re.search(r"\.{20} +\d", pages[1])
    body = flatten(" ".join(pages))
    for english in ("inconclusive", "Look next", "reason to look", "of the group", "withheld"):
        assert english not in body
