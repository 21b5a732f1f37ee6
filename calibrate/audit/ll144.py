"""Selection rates, scoring rates and impact ratios in the shape of one city's rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.groups import Grouping, build_groupings
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.metrics import compute_impact_ratios
from calibrate.audit.policy import RulePack
from calibrate.language import N_, _
from calibrate.tables import LL144

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Row = dict[str, object]

PACK_TABLE = "ll144"
UNKNOWN = N_("unknown")
#: Names by which an attribute is known where the cycle declares none.
USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "sex": ("sex", "gender", "sex/gender"),
    "race_ethnicity": ("race_ethnicity", "race/ethnicity", "ethnicity", "race"),
}
#: Types of categories in the table.
TYPES = {"sex": "sex", "race_ethnicity": "race/ethnicity"}
AS_DECLARED = {
    "sex": N_("New York City's table takes '{attribute}' for sex, as declared."),
    "race_ethnicity": N_(
        "New York City's table takes '{attribute}' for race/ethnicity, as declared."
    ),
}
BY_ITS_NAME = {
    "sex": N_("New York City's table takes '{attribute}' for sex, by its name."),
    "race_ethnicity": N_(
        "New York City's table takes '{attribute}' for race/ethnicity, by its name."
    ),
}
NO_SUCH = {
    "sex": N_("New York City's table has no sex: no attribute is declared or named so."),
    "race_ethnicity": N_(
        "New York City's table has no race/ethnicity: no attribute is declared or named so."
    ),
}

WITHHELD = N_("withheld: fewer people than the smallest cell")
UNKNOWN_NOTE = N_("counted, in no rate")
LEFT_OUT = N_("under the least share; in no ratio")
NOBODY_SELECTED = N_("not_computable: nobody of the compared categories is selected")
NOBODY_ABOVE = N_("not_computable: nobody is above the median")


@dataclass(frozen=True)
class Counted:
    """People of each group of one attribute at one stage.

    Parameters
    ----------
    stage, attribute, labels, is_known
        (G,) groups; a group with an unknown part is counted as unknown.
    n, n_selected : (G,) people
    n_scored, n_above : (G,) people, or None
        With a score, and strictly above the median of all. None: no score here.
    """

    stage: str
    attribute: str
    labels: tuple[str, ...]
    is_known: BoolArray
    n: IntArray
    n_selected: IntArray
    n_scored: IntArray | None = None
    n_above: IntArray | None = None


def find_categories(names: Sequence[str], declared: Mapping[str, str]) -> dict[str, str]:
    """Tell which attribute holds sex and which race/ethnicity: as declared, else by name.

    Examples
    --------
    >>> find_categories(["gender", "race"], {})
    {'sex': 'gender', 'race_ethnicity': 'race'}
    >>> find_categories(["g1", "race"], {"sex": "g1"})
    {'sex': 'g1', 'race_ethnicity': 'race'}
    """
    by_lower = {name.lower(): name for name in reversed(names)}
    found = {}
    for category, usual in USUAL_NAMES.items():
        chosen = declared.get(category) or next(
            (by_lower[name] for name in usual if name in by_lower), None
        )
        if chosen is not None and chosen in names:
            found[category] = chosen
    return found


def name_types(categories: Mapping[str, str]) -> dict[str, str]:
    """Attribute, single or crossed, to the name of its category type."""
    types = {attribute: TYPES[category] for category, attribute in categories.items()}
    if len(categories) == len(USUAL_NAMES):
        sex, race = categories["sex"], categories["race_ethnicity"]
        types |= {f"{sex}*{race}": "intersection", f"{race}*{sex}": "intersection"}
    return types


def build_ll144(inquiry: Inquiry) -> pd.DataFrame:
    """Fill the table for a cycle that asks for it; empty for every other."""
    pack = find_pack(inquiry.settings.packs)
    if pack is None:
        return LL144.empty()
    categories = find_categories(_list_audited(inquiry), inquiry.settings.categories)
    types = name_types(categories)
    counted = (
        _count(inquiry, stage, grouping)
        for stage in inquiry.population.stages
        for grouping in _list_groupings(inquiry, categories)
    )
    return tabulate_ll144(counted, types, pack, inquiry.settings.min_cell)


def _list_audited(inquiry: Inquiry) -> tuple[str, ...]:
    wanted = inquiry.settings.attributes or inquiry.aligned.names
    return tuple(name for name in inquiry.aligned.names if name in wanted)


def _list_groupings(inquiry: Inquiry, categories: Mapping[str, str]) -> list[Grouping]:
    """Both categories and their crossing, whether or not the cycle crosses them itself."""
    both = tuple(categories.values())
    crossed = (both,) if len(both) == len(USUAL_NAMES) else ()
    settings = replace(inquiry.settings, attributes=both or None, intersections=crossed)
    groupings = build_groupings(inquiry.aligned, inquiry.population, settings) if both else ()
    return list(groupings)


def find_pack(packs: Sequence[RulePack]) -> RulePack | None:
    """The pack that asks for this table, if one does."""
    return next((pack for pack in packs if PACK_TABLE in pack.tables), None)


def _count(inquiry: Inquiry, stage: str, grouping: Grouping) -> Counted:
    settings = inquiry.settings
    counts = inquiry.cube.count_bands(stage, grouping)
    start = (stage, grouping.attribute, grouping.labels, grouping.is_known)
    selected = counts[:, sorted(settings.favourable)].sum(axis=1)
    n_scored, n_above = inquiry.cube.count_above(stage, grouping)
    if not n_scored.any():
        return Counted(*start, counts.sum(axis=1), selected)
    return Counted(*start, counts.sum(axis=1), selected, n_scored, n_above)


def tabulate_ll144(
    counted: Iterator[Counted] | Sequence[Counted],
    types: Mapping[str, str],
    pack: RulePack,
    min_cell: int,
) -> pd.DataFrame:
    """Rates and impact ratios of each category, and a row that counts the unknown.

    Parameters
    ----------
    counted
        Each stage and attribute.
    types
        Attribute to the name of its category type.
    pack
        Its ``min_category_share`` says who is left out of the ratios.
    min_cell
        A smaller category keeps its row and loses its figures.
    """
    rows = [row for block in counted for row in _write_block(block, types, pack, min_cell)]
    return LL144.conform(pd.DataFrame(rows, columns=LL144.names))


def _write_block(
    block: Counted, types: Mapping[str, str], pack: RulePack, min_cell: int
) -> Iterator[Row]:
    share = pack.min_category_share
    n_known = int(block.n[block.is_known].sum())
    is_small = block.n < max(1, min_cell)
    is_left_out = block.n * share.denominator < n_known * share.numerator
    rates = _divide(block.n_selected, block.n)
    ratios = compute_impact_ratios(
        rates, block.n, block.is_known, min_cell=min_cell, min_share=share
    )
    scoring = np.full(len(block.n), np.nan)
    scoring_ratios = scoring.copy()
    has_median = block.n_above is not None and bool(block.n_above.any())
    if block.n_scored is not None and block.n_above is not None and has_median:
        scoring = _divide(block.n_above, block.n_scored)
        scoring_ratios = compute_impact_ratios(
            scoring, block.n_scored, block.is_known, min_cell=min_cell, min_share=share
        )
    said = {"stage": block.stage, "attribute": block.attribute}
    said["category_type"] = types[block.attribute]
    for g in np.flatnonzero(block.is_known).tolist():
        is_hidden = bool(is_small[g])
        figures = {
            "n": int(block.n[g]),
            "n_selected": int(block.n_selected[g]),
            "selection_rate": rates[g],
            "impact_ratio": ratios[g],
            "n_above_median": int(block.n_above[g]) if block.n_above is not None else None,
            "scoring_rate": scoring[g],
            "scoring_impact_ratio": scoring_ratios[g],
            "is_left_out": bool(is_left_out[g]),
        }
        if is_hidden:
            figures = dict.fromkeys(figures)
        note = _explain(
            is_hidden=is_hidden, is_left_out=bool(is_left_out[g]),
            has_selected=bool(np.isfinite(ratios).any()),
            has_median=block.n_above is None or has_median,
        )  # fmt: skip
        label = block.labels[g]
        names = {"category": label.replace("*", " / "), "group": label, "note": note}
        yield {**said, **names, **figures, "suppressed": is_hidden}
    yield _write_unknown(block, said, min_cell)


def _write_unknown(block: Counted, said: Mapping[str, object], min_cell: int) -> Row:
    """People without a category: their number alone; none and few are told apart by nobody."""
    n = int(block.n[~block.is_known].sum())
    is_hidden = 0 < n < min_cell
    return {
        **dict.fromkeys(LL144.names), **said, "category": _(UNKNOWN), "group": "",
        "n": None if is_hidden else n, "is_left_out": True,
        "note": _(WITHHELD) if is_hidden else _(UNKNOWN_NOTE), "suppressed": is_hidden,
    }  # fmt: skip


def _divide(x: IntArray, n: IntArray) -> FloatArray:
    return np.where(n > 0, x / np.maximum(n, 1), np.nan)


def _explain(*, is_hidden: bool, is_left_out: bool, has_selected: bool, has_median: bool) -> str:
    if is_hidden:
        return _(WITHHELD)
    said = []
    if is_left_out:
        said.append(_(LEFT_OUT))
    if not has_selected:
        said.append(_(NOBODY_SELECTED))
    if not has_median:
        said.append(_(NOBODY_ABOVE))
    return "; ".join(said)


def note_ll144(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say which attribute was taken for which category, and which is not known."""
    if find_pack(inquiry.settings.packs) is None:
        return []
    names = _list_audited(inquiry)
    found = find_categories(names, inquiry.settings.categories)
    return say_categories(names, inquiry.settings.categories, list(name_types(found)))


def say_categories(
    names: Sequence[str], declared: Mapping[str, str], crossed: Sequence[str]
) -> list[str]:
    """The same for any list of attributes and of crossed ones.

    Examples
    --------
    >>> for said in say_categories(["gender"], {}, []):
    ...     print(said)
    New York City's table takes 'gender' for sex, by its name.
    New York City's table has no race/ethnicity: no attribute is declared or named so.
    """
    found = find_categories(names, declared)
    notes = []
    for category in TYPES:
        if category in found:
            message = (AS_DECLARED if category in declared else BY_ITS_NAME)[category]
            notes.append(_(message, attribute=found[category]))
        else:
            notes.append(_(NO_SUCH[category]))
    types = name_types(found)
    if len(found) == len(TYPES) and not any(types.get(name) == "intersection" for name in crossed):
        notes.append(
            _(
                "New York City's table has no intersection: '{one}' and '{other}' were not "
                "crossed.",
                one=found["sex"], other=found["race_ethnicity"],
            )
        )  # fmt: skip
    return notes
