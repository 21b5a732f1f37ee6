"""Tables on disk: Parquet for types, CSV for people, and their data dictionary."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from calibrate.tables import SIGNIFICANT_DIGITS, Contract, Kind

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


def encode_table(contract: Contract, frame: pd.DataFrame) -> tuple[bytes, bytes]:
    """Give a table's bytes as Parquet and as CSV.

    Numbers keep 12 significant digits in both, so that the two agree and so
    that the last bits of a sum, which differ between processors, stay out.
    """
    ordered = contract.conform(frame)
    arrays, columns = [], {}
    for column in contract.columns:
        values = ordered[column.name]
        if column.kind == "number":
            values = values.map(_round, na_action="ignore").astype("Float64")
            columns[column.name] = values.map(lambda v: f"{v:.12g}", na_action="ignore")
        elif column.kind in ("text", "date"):
            values = values.replace("", pd.NA)
            columns[column.name] = values.map(quote_formula, na_action="ignore")
        elif column.kind == "boolean":
            columns[column.name] = values.map({True: "true", False: "false"})
        else:
            columns[column.name] = values
        content = [None if pd.isna(value) else value for value in values]
        arrays.append(pa.array(content, type=_ARROW[column.kind]))
    buffer = BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=contract.names), buffer, compression="zstd")
    text = pd.DataFrame(columns, columns=contract.names).to_csv(index=False, lineterminator="\n")
    return buffer.getvalue(), text.encode()


def write_table(folder: Path, contract: Contract, frame: pd.DataFrame) -> list[Path]:
    """Write ``<name>.parquet`` and ``<name>.csv`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{contract.name}.parquet", folder / f"{contract.name}.csv"]
    for path, content in zip(paths, encode_table(contract, frame), strict=True):
        path.write_bytes(content)
    return paths


def quote_formula(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run.

    Examples
    --------
    >>> quote_formula("=1+1"), quote_formula("E-1")
    ("'=1+1", 'E-1')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


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


def _round(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0
