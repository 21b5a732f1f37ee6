"""docs/commands.md says what the commands say, and every command explains itself."""

from __future__ import annotations

import inspect
import re
import runpy
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import click
import pytest

from calibrate.cli.main import cli
from calibrate.errors import ExitCode

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "commands"))
walk_commands = cast(Callable[[], Iterator[tuple[str, click.Command]]], SCRIPT["walk_commands"])
describe_help = cast(Callable[[str, click.Command], str], SCRIPT["describe_help"])
describe_commands = cast(Callable[[], str], SCRIPT["describe_commands"])

EVERY = [("calibrate", cli), *walk_commands()]
NAMES = [words for words, _ in EVERY]
each_command = pytest.mark.parametrize(("words", "command"), EVERY, ids=NAMES)


def list_examples(command: click.Command) -> list[str]:
    """The lines below ``Example:`` in a command's help."""
    text = inspect.cleandoc(command.help or "")
    _, _, below = text.partition("Example:\n")
    return [line.strip() for line in below.split("\n\n")[0].splitlines()]


def resolve(example: str) -> tuple[click.Context, click.Command]:
    """Parse an example as the command line would, without running it."""
    program, *words = shlex.split(example, comments=True)
    assert program == "calibrate"
    command: click.Command = cli
    context = click.Context(cli, info_name=program)
    while isinstance(command, click.Group):
        name, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found
        if not isinstance(command, click.Group):
            context = command.make_context(name, words, parent=context)
    return context, command


def test_the_page_says_what_help_says() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert page == describe_commands(), "run scripts/commands"


def test_the_page_lists_every_exit_code() -> None:
    listed = re.findall(r"^\| (\d+) \|", describe_commands(), flags=re.MULTILINE)
    assert [int(code) for code in listed] == [code.value for code in ExitCode]


@each_command
def test_every_command_has_help_and_an_example(words: str, command: click.Command) -> None:
    assert command.help
    if not isinstance(command, click.Group):
        examples = list_examples(command)
        assert any(example.startswith(words) for example in examples)


@each_command
def test_every_example_is_understood(words: str, command: click.Command) -> None:
    for example in list_examples(command):
        _, found = resolve(example)
        assert found is not cli


@each_command
def test_every_option_has_help(words: str, command: click.Command) -> None:
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert [option.name for option in options if not option.help] == []


@each_command
def test_help_fits_into_80_columns(words: str, command: click.Command) -> None:
    assert max(len(line) for line in describe_help(words, command).splitlines()) <= 80


def test_the_list_of_commands_cuts_no_sentence() -> None:
    assert re.findall(r"^  .*\.\.\.$", describe_help("calibrate", cli), flags=re.MULTILINE) == []


def test_an_example_with_an_unknown_option_would_be_noticed() -> None:
    with pytest.raises(click.NoSuchOption):
        resolve("calibrate check cycle.yaml --jsn")
    with pytest.raises(click.UsageError):
        resolve("calibrate chek cycle.yaml")
    with pytest.raises(click.UsageError):
        resolve("calibrate run cycle.yaml")
