"""The page of a run: read from what the run wrote, written last but for the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from calibrate.report import Material
from calibrate.report.files import FORMULA_STARTS
from calibrate.report.pages.index import lay_out_index
from calibrate.report.screen import write_screen
from calibrate.report.views.index import build_index_view
from calibrate.report.views.run_files import Listed, Made


def write_page(
    folder: Path, material: Material, inputs: Mapping[str, str], scores_sha256: str
) -> None:
    """Write ``index.html`` into a run whose packets are listed already.

    Parameters
    ----------
    material
        What packets are made of; of findings by group it knows their number alone.
    inputs
        Name of each input file, to its SHA-256.
    """
    made = Made(read_packets(folder), inputs, scores_sha256)
    document = lay_out_index(build_index_view(material, made))
    page = write_screen(material.theme.dress(document, "page"), material.theme)
    (folder / "index.html").write_text(page, encoding="utf-8")


def read_packets(folder: Path) -> tuple[Listed, ...]:
    """Read which packets a run holds."""
    rows = pd.read_csv(folder / "packets" / "index.csv", dtype=str, keep_default_na=False)
    return tuple(
        Listed(
            file=row["file"], kind=row["kind"], session=_read_text(row["session"]),
            manager_id=_read_text(row["manager_id"]), packet_id=row["packet_id"],
            n_pages=int(row["pages"]),
        )
        for row in rows.to_dict("records")
    )  # fmt: skip


def _read_text(text: str) -> str:
    """Take off the quote that spreadsheets need before what looks like a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text
