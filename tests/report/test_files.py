"""Tables on disk."""

import csv
import json
import random
import re
import struct
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import Package

from calibrate.report.files import build_data_dictionary, encode_table, write_table
from calibrate.tables import PUBLIC, VARIANCE, Column, Contract

THINGS = Contract(
    "things",
    ("id",),
    (
        Column("id", "text", "id"),
        Column("size", "number", "size", "points"),
        Column("count", "integer", "count"),
        Column("is_big", "boolean", "big?"),
    ),
)


def things(**columns: list[object]) -> tuple[bytes, bytes]:
    return encode_table(THINGS, pd.DataFrame(columns))


def test_rows_are_sorted_by_key_and_ids_stay_text() -> None:
    parquet, csv = things(id=["010", "007"], size=[1.5, 2.0], count=[1, 2], is_big=[True, False])
    assert csv.decode() == "id,size,count,is_big\n007,2,2,false\n010,1.5,1,true\n"
    assert pq.read_table(BytesIO(parquet)).column("id").to_pylist() == ["007", "010"]


def test_missing_is_empty_in_csv_and_null_in_parquet() -> None:
    parquet, csv = things(id=["a", ""], size=[None, 1], count=[None, 1], is_big=[None, True])
    assert csv.decode().splitlines()[1:] == [",1,1,true", "a,,,"]
    table = pq.read_table(BytesIO(parquet))
    assert table.column("size").null_count == 1
    assert table.column("id").null_count == 1


def test_numbers_keep_twelve_significant_digits_in_both_files() -> None:
    parquet, csv = things(id=["a"], size=[1 / 3], count=[1], is_big=[True])
    assert b"0.333333333333," in csv
    assert pq.read_table(BytesIO(parquet)).column("size").to_pylist() == [0.333333333333]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx"])
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    _, csv = things(id=[text], size=[1], count=[1], is_big=[True])
    assert pd.read_csv(StringIO(csv.decode()), dtype=str)["id"].tolist() == ["'" + text]


EVERY_KIND = Contract(
    "every_kind",
    ("place",),
    (
        Column("place", "integer", "row"),
        Column("text", "text", "text"),
        Column("number", "number", "number"),
        Column("flag", "boolean", "flag"),
        Column("day", "date", "day"),
    ),
)
NASTY_TEXTS = (
    None, "", "=1+1", "-1", "+", "@x", "\tx", "\rx", "a,b", 'say "so"', '"', '""', "two\nlines",
    "car\rriage", "both\r\n", '="a,b"', "'quoted", " blank ", "nan", "NaN", "NA", "null", "007",
    "a\\b", "x" * 40_000, "日本", "é", "e\u0301", "\u2028", "😀", "a=b", "–1",
)  # fmt: skip
NASTY_NUMBERS = (
    None, 0.0, -0.0, 1 / 3, 0.1 + 0.2, 99.99999999999, 1e11, 1e12, 123456789012.5, 1e16, 1e20,
    1e-4, 1e-5, -2.5e-7, 5e-324, -2.5e-312, 1.7976931348623157e308, float("inf"), float("-inf"),
)  # fmt: skip


def any_double(rng: random.Random) -> float | None:
    """Any of the 64-bit patterns that is a number."""
    value = struct.unpack("d", struct.pack("Q", rng.getrandbits(64)))[0]
    return None if value != value else value


