"""The README's commands exist and do what it says."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from calibrate.cli.main import cli, run_command

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", README, flags=re.MULTILINE)


def test_the_first_commands_are_the_two_scripts() -> None:
    assert COMMANDS[:2] == ["scripts/demo", "scripts/test"]
    for script in COMMANDS[:2]:
        assert os.access(ROOT / script, os.X_OK)


@pytest.mark.parametrize("command", COMMANDS[2:])
def test_every_other_command_is_one_of_ours_with_known_options(
    command: str, tmp_path: Path
) -> None:
    program, name, *arguments = command.split()
    assert program == ".venv/bin/calibrate"
    known = {option for p in cli.commands[name].params for option in p.opts}
    assert {a for a in arguments if a.startswith("--")} <= known
    if name == "init":
        assert run_command([name, str(tmp_path / arguments[0])]) == 0
    else:
        assert (ROOT / arguments[0]).is_file()


def test_the_sample_cycle_of_the_readme_is_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert run_command(["check", "sample_data/cycle.yaml"]) == 0
    assert "Ready to run" in capsys.readouterr().out


def test_every_linked_file_is_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
