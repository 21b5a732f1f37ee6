"""Problems found in the input, the exception tree, and the exit codes."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Literal

from calibrate.faults import FOLLOWING, say_fault

Level = Literal["error", "note"]

#: Rules told with their first problems, and rules told in a line each: one screen in all.
_MOST_BLOCKS, _MOST_LINES = 6, 12
_LONGEST_LINE = 400
#: What did not happen when the files of a cycle are at fault.
UNDONE = "nothing was scored"


class ExitCode(IntEnum):
    """What the shell is told; shells themselves use 130 for Ctrl-C."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INPUT = 3
    GATE = 4
    INTEGRITY = 5
    BUSY = 6
    DISK = 7
    STOPPED = 130


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and how to mend it.

    Parameters
    ----------
    file
        Name of the file as the cycle file spells it.
    row
        Line of the table counted as a spreadsheet counts it: the header is
        row 1. ``None`` when the whole file or a key is meant.
    column
        Column name, or the key path in a YAML file; may be empty.
    rule
        Short stable name of the broken rule, such as ``mark_out_of_scale``.
    what
        The sentence's middle: what is wrong, with the value.
    fix
        What to do about it.
    level
        ``error`` stops a run or quarantines the row; ``note`` never does.
    value
        The offending value as it stands in the file. Empty for attributes.
    whole
        The fault concerns a whole file, column or key: it always stops.

    Examples
    --------
    >>> print(Problem("ratings.csv", 41, "mark", "mark_out_of_scale",
    ...               "mark is 6", "the rubric allows 1 to 5"))
    ratings.csv row 41: mark is 6; the rubric allows 1 to 5
    """

    file: str
    row: int | None
    column: str
    rule: str
    what: str
    fix: str
    level: Level = "error"
    value: str = ""
    whole: bool = False

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file} row {self.row}"
        said = f"{where}: {self.what}; {self.fix}"
        # A value may hold what a terminal would obey.
        return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in said)


class CalibrateError(Exception):
    """Anything we can explain. The command line prints it and exits."""

    exit_code = ExitCode.BUG


class InputError(CalibrateError):
    """The cycle, a rubric or the data are at fault; all problems at once."""

    exit_code = ExitCode.INPUT

    def __init__(self, problems: Iterable[Problem], undone: str = UNDONE) -> None:
        super().__init__()
        self.problems: tuple[Problem, ...] = tuple(problems)
        #: What did not happen because of them.
        self.undone = undone
        #: What had been read when the fault stopped it: people, rows, forms, raters.
        self.counts: dict[str, int] = {}
        #: Files that list the problems.
        self.written: tuple[Path, ...] = ()

    def __str__(self) -> str:
        return describe_problems(self.problems, written=self.written, undone=self.undone)


class FitError(CalibrateError):
    """The rater model cannot be fitted; callers turn it into a refusal."""


class IntegrityError(CalibrateError):
    """A file is not what the manifest says it is."""

    exit_code = ExitCode.INTEGRITY


class RunError(CalibrateError):
    """The folder is no run, or does not hold what is asked for."""

    exit_code = ExitCode.INPUT


class BusyError(CalibrateError):
    """Another run holds the output folder."""

    exit_code = ExitCode.BUSY


class DiskError(CalibrateError):
    """The output cannot be written."""

    exit_code = ExitCode.DISK


class MachineError(CalibrateError):
    """This machine lacks something that the command needs."""

    exit_code = ExitCode.INPUT


class RenderError(CalibrateError):
    """A packet could not be set."""


@dataclass(frozen=True)
class RuleCount:
    """How often a rule is broken, in which files, and the first few problems."""

    rule: str
    level: Level
    count: int
    files: tuple[str, ...]
    first: tuple[Problem, ...]


def count_rules(problems: Iterable[Problem], n_first: int = 3) -> tuple[RuleCount, ...]:
    """Count problems by rule: errors before notes, the most frequent first, what follows last."""
    counts: dict[tuple[Level, str], int] = {}
    files: dict[tuple[Level, str], dict[str, None]] = {}
    first: dict[tuple[Level, str], list[Problem]] = {}
    for problem in problems:
        key = (problem.level, problem.rule)
        counts[key] = n = counts.get(key, 0) + 1
        if n == 1:
            files[key], first[key] = {}, []
        if n <= n_first:
            first[key].append(problem)
        files[key][problem.file] = None
    return tuple(
        RuleCount(rule, level, n, tuple(files[level, rule]), tuple(first[level, rule]))
        for (level, rule), n in sorted(
            counts.items(),
            key=lambda one: (one[0][0], one[0][1] in FOLLOWING, -one[1], one[0]),
        )
    )


def describe_problems(
    problems: Sequence[Problem],
    *,
    width: int | None = None,
    written: Sequence[Path] = (),
    undone: str = UNDONE,
) -> str:
    """Say how many problems there are, and the first of each kind; it fits on a screen.

    Parameters
    ----------
    width
        Letters per line; ``None`` for one line per problem.
    written
        Files that list all problems.
    undone
        What did not happen because of them.

    Examples
    --------
    >>> print(describe_problems([Problem("a.csv", 2, "mark", "nan_text",
    ...                                  "mark is 'nan'", "leave it blank")]))
    1 problem; nothing was scored
    <BLANKLINE>
    1 error: a mark is a text for 'nothing', such as nan (nan_text)
      a.csv row 2: mark is 'nan'; leave it blank
    """
    n_errors = sum(problem.level == "error" for problem in problems)
    head = f"{say_count(n_errors or len(problems), 'problem')}; {undone}"
    lines = [head, *describe_rules(count_rules(problems), width)]
    return "\n".join([*lines, *say_written(written)])


def describe_rules(rules: Sequence[RuleCount], width: int | None = None) -> Iterator[str]:
    """Yield a block of lines per rule: count, meaning, the first problems, what is left."""
    n_shown = _MOST_BLOCKS if len(rules) > _MOST_BLOCKS + 1 else len(rules)
    for at, rule in enumerate(rules):
        if at <= n_shown:
            yield ""
        if at == n_shown + _MOST_LINES:
            yield f"… and {say_count(len(rules) - at, 'more rule')}"
            return
        said = f"{say_count(rule.count, rule.level)}: {say_fault(rule.rule)} ({rule.rule})"
        yield from _wrap(said, "", width)
        if at < n_shown:
            for problem in rule.first:
                yield from _wrap(_clip(str(problem)), "  ", width)
            if rule.count > len(rule.first):
                others = len(rule.files) - 3
                named = ", ".join(rule.files[:3]) + (f" and {others:,} other files" * (others > 0))
                rest = f"… and {rule.count - len(rule.first):,} more in {named}"
                yield from _wrap(rest, "  ", width)


def say_written(written: Sequence[Path]) -> list[str]:
    """Say where all problems are listed, one file a line."""
    return ["", "All of them, with the rows beside:", *(f"  {path}" for path in written)] * bool(
        written
    )


def say_count(n: int, noun: str) -> str:
    """Count in words.

    Examples
    --------
    >>> say_count(1, "error"), say_count(1200, "note")
    ('1 error', '1,200 notes')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _clip(text: str) -> str:
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"


def _wrap(text: str, indent: str, width: int | None) -> list[str]:
    if width is None:
        return [indent + text]
    return textwrap.wrap(
        text, max(width, 40), initial_indent=indent, subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
    )  # fmt: skip


def say_character(character: str) -> str:
    """Name a character so that any terminal can show it.

    Examples
    --------
    >>> say_character("\u0e01"), say_character("\ue000")
    ('U+0E01 (thai character ko kai)', 'U+E000 (a private character)')
    """
    if unicodedata.category(character) == "Co":
        return f"U+{ord(character):04X} (a private character)"
    name = unicodedata.name(character, "a character without a name").lower()
    return f"U+{ord(character):04X} ({name})"
