"""Settings that a cycle has been run with: how many, what changed, and why."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from pathlib import Path

import pandas as pd

from calibrate.config import Cycle
from calibrate.errors import InputError, IntegrityError, Problem
from calibrate.manifest import Provenance, canonical_json, hash_bytes
from calibrate.report.folder import explain_disk, read_made_from
from calibrate.tables import CONFIGURATIONS

#: They decide who is in which band: once figures by group were seen, a change needs a reason.
FROZEN = ("effects", "bands", "sources")
#: They change how a page looks, and no figure.
_LOOKS = frozenset(
    {"title", "cadence", "display_scale", "show_suggested", "language", "formats", "agenda",
     "packets", "paper", "theme"}
)  # fmt: skip
LONGEST_REASON = 400
_FIRST = "0" * 64
_SHORT = 12


@dataclass(frozen=True)
class Entry:
    """One way in which the cycle was run.

    Parameters
    ----------
    settings
        Key path, or name of a rubric or strategy file, to its value as text.
    files
        Name of every other input file to its SHA-256.
    is_opened
        Attributes were given: figures by group were made.
    reason
        Why frozen settings were changed; empty where none was.
    """

    settings: Mapping[str, str]
    files: Mapping[str, str]
    is_opened: bool
    reason: str = ""

    def is_same(self, other: Entry) -> bool:
        """Tell whether both are the same settings over the same data."""
        return self.settings == other.settings and self.files == other.files


@dataclass(frozen=True)
class ConfigurationLog:
    """All entries of a cycle in one output folder, and which of them is this run's.

    Parameters
    ----------
    entries : in the order of their first run
    current : position of this run's
    lines
        As they stand, or will stand, in the file: an earlier release may have
        written an entry with other keys than this one would.
    """

    entries: tuple[Entry, ...]
    current: int
    lines: tuple[str, ...]

    @property
    def head(self) -> str:
        """Hash of all of it: part of what a run depends on."""
        return self.heads[-1]

    @property
    def heads(self) -> tuple[str, ...]:
        """Hash of the first entry, of the first two, and so on to all of it."""
        texts = accumulate(f"{line}\n" for line in self.lines)
        return tuple(hash_bytes(text.encode()) for text in texts)

    def keeps(self, reason: str) -> bool:
        """Tell whether this is the reason that stands in the log, or none was given."""
        said = " ".join(reason.split())
        return said in ("", self.entries[self.current].reason)

    def tabulate(self) -> pd.DataFrame:
        """One row a change, as :data:`calibrate.tables.CONFIGURATIONS`."""
        opened = _find_opened(self.entries)
        rows = []
        for at, entry in enumerate(self.entries):
            before = self.entries[at - 1] if at else entry
            changes = list(_compare(before, entry)) or [("", "", "")]
            rows += [
                {
                    "position": at + 1, "key": key, "before": old, "after": new,
                    "is_frozen": _is_frozen(key) and opened is not None and at > opened,
                    "reason": entry.reason, "is_opened": entry.is_opened,
                    "is_current": at == self.current,
                }
                for key, old, new in changes
            ]  # fmt: skip
        return CONFIGURATIONS.conform(pd.DataFrame(rows))


def enter_configuration(
    out: Path, cycle: Cycle, provenance: Provenance, reason: str = ""
) -> ConfigurationLog:
    """Read what the cycle has been run with below ``out``, with this run's settings entered.

    Nothing is written: :func:`write_log` does that once the run stands.

    Raises
    ------
    InputError
        If ``effects``, ``bands`` or ``sources`` are other than they were when
        figures by group were first made, and no reason is given.
    IntegrityError
        If a line of the log does not follow from the line before, or lines are
        missing that a run there was made with.
    """
    known = _read_lines(_place(out, cycle.cycle))
    log = _enter(known, _describe(cycle, provenance), cycle, reason)
    for name, told in read_made_from(out).items():
        head = told.get("configurations")
        if head and told.get("cycle") == cycle.cycle and head not in log.heads:
            raise IntegrityError(
                f"the list of settings in {_place(out, cycle.cycle).parent.name}/ lacks some that "
                f"runs/{name} was made with: restore it from a copy, or choose another --out"
            )
    return log


def _enter(
    lines: tuple[tuple[str, Entry], ...], entry: Entry, cycle: Cycle, reason: str
) -> ConfigurationLog:
    texts, entries = tuple(line for line, _ in lines), tuple(known for _, known in lines)
    for at, known in enumerate(entries):
        if entry.is_same(known):
            return ConfigurationLog(entries, at, texts)
    changed = _find_changed(entries, entry)
    said = _check_reason(reason)
    if changed and not said:
        raise InputError([_ask_why(cycle, key, *values) for key, values in changed.items()])
    entered = replace(entry, reason=said if changed else "")
    previous = hash_bytes(texts[-1].encode()) if texts else _FIRST
    line = canonical_json({"previous": previous, **asdict(entered)})
    return ConfigurationLog((*entries, entered), len(entries), (*texts, line))


def write_log(out: Path, cycle: Cycle, log: ConfigurationLog) -> None:
    """Write the entries below ``out``, whole or not at all."""
    path = _place(out, cycle.cycle)
    lines = "".join(f"{line}\n" for line in log.lines)
    with explain_disk(out):
        if path.is_file() and path.read_text(encoding="utf-8") == lines:
            return
        path.parent.mkdir(exist_ok=True)
        beside = path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(lines)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)


def _place(out: Path, cycle: str) -> Path:
    return out / "configurations" / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', cycle)}.jsonl"


def _read_lines(path: Path) -> tuple[tuple[str, Entry], ...]:
    if not path.is_file():
        return ()
    lines: list[tuple[str, Entry]] = []
    previous = _FIRST
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            told = json.loads(line)
            follows = told.pop("previous") == previous
            lines.append((line, Entry(**told)))
        except (ValueError, TypeError, KeyError, AttributeError):
            follows = False
        if not follows:
            raise IntegrityError(
                f"{path.parent.name}/{path.name} line {number} does not follow from the line "
                "before: the list of settings was changed by hand; restore it from a copy, or "
                "choose another --out"
            )
        previous = hash_bytes(line.encode())
    return tuple(lines)


def _describe(cycle: Cycle, provenance: Provenance) -> Entry:
    measures = {*cycle.rubrics, *([cycle.strategy] if cycle.strategy else [])}
    settings: dict[str, str] = {}
    for key, value in provenance.configuration.items():
        if key not in _LOOKS:
            settings |= dict(_flatten(key, value))
    inputs = provenance.inputs
    settings |= {name: inputs[name] for name in sorted(inputs) if name in measures}
    files = {name: inputs[name] for name in sorted(inputs) if name not in measures}
    return Entry(settings, files, cycle.inputs.attributes is not None)


def _flatten(key: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, below in value.items():
            yield from _flatten(f"{key}.{name}", below)
    else:
        yield key, _say(value)


def _say(value: object) -> str:
    if isinstance(value, str) or value is None:
        return value or ""
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return f"[{', '.join(_say(part) for part in value)}]"
    return canonical_json(value)


def _is_frozen(key: str) -> bool:
    return key.split(".", maxsplit=1)[0] in FROZEN


def _find_opened(entries: tuple[Entry, ...]) -> int | None:
    return next((at for at, entry in enumerate(entries) if entry.is_opened), None)


def _find_changed(entries: tuple[Entry, ...], entry: Entry) -> dict[str, tuple[str, str]]:
    """Frozen settings that no run since the first audit has had: key to before and after."""
    opened = _find_opened(entries)
    if opened is None:
        return {}
    accepted = [_take_frozen(known) for known in entries[opened:]]
    own = _take_frozen(entry)
    if own in accepted:
        return {}
    return {
        key: (accepted[-1].get(key, ""), own.get(key, ""))
        for key in sorted({*accepted[-1], *own})
        if accepted[-1].get(key) != own.get(key)
    }


def _take_frozen(entry: Entry) -> dict[str, str]:
    return {key: value for key, value in entry.settings.items() if _is_frozen(key)}


def _compare(before: Entry, after: Entry) -> Iterator[tuple[str, str, str]]:
    for old, new in ((before.settings, after.settings), (before.files, after.files)):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield key, _shorten(old.get(key, "")), _shorten(new.get(key, ""))


def _shorten(value: str) -> str:
    return value[:_SHORT] if re.fullmatch(r"[0-9a-f]{64}", value) else value


def _ask_why(cycle: Cycle, key: str, before: str, after: str) -> Problem:
    return Problem(
        cycle.path.name, None, key, "frozen_setting",
        f"{key} is {after or 'absent'}; it was {before or 'absent'} when figures by group had "
        "been made",
        'set it back, or run again with --reason "why it was changed"; the audit prints it',
        value=after, whole=True,
    )  # fmt: skip


def _check_reason(reason: str) -> str:
    said = " ".join(reason.split())
    if len(said) > LONGEST_REASON or not said.isprintable():
        what = f"the reason has {len(said)} characters, or some that nobody sees"
        fix = f"write up to {LONGEST_REASON} plain characters"
        raise InputError([Problem("--reason", None, "", "reason", what, fix, whole=True)])
    return said
