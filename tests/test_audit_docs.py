"""docs/audit.md: its figures are worked out again as the page says, and its commands exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from calibrate.cli.main import cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "audit.md"


def test_every_figure_of_the_page_comes_out(
    run_folder: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, globs={"folder": run_folder})
    assert failed == 0
    assert tried > 20


def test_every_command_of_the_page_is_ours() -> None:
    commands = re.findall(r"^\$ calibrate (\w+) (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 4
    for name, rest in commands:
        known = {option for parameter in cli.commands[name].params for option in parameter.opts}
        assert {word for word in rest.split() if word.startswith("--")} <= known
