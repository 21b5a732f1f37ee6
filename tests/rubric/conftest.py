"""A cycle folder with rubrics typed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

CYCLE = 'schema: 1\ncycle: "test"\ninputs: {ratings: {file: r.csv}}\nrubrics: [x.yaml]\n'


@pytest.fixture
def cycle_folder(tmp_path: Path) -> Path:
    (tmp_path / "cycle.yaml").write_text(CYCLE)
    return tmp_path
