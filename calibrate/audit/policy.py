"""Thresholds to verdicts: what the rule pack says about a figure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from calibrate.config import load_yaml
from calibrate.errors import InputError, Problem

Verdict = Literal[
    "not_computable", "too_few", "beyond", "significant_only", "within", "inconclusive"
]
Family = Literal["primary", "secondary", "exploratory"]

#: Measures of the primary family, the one that decides.
PRIMARY_MEASURES = ("selection_rate", "lowest_band")


#: Tables that a pack may ask for.
PackTable = Literal["ll144", "obligations"]


@dataclass(frozen=True)
class Caveat:
    """What a text says about its own figures, and where."""

    text: str
    source: str


@dataclass(frozen=True)
class Obligation:
    """Something to be documented.

    Parameters
    ----------
    article, requirement
        Where it stands and what it is, in a few words.
    where
        Files of a run that hold it or a part; empty for none.
    status
        ``given``, ``partly`` or ``not held``.
    needs_attributes
        Without figures by group there is nothing of it in the run.
    """

    article: str
    requirement: str
    where: str
    status: str
    needs_attributes: bool


@dataclass(frozen=True)
class RulePack:
    """A versioned set of bounds; ratios are held as fractions, so that 0.48/0.60 is four fifths.

    Parameters
    ----------
    id, version, status, legal_text_as_of
        Which pack, and as of which day its legal texts were read.
    lower, upper
        A ratio outside is beyond the practical bound; one on the bound is not.
    min_category_share
        Share of the people with a known attribute below which a group has no
        impact ratio and cannot set the highest rate.
    alpha
        Bound of the q-value.
    standardised_difference
        Bound of Hedges' g, on either side.
    sources
        Title, date and use of each text.
    title, jurisdiction
        What it is and where it holds.
    caveats
        What the texts say about their own figures.
    tables
        Tables that it asks for.
    obligations
        What must be documented.
    """

    id: str
    version: int
    status: str
    legal_text_as_of: str
    lower: Fraction
    upper: Fraction
    min_category_share: Fraction
    alpha: float
    standardised_difference: float
    sources: tuple[Mapping[str, str], ...]
    title: str = ""
    jurisdiction: str = ""
    caveats: tuple[Caveat, ...] = ()
    tables: frozenset[PackTable] = frozenset()
    obligations: tuple[Obligation, ...] = ()

    def describe(self) -> dict[str, object]:
        """Identity and bounds as plain values, for the audit's pages and files."""
        return {
            "id": self.id,
            "version": self.version,
            "title": self.title,
            "status": self.status,
            "jurisdiction": self.jurisdiction,
            "legal_text_as_of": self.legal_text_as_of,
            "four_fifths_lower": float(self.lower),
            "four_fifths_upper": float(self.upper),
            "min_category_share": float(self.min_category_share),
            "alpha": self.alpha,
            "standardised_difference": self.standardised_difference,
            "sources": [dict(source) for source in self.sources],
        }


def list_packs() -> tuple[str, ...]:
    """Names of the rule packs that ship with the audit.

    Examples
    --------
    >>> list_packs()
    ('eu-ai-act', 'nyc-ll144', 'us-2026')
    """
    folder = resources.files("calibrate.audit") / "rules"
    return tuple(sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".yaml")))


def load_rules(name: str, where: str = "cycle.yaml", key: str = "audit.rules") -> RulePack:
    """Read a rule pack that ships with the audit.

    Parameters
    ----------
    name
        One of :func:`list_packs`.
    where, key
        What a problem names as the place that asked for it.

    Raises
    ------
    InputError
        If there is no pack of that name.

    Examples
    --------
    >>> rules = load_rules("us-2026")
    >>> rules.lower, rules.upper
    (Fraction(4, 5), Fraction(5, 4))
    """
    if name not in list_packs():
        raise InputError(
            [
                Problem(
                    where, None, key, "unknown_rules", f"{key} names {name!r}",
                    f"known rule packs: {', '.join(list_packs())}", value=name, whole=True,
                )
            ]
        )  # fmt: skip
    folder = resources.files("calibrate.audit") / "rules"
    with resources.as_file(folder / f"{name}.yaml") as path:
        return _build_rules(load_yaml(Path(path), f"{name}.yaml"))


