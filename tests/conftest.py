"""What several tests share: where the checkout is, and the sample cycle in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrate.cli.main import run_command

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sample_data(root: Path) -> Path:
    """Folder of the invented company; read only, copy it before a change."""
    return root / "sample_data"


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> Path:
    """A finished run of the invented company with the executive page alone."""
    out = tmp_path_factory.mktemp("run")
    cycle = str(sample_data / "cycle.yaml")
    assert run_command(["run", cycle, "--out", str(out), "--only", "executive"]) == 0
    return out / "latest"
