"""A German run of an invented company: no English is left over and numbers are written as there."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pypdf import PdfReader

from calibrate.cli.main import run_command

ROOT = Path(__file__).resolve().parent.parent
#: Words that English sentences hardly do without, and that German ones do not have.
LEFT_OVER = re.compile(
    r"\b(the|and|of|with|which|this|that|these|those|there|their|they|are|has|have|had|been|is|it"
    r"|its|by|for|from|to|or|than|then|each|every|both|people|raters?|scores|forms|marks|groups?"
    r"|page|would|could|should|without|before|after|under|between|because|while|where|when|who"
    r"|what|how|why|more|less|few|others?|see|next|found|chance|gaps?|reason|shares?|lines?|given"
    r"|kept|withheld|not)\b",
    re.IGNORECASE,
)
#: Files and columns of a run keep their names, and places in the law their numbers.
NAMES = re.compile(
    r"\b(tables|audit|packets)(/ ?[a-z_]+)+(\.[a-z]+)?\b|\b[a-z]+_[a-z_]+\b"
    r"|\bQuestions and Answers\b|\b(CFR|section) [\d.]+"
)
POINT = re.compile(r"(?<![\d.])\d+(?:\.\d+)+(?![\d.])")
#: A count with its thousands apart, and a day.
POINTED = re.compile(r"[1-9]\d{0,2}(\.\d{3})+|\d\d\.\d\d\.\d{4}")
COMMA = re.compile(r"(?<![\d,])\d+,\d+\b")
WATCHED = "E0050"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cycle folder of 110 people: enough for adjusted bands and for a guideline."""
    folder = tmp_path_factory.mktemp("german") / "company"
    assert run_command(["demo", str(folder), "--employees", "110"]) == 0
    cycle = folder / "cycle.yaml"
    text = cycle.read_text(encoding="utf-8")
    assert "language: en" in text
    text = text.replace("language: en", "language: de").replace("after_proposal", "always")
    cycle.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def packets(company: Path) -> dict[str, str]:
    """Text of a packet of each kind, and of the page of the run, by its file."""
    cycle, out = str(company / "cycle.yaml"), company.parent / "out"
    run, sheet = out / "latest", company.parent / "sheet.pdf"
    assert run_command(["run", cycle, "--out", str(out), "--no-packets"]) == 0
    paths = [run / "executive.pdf", run / "audit" / "audit.pdf"]
    found = {path.name: read_pdf(path) for path in paths}
    found["index.html"] = read_html(run / "index.html")
    assert run_command(["run", cycle, "--out", str(out), "--employee", WATCHED]) == 0
    assert run_command(["explain", str(run), WATCHED, "--pdf", str(sheet)]) == 0
    found |= {path.name: read_pdf(path) for path in [sheet, *(run / "packets").glob("*.pdf")]}
    assert len(found) == 6
    return found


@pytest.fixture(scope="module")
def labels(company: Path) -> re.Pattern[str]:
    """What the company and the law wrote themselves, longest first: it stays as it is."""
    rules = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in list_rules()]
    found = {source["title"] for pack in rules for source in pack["sources"]}
    found |= {key.replace("_", " ") for pack in rules for key in pack if "_" in key}
    for path in company.rglob("*.yaml"):
        found |= set(list_texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
    for path in company.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {text for row in csv.reader(file) for text in row}
    said = sorted(
        {squeeze(text) for text in found if re.search(r" |\.yaml$", text)}, key=len, reverse=True
    )
    return re.compile("|".join(map(re.escape, said)))


def list_rules() -> list[Path]:
    return sorted((ROOT / "calibrate" / "audit" / "rules").glob("*.yaml"))


def list_texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from list_texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from list_texts(value)
    elif isinstance(node, str):
        yield node


def squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xad", "")).strip()


def read_pdf(path: Path) -> str:
    return squeeze(" ".join(page.extract_text() for page in PdfReader(path).pages))


def read_html(path: Path) -> str:
    text = re.sub(r"(?s)<(style|script)\b.*?</\1>", " ", path.read_text(encoding="utf-8"))
    return squeeze(html.unescape(re.sub(r"<[^>]*>", " ", text)))


def find_english(text: str, labels: re.Pattern[str]) -> list[str]:
    own = NAMES.sub(" ", labels.sub(" ", text))
    return [own[max(0, m.start() - 60) : m.end() + 60] for m in LEFT_OVER.finditer(own)]


def test_no_packet_has_an_english_sentence(
    packets: dict[str, str], labels: re.Pattern[str]
) -> None:
    left = {name: find_english(text, labels) for name, text in packets.items()}
    assert not {name: places for name, places in left.items() if places}


def test_english_that_is_left_would_be_found(
    packets: dict[str, str], labels: re.Pattern[str]
) -> None:
    text = packets["executive.pdf"] + " Other words stand here."
    assert len(find_english(text, labels)) == 1


def test_numbers_have_a_comma_before_their_decimals(
    packets: dict[str, str], labels: re.Pattern[str]
) -> None:
    for name, text in packets.items():
        own = NAMES.sub(" ", labels.sub(" ", text))
        assert not [n for n in POINT.findall(own) if not POINTED.fullmatch(n)], name
        assert COMMA.search(own), name
