"""Tables on disk."""

import json
from io import BytesIO, StringIO

import pandas as pd
import pyarrow.parquet as pq
import pytest

from calibrate.report.files import build_data_dictionary, encode_table, quote_formula
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
    assert quote_formula(text) == "'" + text
    _, csv = things(id=[text], size=[1], count=[1], is_big=[True])
    assert pd.read_csv(StringIO(csv.decode()), dtype=str)["id"].tolist() == ["'" + text]


def test_negative_number_is_not_quoted() -> None:
    _, csv = things(id=["a"], size=[-1.5], count=[-1], is_big=[True])
    assert csv.decode().splitlines()[1] == "a,-1.5,-1,true"


def test_missing_column_is_a_bug_that_is_named() -> None:
    with pytest.raises(ValueError, match="size"):
        things(id=["a"], count=[1], is_big=[True])


def test_same_table_gives_the_same_bytes() -> None:
    frame = pd.DataFrame({"term": ["rater", "employee"], "variance": [1.0, 2.0], "share": [1, 2]})
    assert encode_table(VARIANCE, frame) == encode_table(VARIANCE, frame[::-1])


def test_data_dictionary_names_every_column_with_its_meaning() -> None:
    package = json.loads(build_data_dictionary([(f"tables/{c.name}.csv", c) for c in PUBLIC]))
    for resource, contract in zip(package["resources"], PUBLIC, strict=True):
        fields = resource["schema"]["fields"]
        assert [f["name"] for f in fields] == contract.names
        assert all(f["description"] for f in fields)