def write_plainly(rows: list[dict]) -> tuple[str, list[float | None]]:
    """The definition of our CSV, cell by cell, and the numbers as Parquet has them."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # so that it quotes both line ends
    kept: list[float | None] = []
    for row in rows:
        text, number, flag = row["text"] or "", row["number"], row["flag"]
        short = None if number is None else float(f"{number:.12g}") + 0.0
        kept.append(short)
        writer.writerow([
            row["place"], f"'{text}" if text[:1] in tuple("=+-@\t\r") else text,
            "" if short is None else f"{short:.12g}",
            "" if flag is None else str(flag).lower(), row["day"] or "",
        ])  # fmt: skip
        end = out.tell() - 2
        out.seek(end)
        out.truncate()
        out.write("\n")
    return "place,text,number,flag,day\n" + out.getvalue(), kept


def test_tables_are_written_byte_by_byte_as_defined_cell_by_cell() -> None:
    rng = random.Random(3)
    rows = [
        {
            "place": place, "text": rng.choice(NASTY_TEXTS),
            "flag": rng.choice([None, True, False]),
            "number": rng.choice([rng.choice(NASTY_NUMBERS), any_double(rng), rng.gauss(50, 20)]),
            "day": rng.choice([None, "", "2026-12-31"]),
        }
        for place in range(4000)
    ]  # fmt: skip
    rows[0]["text"] = next(text for text in NASTY_TEXTS if text)
    frame = pd.DataFrame(rows).astype({"number": "Float64", "flag": "boolean"})
    parquet, text = encode_table(EVERY_KIND, frame)
    expected, numbers = write_plainly(rows)
    assert text.decode() == expected
    table = pq.read_table(BytesIO(parquet))
    assert table["number"].to_pylist() == numbers
    assert table["text"].to_pylist() == [row["text"] or None for row in rows]
    assert table["flag"].to_pylist() == [row["flag"] for row in rows]


def test_a_table_longer_than_one_piece_has_every_row_once() -> None:
    n = 300_000
    _, text = things(id=[f"{i:06d}" for i in range(n)], size=[0.5] * n, count=[1] * n,
                     is_big=[False] * n)  # fmt: skip
    lines = text.decode().splitlines()
    assert len(lines) == n + 1
    assert [line[:6] for line in lines[1:]] == [f"{i:06d}" for i in range(n)]


def test_negative_number_is_not_quoted() -> None:
    _, csv = things(id=["a"], size=[-1.5], count=[-1], is_big=[True])
    assert csv.decode().splitlines()[1] == "a,-1.5,-1,true"


def test_missing_column_is_a_bug_that_is_named() -> None:
    with pytest.raises(ValueError, match="size"):
        things(id=["a"], count=[1], is_big=[True])


def test_same_table_gives_the_same_bytes() -> None:
    frame = pd.DataFrame(
        {"term": ["rater", "employee"], "variance": [1.0, 2.0], "share": [1, 2],
         "se": [0.5, 0.25], "monte_carlo": [0, 0]}
    )  # fmt: skip
    assert encode_table(VARIANCE, frame) == encode_table(VARIANCE, frame[::-1])


def test_data_dictionary_names_every_column_with_its_meaning() -> None:
    package = json.loads(build_data_dictionary([(f"tables/{c.name}.csv", c) for c in PUBLIC]))
    for resource, contract in zip(package["resources"], PUBLIC, strict=True):
        fields = resource["schema"]["fields"]
        assert [f["name"] for f in fields] == contract.names
        assert all(f["description"] for f in fields)


TYPED = Contract(
    "typed",
    ("id",),
    (
        Column("id", "text", "id"),
        Column("note", "text", "note"),
        Column("size", "number", "size", "points"),
        Column("count", "integer", "count"),
        Column("is_big", "boolean", "big?"),
        Column("day", "date", "day"),
    ),
)


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    """A folder with one table of every type, and its data package."""
    frame = pd.DataFrame({
        "id": ["007", "1e5", "TRUE"], "note": ["=1+1", 'two\nlines, "so"', None],
        "size": [-0.5, None, 1 / 3], "count": [None, 2, 3], "is_big": [True, False, None],
        "day": ["2026-12-31", None, "1899-02-28"],
    })  # fmt: skip
    write_table(tmp_path / "tables", TYPED, frame)
    text = build_data_dictionary([("tables/typed.csv", TYPED)])
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")
    return tmp_path


def read_with_r(folder: Path, root: Path) -> dict:
    script = root / "tests" / "reference" / "read_tables.R"
    call = ["Rscript", "--vanilla", str(script), str(folder)]
    done = subprocess.run(call, check=True, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_r_reads_every_type_from_the_data_package(typed: Path, root: Path) -> None:
    table = read_with_r(typed, root)["tables/typed.csv"]
    assert table["classes"] == [
        "character", "character", "numeric", "integer", "logical", "Date",
    ]  # fmt: skip
    assert table["first"] == ["007", "'=1+1", "-0.5", None, "TRUE", "2026-12-31"]
    assert table["missing"] == [0, 1, 1, 1, 1, 1]
    assert table["sums"] == pytest.approx([0, 0, -0.5 + 1 / 3, 5, 0, 0], rel=1e-11)


def test_r_reads_every_table_of_a_run_as_parquet_has_it(run_folder: Path, root: Path) -> None:
    expected_class = {
        "text": "character", "integer": "integer", "number": "numeric", "boolean": "logical",
        "date": "Date",
    }  # fmt: skip
    found = read_with_r(run_folder, root)
    for contract in PUBLIC:
        table = found[f"tables/{contract.name}.csv"]
        frame = pd.read_parquet(run_folder / "tables" / f"{contract.name}.parquet")
        assert table["names"] == contract.names
        assert table["rows"] == len(frame)
        assert table["classes"] == [expected_class[c.kind] for c in contract.columns]
        assert table["missing"] == frame.isna().sum().tolist()
        sums = [
            float(frame[c.name].sum()) if c.kind in ("integer", "number") else 0.0
            for c in contract.columns
        ]
        # Sums of 12-digit numbers in another order.
        assert table["sums"] == pytest.approx(sums, rel=1e-9, abs=1e-9)


def test_frictionless_finds_every_type_right(typed: Path) -> None:
    package = Package(str(typed / "datapackage.json"))
    assert package.validate().valid
    rows = package.resources[0].read_rows()
    assert rows[0].to_dict() == {
        "id": "007", "note": "'=1+1", "size": Decimal("-0.5"), "count": None, "is_big": True,
        "day": date(2026, 12, 31),
    }  # fmt: skip


def test_frictionless_refuses_a_repeated_key_and_a_wrong_type(typed: Path) -> None:
    path = typed / "tables" / "typed.csv"
    path.write_text(path.read_text().replace("1e5", "007").replace("-0.5", "half"))
    errors = Package(str(typed / "datapackage.json")).validate().flatten(["type"])
    assert sorted(kind for (kind,) in errors) == ["primary-key", "type-error"]


def test_frictionless_validates_every_table_of_a_run(run_folder: Path) -> None:
    package = Package(str(run_folder / "datapackage.json"))
    report = package.validate()
    assert report.flatten(["name", "rowNumber", "type", "note"]) == []
    top = run_folder.resolve()
    written = {path.relative_to(top).as_posix() for path in top.rglob("*.csv")}
    assert {resource.path for resource in package.resources} == written


def find_examples(root: Path, language: str) -> list[str]:
    text = (root / "docs" / "outputs.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize(
    ("language", "command"), [("python", [sys.executable, "-c"]), ("r", ["Rscript", "-e"])]
)
def test_examples_of_the_manual_run_inside_a_run(
    language: str, command: list[str], root: Path, run_folder: Path
) -> None:
    (example,) = find_examples(root, language)
    done = subprocess.run(
        [*command, example], check=True, cwd=run_folder, capture_output=True, text=True
    )
    sessions = pd.read_parquet(run_folder / "tables" / "scores.parquet")["session"].unique()
    assert all(session in done.stdout for session in sessions)


def test_manual_names_every_file_of_a_run(root: Path, run_folder: Path) -> None:
    text = (root / "docs" / "outputs.md").read_text(encoding="utf-8")
    top = {f"{p.name}/" if p.is_dir() else p.name for p in run_folder.iterdir()} - {"audit/"}
    assert {name for name in top if f"`{name}`" not in text} == set()
    assert {c.name for c in PUBLIC if f"`{c.name}`" not in text} == set()
    audit = {p.stem for p in (run_folder / "audit" / "tables").glob("*.csv")}
    assert {name for name in audit if f"`audit/tables/{name}`" not in text} == set()
