"""Read cycle.yaml and check what no single key can know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from calibrate.config.cycle import Cycle, Favourable
from calibrate.config.explain import Fault, build_model
from calibrate.config.inputs import InputFile
from calibrate.config.names import COLUMNS, NOT_YET_INPUTS, is_protected_name, say_known
from calibrate.config.strict_yaml import Document, KeyPath, read_document, show_path
from calibrate.errors import InputError, Problem

_WAIT = "remove the key; it will be read by a later version"


def load_cycle(path: Path) -> Cycle:
    """Read a cycle file and check everything that needs no other file.

    Parameters
    ----------
    path
        The cycle file, or the folder that holds ``cycle.yaml``.

    Raises
    ------
    InputError
        Listing every fault with key path, line, what is wrong and what is allowed.
    """
    if path.is_dir():
        path = path / "cycle.yaml"
    document = read_document(path, path.name)
    raw, problems = _take_out_not_yet(document)
    cycle, found = build_model(Cycle, document, raw)
    problems += found
    if cycle is not None:
        problems += _check_across(cycle, document)
    if cycle is None or problems:
        raise InputError(sorted(problems, key=lambda p: (p.row or 0, p.column)))
    return _fill_in(cycle, path)


def shown_name(name: str) -> str:
    """Return the name of a file as problems and outputs print it: never an absolute path.

    Examples
    --------
    >>> shown_name("../rubrics/default.yaml"), shown_name("/srv/hr/ratings.csv")
    ('../rubrics/default.yaml', 'ratings.csv')
    """
    return Path(name).name if Path(name).is_absolute() else name


def _take_out_not_yet(document: Document) -> tuple[dict[str, Any], list[Problem]]:
    raw = dict(document.root)
    problems = []
    inputs = raw.get("inputs")
    if isinstance(inputs, dict):
        for name in NOT_YET_INPUTS:
            if name in inputs:
                what = "this table is not read by this version yet"
                problems.append(document.problem(("inputs", name), "not_yet", what, _WAIT))
        raw["inputs"] = {k: v for k, v in inputs.items() if k not in NOT_YET_INPUTS}
    effects = raw.get("effects")
    if isinstance(effects, dict):
        if "assumed" in effects:
            what = "assumed reliabilities are not used by this version yet"
            problems.append(document.problem(("effects", "assumed"), "not_yet", what, _WAIT))
        kept = {k: v for k, v in effects.items() if k != "assumed"}
        if kept.get("model") == "ordinal":
            what, fix = "the ordinal model is not available yet", "write linear or none"
            problems.append(document.problem(("effects", "model"), "not_yet", what, fix))
            del kept["model"]
        raw["effects"] = kept
    return raw, problems


def _fill_in(cycle: Cycle, path: Path) -> Cycle:
    labels = cycle.bands.labels
    audit = cycle.audit
    if audit.favourable is None:
        above_middle = Favourable(bands=labels[len(labels) // 2 + 1 :] or labels[-1:])
        audit = audit.model_copy(update={"favourable": above_middle})
    filled = cycle.model_copy(update={"audit": audit, "title": cycle.title or cycle.cycle})
    filled._path = path
    return filled


def _check_across(cycle: Cycle, document: Document) -> list[Problem]:
    found = [
        *_check_bands(cycle),
        *_check_dates(cycle),
        *_check_scale_names(cycle),
        *_check_columns(cycle),
    ]
    return [document.problem(path, rule, what, fix) for path, rule, what, fix in found]


def _check_bands(cycle: Cycle) -> Iterator[Fault]:
    labels = cycle.bands.labels
    shares: Mapping[str, tuple[float, float]] = cycle.guideline.shares if cycle.guideline else {}
    for band in shares:
        if band not in labels:
            path = ("guideline", "shares", band)
            yield path, "unknown_band", f"'{band}' is no band", say_known(band, labels)
    # Only a guideline over every band can leave people without a place.
    if set(shares) == set(labels) and sum(high for _, high in shares.values()) < 1 - 1e-9:
        what = "the high ends of all bands sum to less than 1"
        yield ("guideline", "shares"), "share_sum", what, "raise them to 1 or leave a band out"
    for i, band in enumerate(cycle.audit.favourable.bands if cycle.audit.favourable else ()):
        if band not in labels:
            where: KeyPath = ("audit", "favourable", "bands", i)
            yield where, "unknown_band", f"'{band}' is no band", say_known(band, labels)


def _check_dates(cycle: Cycle) -> Iterator[Fault]:
    if cycle.starts_on and cycle.ends_on and cycle.ends_on < cycle.starts_on:
        what = f"{cycle.ends_on} is before starts_on {cycle.starts_on}"
        yield ("ends_on",), "date_order", what, "swap or change them"


def _check_scale_names(cycle: Cycle) -> Iterator[Fault]:
    for table in ("ratings", "employees", "attributes", "goals"):
        file: InputFile | None = getattr(cycle.inputs, table)
        if file is None or file.scale is None:
            continue
        path = ("inputs", table, "scale")
        if table != "ratings":
            yield path, "scale_elsewhere", "only ratings have a scale", "remove the key"
        elif file.scale not in cycle.scales:
            what = f"'{file.scale}' is not declared under scales"
            yield path, "unknown_scale", what, say_known(file.scale, list(cycle.scales))


def _check_columns(cycle: Cycle) -> Iterator[Fault]:
    for table in ("ratings", "employees", "goals"):
        file: InputFile | None = getattr(cycle.inputs, table)
        if file is not None:
            yield from _check_mapping(cycle, table, file)


def _check_mapping(cycle: Cycle, table: str, file: InputFile) -> Iterator[Fault]:
    known = COLUMNS[table]
    seen: dict[str, str] = {}
    for theirs, ours in file.columns.items():
        path: KeyPath = ("inputs", table, "columns", theirs)
        if is_protected_name(theirs, cycle.attribute_names):
            yield (path, *_wall(theirs))
        elif is_protected_name(ours, cycle.attribute_names):
            yield (path, *_wall(ours))
        elif ours not in known:
            yield path, "unknown_column", f"'{ours}' is no column", say_known(ours, known)
        elif ours in seen:
            what = f"'{seen[ours]}' and '{theirs}' both become {ours}"
            yield path, "column_twice", what, "keep one of the two"
        seen.setdefault(ours, theirs)
        if theirs in file.ignore:
            what = f"'{theirs}' is listed under ignore too"
            yield path, "column_twice", what, "keep one of the two"
    for i, name in enumerate(file.ignore):
        if is_protected_name(name, cycle.attribute_names):
            yield (("inputs", table, "ignore", i), *_wall(name))


def _wall(name: str) -> tuple[str, str, str]:
    what = f"'{name}' is a protected attribute and may stand in the attributes file alone"
    return "attribute_column", what, "remove the column from this table and its file"


__all__ = ["load_cycle", "show_path", "shown_name"]
