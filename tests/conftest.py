"""What several tests share: where the checkout is, and the sample cycle in it."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sample_data(root: Path) -> Path:
    """Folder of the invented company; read only, copy it before a change."""
    return root / "sample_data"
