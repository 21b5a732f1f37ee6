"""Seven invented exports in the shape of common products: each ends in packets as mapped."""

from __future__ import annotations

import csv
import importlib.util
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
import yaml
from python_calamine import CalamineWorkbook

from calibrate.cli.main import run_command
from calibrate.errors import ExitCode

HERE = Path(__file__).resolve().parent
PRODUCTS = [
    "bamboohr", "cultureamp", "fifteenfive", "lattice", "quantumworkplace", "successfactors",
    "workday",
]  # fmt: skip
#: A mark as an export holds it: employee, rater, source, criterion, mark from 1 to 5.
Mark = tuple[str, str, str, str, int]


def read_rows(
    path: Path, *, encoding: str = "utf-8-sig", delimiter: str = ","
) -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as stream:
        yield from csv.DictReader(stream, delimiter=delimiter)


def read_sheet(path: Path, sheet: int, skip: int = 0) -> list[dict[str, object]]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(sheet).to_python()
    return [dict(zip(rows[skip], row, strict=True)) for row in rows[skip + 1 :]]


def read_workday(folder: Path) -> Iterable[Mark]:
    for row in read_sheet(folder / "reviews.xlsx", 0, skip=4):
        person, boss = str(row["Employee ID"]), str(row["Manager Employee ID"])
        for rater, source, label in (
            (boss, "manager", str(row["Rating - Manager"])),
            (person, "self", str(row["Rating - Employee"])),
        ):
            if label[:1].isdigit():
                yield person, rater, source, "overall", int(label[0])


def read_successfactors(folder: Path) -> Iterable[Mark]:
    sources = {"Manager": "manager", "Peers": "peer", "Direct Reports": "direct_report",
               "Self": "self"}  # fmt: skip
    for row in read_rows(folder / "ratings.csv", encoding="cp1252", delimiter=";"):
        if row["Rating"] != "-1971,0":
            mark = int(row["Rating"].removesuffix(",0"))
            source = sources[row["Rater Category"]]
            yield row["Subject User ID"], row["Rater User ID"], source, row["Competency"], mark


def read_bamboohr(folder: Path) -> Iterable[Mark]:
    words = ["Strongly Disagree", "Disagree", "Neutral", "Agree", "Strongly Agree"]
    sources = {"Manager Assessment": "manager", "Self Assessment": "self", "Peer Feedback": "peer"}
    for row in read_rows(folder / "assessments.csv"):
        for question in ("Produces work of high quality", "Can be relied on",
                         "Helps the team succeed"):  # fmt: skip
            if row[question] in words:
                who = row["Employee #"], row["Completed By Employee #"]
                yield *who, sources[row["Assessment"]], question, words.index(row[question]) + 1


def read_fifteenfive(folder: Path) -> Iterable[Mark]:
    sources = {"Self": "self", "Manager": "manager", "Peer": "peer", "Upward": "direct_report"}
    for row in read_sheet(folder / "competencies.xlsx", 0):
        score = row["Competency score"]
        if isinstance(score, float):
            who = str(row["Participant email"]), str(row["Reviewer email"])
            source = sources[str(row["Review type"])]
            yield *who, source, str(row["Competency name"]), int(score)


def read_lattice(folder: Path) -> Iterable[Mark]:
    labels = ["Well below expectations", "Below expectations", "Meets expectations",
              "Above expectations", "Well above expectations"]  # fmt: skip
    sources = {"Downward": "manager", "Peer": "peer", "Upward": "direct_report", "Self": "self"}
    for row in read_rows(folder / "responses.csv"):
        if row["Question type"] == "Rating" and row["Response"] in labels:
            who = row["Reviewee email"], row["Reviewer email"], sources[row["Direction"]]
            yield *who, row["Question"], labels.index(row["Response"]) + 1


def read_cultureamp(folder: Path) -> Iterable[Mark]:
    for name, source, rater in (
        ("manager_reviews", "manager", "Manager Email"),
        ("peer_feedback", "peer", "Reviewer Email"),
        ("upward_feedback", "direct_report", "Reviewer Email"),
        ("self_reflections", "self", "Employee Email"),
    ):
        for row in read_rows(folder / f"{name}.csv"):
            if row["Rating"]:
                person = row["Employee Email"]
                yield person, row[rater], source, row["Question"], int(row["Rating"])


def read_quantum(folder: Path) -> Iterable[Mark]:
    for row in read_sheet(folder / "review-export.xlsx", 1):
        person = str(int(str(row["Employee ID"]).removesuffix(".0")))
        boss = str(int(str(row["Facilitator ID"]).removesuffix(".0")))
        for prompt in ("Reaches agreed goals", "Lives our values"):
            for rater, source, who in (
                (boss, "manager", "Facilitator"),
                (person, "self", "Employee"),
            ):
                mark = row[f"{who} Code: {prompt}"]
                if isinstance(mark, float):
                    yield person, rater, source, prompt, int(mark)


READERS: dict[str, Callable[[Path], Iterable[Mark]]] = {
    "workday": read_workday, "successfactors": read_successfactors, "bamboohr": read_bamboohr,
    "fifteenfive": read_fifteenfive, "lattice": read_lattice, "cultureamp": read_cultureamp,
    "quantumworkplace": read_quantum,
}  # fmt: skip


def score_by_hand(marks: Iterable[Mark], weights: dict[str, int]) -> dict[str, float]:
    """Raw scores as docs/method.md says: marks to points, forms, the weighted mean of forms."""
    forms: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for person, rater, source, criterion, mark in marks:
        forms[person, rater, source][criterion] = mark
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (person, _, source), form in forms.items():
        answered = sum(weights[criterion] for criterion in form)
        counts = {"manager": 2, "self": 0}.get(source, 1)
        if answered < 50 or counts == 0:
            continue
        points = sum(weights[c] * 100 * (mark - 1) / 4 for c, mark in form.items()) / answered
        sums[person][0] += counts * points
        sums[person][1] += counts
    return {person: total / weight for person, (total, weight) in sums.items()}


