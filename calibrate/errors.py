"""Problems found in the input, the exception tree, and the exit codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Level = Literal["error", "note"]


class ExitCode(IntEnum):
    """What the shell is told; DESIGN section 5 fixes the numbers."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INPUT = 3
    GATE = 4
    INTEGRITY = 5
    BUSY = 6
    DISK = 7


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

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(describe_problems(self.problems))


class FitError(CalibrateError):
    """The rater model cannot be fitted; callers turn it into a refusal."""


class IntegrityError(CalibrateError):
    """A file is not what the manifest says it is."""

    exit_code = ExitCode.INTEGRITY


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


def describe_problems(problems: Sequence[Problem], limit: int = 20) -> str:
    """Say how many problems there are and list the first of them.

    Examples
    --------
    >>> print(describe_problems([Problem("a.csv", 2, "mark", "nan_text",
    ...                                  "mark is 'nan'", "leave it blank")]))
    1 problem; nothing was scored
      - a.csv row 2: mark is 'nan'; leave it blank
    """
    errors = [p for p in problems if p.level == "error"] or list(problems)
    noun = "problem" if len(errors) == 1 else "problems"
    lines = [f"{len(errors):,} {noun}; nothing was scored"]
    lines += [f"  - {p}" for p in errors[:limit]]
    if len(errors) > limit:
        lines.append(f"  … and {len(errors) - limit:,} more")
    return "\n".join(lines)
