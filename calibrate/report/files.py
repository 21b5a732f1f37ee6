"""Tables on disk: Parquet for types, CSV for people, and their data dictionary."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calibrate.tables import SIGNIFICANT_DIGITS, Column, Contract, Kind

#: A text that starts like this is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_ARROW = {
    "text": pa.string(), "integer": pa.int64(), "number": pa.float64(),
    "boolean": pa.bool_(), "date": pa.string(),
}  # fmt: skip
_FRICTIONLESS: dict[Kind, str] = {
    "text": "string", "integer": "integer", "number": "number",
    "boolean": "boolean", "date": "date",
}  # fmt: skip
#: Rows written at a time; bounds the memory a large table takes, changes no byte.
_ROWS = 1 << 17


def encode_table(contract: Contract, frame: pd.DataFrame) -> tuple[bytes, bytes]:
    """Give a table's bytes as Parquet and as CSV.

    In the CSV an apostrophe stands before a text that a spreadsheet would run,
    and a cell is quoted if it holds a comma, a quote or a line end.
    """
    table = build_table(contract, frame)
    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    head = ",".join(contract.names) + "\n"
    body = [encode_rows(contract, table.slice(n, _ROWS)) for n in range(0, len(table), _ROWS)]
    return buffer.getvalue(), b"".join([head.encode(), *body])


def build_table(contract: Contract, frame: pd.DataFrame) -> pa.Table:
    """Order, type and sort ``frame`` as the contract says; a missing value is null.

    Numbers keep 12 significant digits, so that all files of a run agree and
    so that the last bits of a sum, which differ between processors, stay out.

    Raises
    ------
    ValueError
        If a column is missing or one too many.
    """
    ordered = contract.conform(frame)
    arrays = [_build_column(column, ordered[column.name]) for column in contract.columns]
    return pa.Table.from_arrays(arrays, names=contract.names)


def _build_column(column: Column, values: pd.Series[Any]) -> pa.Array:
    array = pa.array(values, from_pandas=True).cast(_ARROW[column.kind])
    if isinstance(array, pa.ChunkedArray):
        # Chunks would show in the pages of the Parquet file.
        array = array.combine_chunks()
    if column.kind == "number":
        return _write_digits(array).cast(pa.float64())
    if column.kind in ("text", "date"):
        return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
    return array


def _write_digits(numbers: pa.Array) -> pa.Array:
    """Write numbers with 12 significant digits, at the speed of one ``%`` for all.

    Examples
    --------
    >>> _write_digits(pa.array([1 / 3, -0.0, 1e20, None])).to_pylist()
    ['0.333333333333', '0', '1e+20', None]
    """
    known = numbers.drop_null().to_numpy() + 0.0  # no negative zero
    form = f"%.{SIGNIFICANT_DIGITS}g"
    written = pa.array((" ".join([form] * len(known)) % tuple(known.tolist())).split(), pa.string())
    if not numbers.null_count:
        return written
    place = pc.cumulative_sum(pc.is_valid(numbers).cast(pa.int64()))
    return written.take(pc.if_else(pc.is_valid(numbers), pc.subtract(place, 1), None))


def encode_rows(contract: Contract, table: pa.Table) -> bytes:
    """Join cells by comma and rows by line feed, without a loop over either."""
    cells = [_write_cells(c, table[c.name].combine_chunks()) for c in contract.columns]
    lines = pc.binary_join_element_wise(*cells, ",")
    return "".join(f"{line}\n" for line in lines.to_pylist()).encode()


def _write_cells(column: Column, values: pa.Array) -> pa.Array:
    """Text of each cell; a missing one is empty."""
    if column.kind == "number":
        return _write_digits(values).fill_null("")
    text = values.cast(pa.string()).fill_null("")
    if column.kind not in ("text", "date"):
        return text
    run = pc.is_in(pc.utf8_slice_codeunits(text, 0, 1), pa.array(FORMULA_STARTS))
    text = pc.if_else(run, pc.binary_join_element_wise("'", text, ""), text)
    doubled = pc.replace_substring(text, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(pc.match_substring_regex(text, '[",\r\n]'), quoted, text)


def write_table(folder: Path, contract: Contract, frame: pd.DataFrame) -> list[Path]:
    """Write ``<name>.parquet`` and ``<name>.csv`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{contract.name}.parquet", folder / f"{contract.name}.csv"]
    for path, content in zip(paths, encode_table(contract, frame), strict=True):
        path.write_bytes(content)
    return paths


def build_data_dictionary(tables: Iterable[tuple[str, Contract]]) -> str:
    """Describe tables as a Frictionless data package.

    Parameters
    ----------
    tables
        Path of the CSV inside the run, and its contract.
    """
    resources = [
        {
            "name": path.removesuffix(".csv").replace("/", "-").lower(),
            "path": path,
            "description": contract.meaning,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {"name": c.name, "type": _FRICTIONLESS[c.kind], "description": c.meaning}
                    | ({"unit": c.unit} if c.unit else {})
                    for c in contract.columns
                ],
                "missingValues": [""],
            }
            | ({"primaryKey": list(contract.key)} if contract.is_key_unique else {}),
        }
        for path, contract in tables
    ]
    package = {"name": "calibrate-run", "profile": "data-package", "resources": resources}
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"
