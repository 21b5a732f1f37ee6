"""Views that may be handed on: which were before, and what they showed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from calibrate.audit import EarlierView
from calibrate.audit.disclosure import PEOPLE, SCORED
from calibrate.errors import InputError, IntegrityError, Problem
from calibrate.manifest import Provenance, canonical_json, hash_bytes, hash_file
from calibrate.report.folder import explain_disk, read_made_from

_LIST = "distributed.jsonl"
_FIRST = "0" * 64
#: Column of the scores that says who is counted in a layer of the audit.
_COUNTED_BY = {
    "raw": "raw_band", f"raw {SCORED}": "raw_score",
    "calibrated": "calibrated_score", f"calibrated {SCORED}": "calibrated_score",
    "proposed": "proposed_band", "final": "final_band",
}  # fmt: skip
_SCORES = "tables/scores.parquet"
_GROUPS = "audit/tables/groups.parquet"
_DISPARITIES = "audit/tables/disparities.parquet"
_DISCLOSURE = "audit/tables/disclosure.parquet"


@dataclass(frozen=True)
class Handed:
    """One view that was made to be handed on.

    Parameters
    ----------
    base
        Id of the run without regard to the views before it.
    run
        Name of its folder.
    """

    base: str
    run: str


@dataclass(frozen=True)
class Release:
    """A view to be made, and those made before in the same output folder.

    Parameters
    ----------
    handed
        Every view, in order.
    before
        How many of them came before this one.
    base
        Id of this run without regard to them.
    """

    handed: tuple[Handed, ...]
    before: int
    base: str

    @property
    def head(self) -> str:
        """Hash of the views before: part of what the run depends on."""
        return hash_bytes("".join(_write_lines(self.handed[: self.before])).encode())


def enter_release(out: Path, provenance: Provenance) -> Release:
    """Find the views made before this one; a view made again has those it had.

    Raises
    ------
    IntegrityError
        If the list of them was changed by hand, or lacks a view that stands there.
    """
    handed = _read_list(out / _LIST)
    base = provenance.run_id
    before = next((at for at, one in enumerate(handed) if one.base == base), len(handed))
    release = Release(handed, before, base)
    own = mark_distributed(provenance, release).folder
    _refuse_unlisted(out, {own, *(one.run for one in handed)})
    return release


def read_earlier(out: Path, release: Release) -> tuple[EarlierView, ...]:
    """Read what each view before showed, and of whom.

    Raises
    ------
    InputError
        If the folder of one is gone: what it showed cannot be reckoned with.
    IntegrityError
        If one of its files is not what was handed on.
    """
    return tuple(_read_view(out / "runs" / one.run) for one in release.handed[: release.before])


def write_release(out: Path, release: Release, run: str) -> None:
    """Enter a view into the list, once it stands."""
    if release.before < len(release.handed):
        return
    lines = "".join(_write_lines((*release.handed, Handed(release.base, run))))
    with explain_disk(out):
        beside = (out / _LIST).with_suffix(".new")
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(lines)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(out / _LIST)


def mark_distributed(provenance: Provenance, release: Release | None) -> Provenance:
    """Let the run's id depend on the views before it."""
    return provenance if release is None else replace(provenance, distributed=release.head)


def _refuse_unlisted(out: Path, listed: set[str]) -> None:
    """Lines cut off the end follow from nothing; but the views they named are still there."""
    for name, told in read_made_from(out).items():
        if told.get("distributed") and name not in listed:
            raise IntegrityError(
                f"runs/{name} was made to be handed on, and {_LIST} does not name it: restore the "
                "list from a copy; or, if that view was handed to nobody, remove its folder"
            )


def _write_lines(handed: tuple[Handed, ...]) -> Iterator[str]:
    previous = _FIRST
    for one in handed:
        line = canonical_json({"previous": previous, **asdict(one)})
        previous = hash_bytes(line.encode())
        yield f"{line}\n"


def _read_list(path: Path) -> tuple[Handed, ...]:
    if not path.is_file():
        return ()
    handed: list[Handed] = []
    previous = _FIRST
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            told = json.loads(line)
            follows = told.pop("previous") == previous
            handed.append(Handed(**told))
        except (ValueError, TypeError, KeyError, AttributeError):
            follows = False
        if not follows:
            raise IntegrityError(
                f"{_LIST} line {number} does not follow from the line before: the list of views "
                "that were handed on was changed by hand; restore it from a copy, or choose "
                "another --out"
            )
        previous = hash_bytes(line.encode())
    return tuple(handed)


def _read_view(folder: Path) -> EarlierView:
    frames = {name: _read_checked(folder, name) for name in
              (_SCORES, _GROUPS, _DISPARITIES, _DISCLOSURE)}  # fmt: skip
    withheld = frames[_DISCLOSURE]
    # A group may be called "all": only in a stage or a table does that mean every group.
    is_group = (withheld["table"] == "all") & (withheld["stage"] == "all")
    hidden, blocks = withheld[is_group], withheld[~is_group]
    return EarlierView(
        run=folder.name,
        shown=_read_shown(frames[_GROUPS], frames[_DISPARITIES]),
        hidden=frozenset(zip(hidden["attribute"], hidden["group"], strict=True)),
        blocks=frozenset(zip(blocks["table"], blocks["stage"], blocks["attribute"], strict=True)),
        members=_read_members(frames[_SCORES]),
        groups={
            str(attribute): frozenset(rows["group"])
            for attribute, rows in frames[_GROUPS].groupby("attribute")
        },
    )


def _read_checked(folder: Path, name: str) -> pd.DataFrame:
    path, manifest = folder / name, folder / "manifest.json"
    if not (path.is_file() and manifest.is_file()):
        raise InputError([
            Problem(
                "--distribute", None, "", "earlier_view_gone",
                f"runs/{folder.name} was made to be handed on, and is not there any more: what it "
                "showed cannot be reckoned with",
                "put the folder back, or choose another --out if it was handed to nobody",
                whole=True,
            )
        ])  # fmt: skip
    told = json.loads(manifest.read_text(encoding="utf-8"))["subject"]
    digests = {entry["name"]: entry["digest"]["sha256"] for entry in told}
    if digests.get(name) != hash_file(path):
        raise IntegrityError(f"runs/{folder.name}/{name} is not the file that was handed on")
    return pd.read_parquet(path)


def _read_shown(groups: pd.DataFrame, disparities: pd.DataFrame) -> dict[tuple[str, str, str], int]:
    shown = {
        (PEOPLE, attribute, group): int(n)
        for attribute, group, n in zip(
            groups["attribute"], groups["group"], groups["n_people"], strict=True
        )
        if not pd.isna(n)
    }
    for measure, suffix in (("selection_rate", ""), ("scoring_rate", f" {SCORED}")):
        rows = disparities[(disparities["measure"] == measure) & disparities["n"].notna()]
        for stage, attribute, group, n in zip(
            rows["stage"], rows["attribute"], rows["group"], rows["n"], strict=True
        ):
            shown[f"{stage}{suffix}", attribute, group] = int(n)
    return shown


def _read_members(scores: pd.DataFrame) -> dict[str, frozenset[str]]:
    ids = scores["employee_id"].astype(str)
    members = {PEOPLE: frozenset(ids)}
    for layer, column in _COUNTED_BY.items():
        there = scores[column].notna() & (scores[column].astype(str) != "")
        members[layer] = frozenset(ids[there])
    return members
