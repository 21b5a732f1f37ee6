"""docs/python.md: every example runs and prints what it says."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import calibrate

ROOT = Path(__file__).resolve().parent.parent


def test_every_example_prints_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(
        str(ROOT / "docs" / "python.md"), module_relative=False, globs={"out": tmp_path},
        optionflags=doctest.NORMALIZE_WHITESPACE,
    )  # fmt: skip
    assert failed == 0
    assert tried > 15


@pytest.mark.parametrize("name", calibrate.__all__)
def test_every_public_name_is_there_and_explained(name: str) -> None:
    assert getattr(calibrate, name).__doc__


def test_an_unknown_name_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="no attribute 'debug'"):
        _ = calibrate.debug  # type: ignore[attr-defined]
