"""One rule for every table: what a plan withholds loses its figures and keeps its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.attributes import NOT_STATED
from calibrate.audit.disclosure.plan import Plan
from calibrate.audit.disclosure.protect import WHOLE_GROUPING
from calibrate.audit.groups import Grouping
from calibrate.tables import DISCLOSURE, Contract

BoolArray = npt.NDArray[np.bool_]
Block = tuple[str, str, str]

#: What a table holds: figures of a group, sums over the groups of an attribute, neither.
Holds = Literal["groups", "attributes", "nothing"]

#: Tables without any figure by group; findings are written from tables that are withheld already.
NO_FIGURES = frozenset(
    {"findings", "problems", "configurations", "obligations", "rule_packs", "disclosure"}
)
#: Columns that say where a row stands, and no more; rows that agree in these form a block.
PLACES = ("stage", "from_stage", "to_stage", "score", "dimension", "kind", "controls", "scope")
#: Keys that count the same people over and over: their rows share the totals of the block.
REPEATED = ("measure", "figure", "feature", "category_type", "moved", "ratio", "control")
_WHO = ("attribute", "group", "category", "reference")
#: Text that stays; other text may tell what a figure would.
_LABELS = (*_WHO, "family")
#: Text that tells why there is no figure.
_VERDICTS = ("verdict", "status")
_NO_FIGURE = "too_few"
#: Sums over the people who have not stated an attribute stand in each row.
_WITH_UNSTATED = frozenset({"unknowns"})
#: Tables of counts that no program attacks: who was moved, would be, or is in the best share.
#: In a cross of attributes a line where nobody was moved gives the next line away.
_NOT_ATTACKED = frozenset({"moves", "quota_impact", "equal_shares"})
#: Rows left out of the data, counted in a table that is attacked otherwise.
_COUNTED_APART = "n_quarantined"
#: People who are named: nobody else should read of whom a group's verdict hangs on.
_NAMED = "reverses_without"
#: Table and dimension whose lines are named after a manager, and the figure over all of them.
_NAMED_LINES, _OVER_ALL = ("origins", "team"), "teams_standing_out"
#: Ratios to the best of all groups, which give its rate away.
_TO_THE_BEST = ("impact_ratio", "scoring_impact_ratio")


def classify_table(contract: Contract) -> Holds:
    """Tell what the rule does with a table.

    Raises
    ------
    ValueError
        If the columns do not say: a new table must have attribute, group and
        suppressed, or stand in :data:`NO_FIGURES`.
    """
    names = set(contract.names)
    if contract.name in NO_FIGURES:
        return "nothing"
    if {"attribute", "group", "suppressed"} <= names:
        return "groups"
    if "attribute" in names and "group" not in names:
        return "attributes"
    raise ValueError(f"table {contract.name}: nothing says what it shows of groups")


def mark_withheld(grouping: Grouping, plan: Plan, stages: Sequence[str] = ()) -> Grouping:
    """Flag the groups a plan hides, so that no figure of others is computed with them.

    A family of tests that held a hidden p-value would give it away: q-values
    are multiples of p-values, also of those of other rows.
    """
    if not plan.is_distributed:
        return grouping
    withheld = [plan.hides(grouping.attribute, label, stages) for label in grouping.labels]
    return replace(grouping, withheld=np.array(withheld, dtype=np.bool_))


def withhold_table(
    contract: Contract, table: pd.DataFrame, plan: Plan
) -> tuple[pd.DataFrame, frozenset[Block]]:
    """Take the figures out of every row that a plan hides, and of blocks that would tell one.

    Parameters
    ----------
    contract, table
        With primary suppression.
    plan
        For auditors nothing more is taken out.

    Returns
    -------
    table
        A row that loses its figures keeps its place, and reads ``too_few``.
    blocks
        (table, place, attribute) without any figure. A block is withheld
        where a row in it is too small by itself, or, in a table by department,
        place and the like, where any row is: totals of each are public. So are
        crossed attributes in a table that is not attacked, if one row is hidden.
    """
    holds = classify_table(contract)
    if not plan.is_distributed or holds == "nothing" or not len(table):
        return table, frozenset()
    if holds == "attributes":
        names = table["attribute"].fillna("").astype(str)
        gone = np.array([bool(name) and plan.hides_any(name) for name in names], bool)
        if "suppressed" in table:
            return _blank(contract, table, gone), frozenset()
        # Such a row has nothing that says it is withheld: the list of what is does.
        out = frozenset((contract.name, "all", name) for name in names[gone])
        return table[~gone].reset_index(drop=True), out
    if contract.name == _NAMED_LINES[0]:
        table = table[(table["dimension"] != _NAMED_LINES[1]) | (table["figure"] == _OVER_ALL)]
        table = table.reset_index(drop=True)
    gone = _find_hidden(contract, table, plan)
    places = _name_places(contract, table)
    attribute = table["attribute"].fillna("").astype(str)
    was_small = table["suppressed"].fillna(False).to_numpy(bool)
    is_sliced = bool(set(contract.key) - {*PLACES, *REPEATED, *_WHO})
    telling = was_small if is_sliced else was_small & ~gone
    is_crossed = np.array(["*" in name and plan.hides_any(name) for name in attribute], bool)
    if contract.name in _NOT_ATTACKED:
        telling = telling | is_crossed
    blocks = set(zip(places[telling], attribute[telling], strict=True)) | {
        (place, name) for known, place, name in plan.blocks if known == contract.name
    }
    in_block = np.array([key in blocks for key in zip(places, attribute, strict=True)], bool)
    blanked = _blank(contract, table, gone | in_block)
    if _NAMED in blanked:
        blanked[_NAMED] = pd.NA
    if _COUNTED_APART in blanked:
        blanked.loc[is_crossed, _COUNTED_APART] = pd.NA
    blanked = _hide_best(blanked, places, gone | in_block)
    return blanked, frozenset((contract.name, *block) for block in blocks)


@dataclass
class Told:
    """Tables of one audit, each as a plan lets it be seen.

    Parameters
    ----------
    plan
        What is withheld.
    """

    plan: Plan
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    blocks: set[Block] = field(default_factory=set)

    def add(self, contract: Contract, table: pd.DataFrame) -> pd.DataFrame:
        """Withhold what is to be, keep the table and give it back."""
        shown, blocks = withhold_table(contract, table, self.plan)
        self.blocks |= blocks
        self.tables[contract.name] = shown
        return shown

    def tabulate(self) -> pd.DataFrame:
        """One row for all that is withheld, as :data:`calibrate.tables.DISCLOSURE`.

        No view prints the ends that the attack found: a withheld figure stays
        withheld. The view that is handed on does not say why either: which of
        two hidden rows is the small one would say much about it.
        """
        told = [
            ("all", r.stage, r.attribute, r.group, r.reason, r.is_derivable) for r in self.plan.rows
        ]
        told += [
            (table, place, attribute, "all", WHOLE_GROUPING, None)
            for table, place, attribute in sorted(self.blocks)
        ]
        names = [name for name in DISCLOSURE.names if name != "view"]
        frame = pd.DataFrame(told, columns=names).assign(view=self.plan.view)
        if self.plan.is_distributed:
            frame = frame.assign(reason="withheld", is_derivable=None)
        return DISCLOSURE.conform(frame)


def _find_hidden(contract: Contract, table: pd.DataFrame, plan: Plan) -> BoolArray:
    stages = [name for name in ("stage", "from_stage", "to_stage") if name in table]
    columns = {name: table[name].fillna("").astype(str).tolist() for name in (*stages, "group")}
    attribute = table["attribute"].fillna("").astype(str).tolist()
    reference = table["reference"].fillna("").astype(str) if "reference" in table else None
    gone = np.zeros(len(table), bool)
    for at, name in enumerate(attribute):
        where = [columns[stage][at] for stage in stages]
        groups = [columns["group"][at]]
        groups += [reference.iloc[at]] if reference is not None else []
        groups += [NOT_STATED] if contract.name in _WITH_UNSTATED else []
        gone[at] = any(plan.hides(name, group, where) for group in groups)
        if name and not groups[0]:
            # People of several groups together: without one of them, the rest would tell.
            gone[at] |= plan.hides_any(name)
    return gone


def _name_places(contract: Contract, table: pd.DataFrame) -> npt.NDArray[np.object_]:
    there = [name for name in PLACES if name in contract.key]
    if not there:
        return np.full(len(table), "all", dtype=object)
    parts = [table[name].fillna("").astype(str).tolist() for name in there]
    return np.array([", ".join(part) for part in zip(*parts, strict=True)], dtype=object)


def _blank(contract: Contract, table: pd.DataFrame, gone: BoolArray) -> pd.DataFrame:
    blanked = table.copy()
    for column in contract.columns:
        if column.name in contract.key or column.name in _LABELS:
            continue
        if column.name == "suppressed":
            blanked.loc[gone, column.name] = True
        elif column.name in _VERDICTS:
            blanked.loc[gone, column.name] = _NO_FIGURE
        else:
            blanked.loc[gone, column.name] = pd.NA
    return blanked


def _hide_best(
    table: pd.DataFrame, places: npt.NDArray[np.object_], gone: BoolArray
) -> pd.DataFrame:
    """Blank ratios to the best group where that group is hidden."""
    present = [name for name in _TO_THE_BEST if name in table]
    if not present or not gone.any():
        return table
    keys = [name for name in ("measure", "attribute") if name in table]
    block = pd.Series(places, index=table.index).str.cat(table[keys].astype(str), sep="|")
    shown = table.copy()
    for name in present:
        best = table[name].astype(float).groupby(block).transform("max")
        is_best_hidden = (best < 1 - 1e-9).to_numpy(bool)
        has_gone = pd.Series(gone, index=table.index).groupby(block).transform("any").to_numpy(bool)
        shown.loc[is_best_hidden & has_gone, name] = pd.NA
    return shown
