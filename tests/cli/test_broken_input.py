"""Whatever is broken: exit 3, a sentence that says where, what and how, and no run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

Calibrate = Callable[..., int]


@dataclass(frozen=True)
class Break:
    """One way to break a company, and what the message must contain."""

    name: str
    file: str
    change: Callable[[bytes], bytes | None]
    says: tuple[str, ...]


def swap(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old.encode() in content, f"{old!r} is not in the file"
        return content.replace(old.encode(), new.encode(), 1)

    return change


def add(line: str) -> Callable[[bytes], bytes]:
    return lambda content: content + line.encode() + b"\n"


def put(content: bytes) -> Callable[[bytes], bytes]:
    return lambda _: content


FIRST = "001,008,peer,delivery,4"

BREAKS = [
    Break("mark out of scale", "ratings.csv", swap(FIRST, "001,008,peer,delivery,6"),
          ("ratings.csv row 2", "6", "1 to 5")),
    Break("mark off the step", "ratings.csv", swap(FIRST, "001,008,peer,delivery,3.5"),
          ("ratings.csv row 2", "3.5")),
    Break("unknown criterion", "ratings.csv", swap(FIRST, "001,008,peer,delivry,4"),
          ("ratings.csv row 2", "delivry", "delivery")),
    Break("unknown column", "ratings.csv", swap("mark", "marks"),
          ("ratings.csv", "marks", "mark")),
    Break("unknown source", "ratings.csv", swap(FIRST, "001,008,pear,delivery,4"),
          ("ratings.csv row 2", "pear", "peer")),
    Break("unknown employee", "ratings.csv", swap(FIRST, "0O1,008,peer,delivery,4"),
          ("ratings.csv row 2", "0O1")),
    Break("empty file", "ratings.csv", put(b""), ("ratings.csv", "empty")),
    Break("header only", "ratings.csv", put(b"employee_id,rater_id,source,criterion,mark\n"),
          ("ratings.csv", "no row")),
    Break("not a number", "ratings.csv", swap(FIRST, "001,008,peer,delivery,nan"),
          ("ratings.csv row 2", "nan")),
    Break("conflicting duplicates", "ratings.csv", add("001,008,peer,delivery,5"),
          ("ratings.csv row 2", "contradicts", "delivery")),
    Break("wrong encoding", "employees.csv", lambda c: c.replace(b"Person 003", b"Jos\xe9 003"),
          ("employees.csv", "byte", "UTF-8")),
    Break("binary file", "ratings.csv", put(b"PK\x03\x04\x00\x00\x00\x00\x00"),
          ("ratings.csv",)),
    Break("repeated YAML key", "cycle.yaml", add("seed: 6"), ("cycle.yaml", "seed")),
    Break("unknown YAML key", "cycle.yaml", swap("packets:", "packages:"),
          ("cycle.yaml", "packages", "packets")),
    Break("weights that do not sum to 100", "rubric.yaml", swap("weight: 60", "weight: 50"),
          ("rubric.yaml", "90", "100")),
    Break("attribute column in another table", "employees.csv",
          lambda c: b"\n".join(
              line + (b",gender" if n == 0 else b",f")
              for n, line in enumerate(c.strip().split(b"\n"))) + b"\n",
          ("employees.csv", "gender", "attribute")),
    Break("attribute as control", "cycle.yaml", swap("controls: [level]", "controls: [gender]"),
          ("cycle.yaml", "controls", "gender")),
    Break("missing file", "ratings.csv", lambda _: None, ("ratings.csv", "no such file")),
    Break("missing attributes file", "attributes.csv", lambda _: None, ("attributes.csv",)),
    Break("attributes declared but not there", "attributes.csv", swap("gender", "sex"),
          ("attributes.csv", "gender")),
    Break("employee twice", "employees.csv", add("002,Again,001,A,L1"),
          ("employees.csv row 14", "002")),
    Break("cycle in the manager tree", "employees.csv", swap("001,Person 001,,", "001,P,002,"),
          ("employees.csv", "001", "002")),
    Break("self-rating as a peer", "ratings.csv", add("001,001,peer,quality,4"),
          ("ratings.csv", "self")),
    Break("manager form by a stranger", "ratings.csv", add("004,009,manager,quality,4"),
          ("ratings.csv", "manager", "009")),
    Break("no text at all in YAML", "cycle.yaml", put(b""), ("cycle.yaml",)),
    Break("YAML that is none", "rubric.yaml", put(b"a: [1\nb: {"), ("rubric.yaml",)),
    Break("ragged row", "ratings.csv", add("004,009,peer"), ("ratings.csv",)),
]  # fmt: skip


@pytest.fixture(params=BREAKS, ids=lambda broken: broken.name)
def broken(request: pytest.FixtureRequest, company: Path) -> Break:
    case: Break = request.param
    path = company / case.file
    content = case.change(path.read_bytes())
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    return case


def test_run_ends_with_3_says_where_and_leaves_no_run(
    broken: Break, company: Path, tmp_path: Path, calibrate: Calibrate,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = tmp_path / "out"
    assert calibrate("run", company / "cycle.yaml", "--out", out, "--no-packets") == 3
    said = capsys.readouterr().err
    for word in broken.says:
        assert word in said
    assert "Traceback" not in said
    assert not (out / "latest").exists()
    assert not list(out.glob("runs/*"))
    problems = (out / "problems.csv").read_text()
    assert problems.startswith("file,row,column,rule,level,value,fix,content\n")
    assert len(problems.splitlines()) > 1


def test_check_ends_with_3_too(broken: Break, company: Path, calibrate: Calibrate) -> None:
    assert calibrate("check", company / "cycle.yaml") == 3


def test_bad_row_of_an_employee_is_named_as_the_cause_of_the_ratings_left_out(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    path = company / "employees.csv"
    path.write_text(path.read_text().replace("Person 003", "Per\x07son 003"))
    assert calibrate("check", company / "cycle.yaml") == 3
    said = capsys.readouterr().err
    assert r"employees.csv row 4: name 'Per\x07son 003' has a character" in said
    assert "employee_id '003' was left out of the employees" in said


def test_name_that_no_font_has_is_told_and_costs_nobody_the_run(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    path = company / "employees.csv"
    # A private-use character: no font of any system has a glyph for it.
    path.write_text(path.read_text().replace("Person 003", "Person \U0010fffd"))
    assert calibrate("run", company / "cycle.yaml", "--out", tmp_path, "--only", "session") == 0
    said = capsys.readouterr().err
    assert said.count("U+10FFFD") == 1
    assert "no font here has U+10FFFD (a private character) in name of 003;" in said
    # Before anything is computed: the seconds of the steps stand at the end.
    assert said.index("U+10FFFD") < said.index(" score ")


@pytest.mark.parametrize(
    ("setting", "key", "column"),
    [
        ("effects: {unit: team}", "effects.unit", "manager_id"),
        ("guideline: {scope: manager, shares: {Meets: [0.1, 0.5]}}", "guideline.scope",
         "manager_id"),
        ("guideline: {scope: department, shares: {Meets: [0.1, 0.5]}}", "guideline.scope",
         "department"),
    ],
)  # fmt: skip
def test_setting_that_names_a_missing_column_is_refused_not_ignored(
    setting: str, key: str, column: str, company: Path, calibrate: Calibrate,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = company / "employees.csv"
    path.write_text("employee_id,level\n" + "".join(f"{n:03d},L1\n" for n in range(1, 13)))
    cycle = company / "cycle.yaml"
    cycle.write_text(cycle.read_text() + setting + "\n")
    assert calibrate("check", cycle) == 3
    said = " ".join(capsys.readouterr().err.split())
    assert key in said
    assert f"no column {column}" in said


def test_control_that_is_no_column_of_the_employees_is_refused(
    company: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    cycle = company / "cycle.yaml"
    cycle.write_text(cycle.read_text().replace("controls: [level]", "controls: [job_family]"))
    assert calibrate("check", cycle) == 3
    assert "no column job_family" in " ".join(capsys.readouterr().err.split())


def test_a_quarantine_that_leaves_no_rating_stops_the_run(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    path = company / "cycle.yaml"
    path.write_text(path.read_text() + "on_problem: quarantine\n")
    ratings = company / "ratings.csv"
    header, *rows = ratings.read_text().splitlines()
    wrong = [",".join([*row.split(",")[:4], "nan"]) for row in rows]
    ratings.write_text("\n".join([header, *wrong]) + "\n")
    assert calibrate("run", path, "--out", tmp_path / "out") == 3
    assert "no row of the ratings could be used" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out" / "latest").exists()