def read_weights(folder: Path) -> dict[str, int]:
    """Label of each criterion to its weight; the one mark of a minimal cycle is "overall"."""
    (rubric,) = folder.rglob("rubric*.yaml") if (folder / "rubric.yaml").exists() else (
        folder / "rubrics/overall.yaml",
    )  # fmt: skip
    criteria = yaml.safe_load(rubric.read_text(encoding="utf-8"))["criteria"]
    return {"overall" if c["id"] == "overall" else c["label"]: c["weight"] for c in criteria}


@pytest.fixture(scope="module", params=PRODUCTS)
def product(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def finished(product: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished run of the product's export with its written mapping."""
    out = tmp_path_factory.mktemp(product)
    assert run_command(["run", str(HERE / product), "--out", str(out)]) == ExitCode.DONE
    return out / "latest"


def test_export_ends_in_packets_as_mapped(finished: Path) -> None:
    index = pd.read_csv(finished / "packets/index.csv")
    assert {"session", "manager"} <= set(index["kind"])
    assert all((finished / file).read_bytes().startswith(b"%PDF") for file in index["file"])


def test_raw_scores_are_those_of_the_export_read_by_hand(product: str, finished: Path) -> None:
    folder = HERE / product
    expected = score_by_hand(READERS[product](folder), read_weights(folder))
    scores = pd.read_csv(finished / "tables/scores.csv", dtype={"employee_id": str})
    found = scores.dropna(subset="raw_score").set_index("employee_id")["raw_score"].to_dict()
    assert len(expected) >= 14
    # Tables carry 12 digits.
    assert found == pytest.approx(expected, abs=1e-9)


def test_no_attribute_of_the_export_is_read(product: str, finished: Path) -> None:
    cycle = yaml.safe_load((HERE / product / "cycle.yaml").read_text(encoding="utf-8"))
    assert "attributes" not in cycle["inputs"]
    for table in sorted((finished / "tables").glob("*.csv")):
        assert "Non-binary" not in table.read_text(encoding="utf-8")


def test_generator_writes_the_committed_files_again(
    product: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = load_generator()
    monkeypatch.setattr(make, "HERE", tmp_path)
    (tmp_path / product).mkdir()
    make.MAKERS[product]()
    written = sorted((tmp_path / product).iterdir())
    assert written
    for path in written:
        kept = HERE / product / path.name
        if path.suffix == ".csv":
            assert path.read_bytes() == kept.read_bytes()
        else:
            assert read_cells(path) == read_cells(kept)


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_exports", HERE / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up.
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def read_cells(path: Path) -> list[list[list[object]]]:
    book = CalamineWorkbook.from_path(path)
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def test_one_label_per_person_is_a_band_per_label(tmp_path: Path) -> None:
    folder = HERE / "workday"
    bands = ["Does Not Meet", "Partially Meets", "Meets", "Exceeds", "Outstanding"]
    out = ["--out", str(tmp_path), "--only", "audit"]
    assert run_command(["run", str(folder), *out]) == ExitCode.DONE
    scores = pd.read_csv(tmp_path / "latest/tables/scores.csv", dtype={"employee_id": str})
    found = scores.dropna(subset="raw_band").set_index("employee_id")["raw_band"].to_dict()
    marks = {m[0]: m[4] for m in read_workday(folder) if m[2] == "manager"}
    assert found == {person: bands[mark - 1] for person, mark in marks.items()}


def test_workday_uses_the_shipped_rubric_of_one_label(root: Path) -> None:
    shipped = (root / "rubrics/overall.yaml").read_bytes()
    assert (HERE / "workday/rubrics/overall.yaml").read_bytes() == shipped


def test_pages_quote_the_tested_mapping(product: str, root: Path) -> None:
    page = (root / "docs/exports" / f"{product}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    tested = (HERE / product / "cycle.yaml").read_text(encoding="utf-8")
    assert blocks[0] == tested
    rubrics = {path.read_text(encoding="utf-8") for path in (HERE / product).rglob("*.yaml")}
    assert all(block in rubrics for block in blocks)


def test_readme_says_where_the_shape_was_found_and_what_is_assumed(product: str) -> None:
    text = (HERE / product / "README.md").read_text(encoding="utf-8")
    assert "https://" in text
    assert "Assumed" in text


def test_worked_example_of_the_first_cycle_is_ready_to_run(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (root / "docs/first-cycle.md").read_text(encoding="utf-8")
    employees, ratings = re.findall(r"```csv\n(.*?)```", page, flags=re.DOTALL)
    folder = tmp_path / "small"
    assert run_command(["init", str(folder), "--minimal"]) == ExitCode.DONE
    (folder / "employees.csv").write_text(employees, encoding="utf-8")
    (folder / "ratings.csv").write_text(ratings, encoding="utf-8")
    assert run_command(["check", str(folder)]) == ExitCode.DONE
    assert "Ready to run" in capsys.readouterr().out


def test_first_cycle_leads_to_every_product(root: Path) -> None:
    page = (root / "docs/first-cycle.md").read_text(encoding="utf-8")
    linked = re.findall(r"\(exports/(\w+)\.md\)", page)
    assert sorted(linked) == PRODUCTS
    assert sorted(path.stem for path in (root / "docs/exports").glob("*.md")) == PRODUCTS