def _build_rules(pack: Mapping[str, Any]) -> RulePack:
    bounds = pack["four_fifths"]
    return RulePack(
        id=str(pack["id"]),
        version=int(pack["version"]),
        status=str(pack["status"]),
        legal_text_as_of=str(pack["legal_text_as_of"]),
        lower=Fraction(bounds["lower"]),
        upper=Fraction(bounds["upper"]),
        min_category_share=Fraction(pack["min_category_share"]),
        alpha=float(pack["alpha"]),
        standardised_difference=float(pack["standardised_difference"]),
        sources=tuple(
            {str(key): str(value) for key, value in source.items()} for source in pack["sources"]
        ),
        title=str(pack["title"]),
        jurisdiction=str(pack["jurisdiction"]),
        caveats=tuple(Caveat(str(c["text"]), str(c["source"])) for c in pack["caveats"]),
        tables=frozenset(pack["tables"]),
        obligations=tuple(_build_obligation(duty) for duty in pack["obligations"]),
    )


def _build_obligation(duty: Mapping[str, str]) -> Obligation:
    return Obligation(
        duty["article"], duty["requirement"], duty["where"], duty["status"],
        duty.get("needs") == "attributes",
    )  # fmt: skip


def name_primary_stage(stages: tuple[str, ...]) -> str | None:
    """Stage the verdicts of the primary family are about: final, else proposed, else raw.

    Examples
    --------
    >>> name_primary_stage(("raw", "calibrated", "proposed"))
    'proposed'
    """
    return next((stage for stage in ("final", "proposed", "raw") if stage in stages), None)


def name_family(stage: str, measure: str, attribute: str, primary_stage: str | None) -> Family:
    """Family within which a row's p-value is adjusted; named before any figure is seen.

    Examples
    --------
    >>> name_family("raw", "selection_rate", "gender", "raw")
    'primary'
    >>> name_family("raw", "selection_rate", "gender*ethnicity", "raw")
    'exploratory'
    """
    if "*" in attribute:
        return "exploratory"
    is_primary = stage == primary_stage and measure in PRIMARY_MEASURES
    return "primary" if is_primary else "secondary"


@dataclass(frozen=True)
class Evidence:
    """What a verdict looks at.

    Parameters
    ----------
    is_computable
        The comparison exists at all.
    is_small
        The group or its reference is below ``min_cell``.
    is_reference
        The row compares the reference with itself.
    is_beyond_bound, is_inside_bound
        The figure lies outside the practical bound; its whole interval lies inside.
    q_value
        Of the larger p-value; NaN counts as no evidence.
    q_null_imposed
        Of the largest of the three p-values; NaN, where there are no managers, asks nothing.
    """

    is_computable: bool
    is_small: bool
    is_reference: bool
    is_beyond_bound: bool
    is_inside_bound: bool
    q_value: float
    q_null_imposed: float = math.nan


def judge(evidence: Evidence, alpha: float) -> Verdict:
    """The first verdict that applies.

    Examples
    --------
    A ratio of 0.85 with hardly any chance of luck is not "within":

    >>> judge(Evidence(True, False, False, False, False, 1e-9), 0.05)
    'significant_only'

    With the null imposed, luck would explain it:

    >>> judge(Evidence(True, False, False, True, False, 0.01, 0.2), 0.05)
    'inconclusive'
    """
    if not evidence.is_computable:
        return "not_computable"
    if evidence.is_small:
        return "too_few"
    if evidence.is_reference:
        return "within"
    if evidence.q_value <= alpha:
        if evidence.q_null_imposed > alpha:
            return "inconclusive"
        return "beyond" if evidence.is_beyond_bound else "significant_only"
    return "within" if evidence.is_inside_bound else "inconclusive"


def is_ratio_beyond(x1: int, n1: int, x0: int, n0: int, rules: RulePack) -> bool:
    """Tell whether a ratio of two rates is outside the bounds, in whole numbers.

    Examples
    --------
    0.48 against 0.60 is four fifths, not below it:

    >>> is_ratio_beyond(48, 100, 60, 100, load_rules("us-2026"))
    False
    >>> is_ratio_beyond(47, 100, 60, 100, load_rules("us-2026"))
    True
    """
    ratio = Fraction(x1 * n0, n1 * x0)
    return not rules.lower <= ratio <= rules.upper
