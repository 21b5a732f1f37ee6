"""What is said of a place that stands out: one headline and one evidence for each."""

from __future__ import annotations

import pandas as pd

from calibrate.audit.origins.lines import Row
from calibrate.audit.origins.slices import SLICE_WORDS
from calibrate.audit.phrases import name_sides
from calibrate.bands.guideline import say_p
from calibrate.config import SOURCE_WORDS
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure, write_share

#: Dimension of people who are absent from the figures, and whether there are more of the group.
ABSENT = {
    "not_rated": {
        True: N_(
            "{attribute}: more of the group '{group}' than of '{reference}' are people without a "
            "rating."
        ),
        False: N_(
            "{attribute}: fewer of the group '{group}' than of '{reference}' are people without a "
            "rating."
        ),
    },
    "quarantined": {
        True: N_(
            "{attribute}: more of the group '{group}' than of '{reference}' are people with rows "
            "left out of the data."
        ),
        False: N_(
            "{attribute}: fewer of the group '{group}' than of '{reference}' are people with rows "
            "left out of the data."
        ),
    },
    "unlinked": {
        True: N_(
            "{attribute}: more of the group '{group}' than of '{reference}' are people whose "
            "raters cannot be compared with others."
        ),
        False: N_(
            "{attribute}: fewer of the group '{group}' than of '{reference}' are people whose "
            "raters cannot be compared with others."
        ),
    },
    "weak": {
        True: N_(
            "{attribute}: more of the group '{group}' than of '{reference}' are people whose "
            "raters can hardly be compared with others."
        ),
        False: N_(
            "{attribute}: fewer of the group '{group}' than of '{reference}' are people whose "
            "raters can hardly be compared with others."
        ),
    },
}
#: Whether the group is lower.
CRITERION = {
    True: N_(
        "{attribute}: on the criterion '{criterion}' the group '{group}' is marked lower than "
        "'{reference}' with the same total."
    ),
    False: N_(
        "{attribute}: on the criterion '{criterion}' the group '{group}' is marked higher than "
        "'{reference}' with the same total."
    ),
}
SOURCE = {
    True: N_(
        "{attribute}: forms of the source '{source}' are lower for the group '{group}' than for "
        "'{reference}'."
    ),
    False: N_(
        "{attribute}: forms of the source '{source}' are higher for the group '{group}' than for "
        "'{reference}'."
    ),
}
TWO_SOURCES = {
    True: N_(
        "{attribute}: beside forms of the source '{other}' on the same people, forms of the "
        "source '{source}' are lower for the group '{group}' than for '{reference}'."
    ),
    False: N_(
        "{attribute}: beside forms of the source '{other}' on the same people, forms of the "
        "source '{source}' are higher for the group '{group}' than for '{reference}'."
    ),
}
RATERS = {
    True: N_(
        "{attribute}: raters of the group '{group}' mark their own group lower, beside "
        "'{reference}', than raters of '{reference}' do."
    ),
    False: N_(
        "{attribute}: raters of the group '{group}' mark their own group higher, beside "
        "'{reference}', than raters of '{reference}' do."
    ),
}
#: Figure of a comment, its item where shares are meant, and whether the group has less.
COMMENT = {
    ("any", True): N_(
        "{attribute}: fewer comments for the group '{group}' than for '{reference}'."
    ),
    ("any", False): N_(
        "{attribute}: more comments for the group '{group}' than for '{reference}'."
    ),
    ("actionable", True): N_(
        "{attribute}: fewer comments that say what to do for the group '{group}' than for "
        "'{reference}'."
    ),
    ("actionable", False): N_(
        "{attribute}: more comments that say what to do for the group '{group}' than for "
        "'{reference}'."
    ),
    ("words", True): N_(
        "{attribute}: comments on the group '{group}' are shorter than on '{reference}'."
    ),
    ("words", False): N_(
        "{attribute}: comments on the group '{group}' are longer than on '{reference}'."
    ),
    ("nature", True): N_(
        "{attribute}: comments on the group '{group}' have fewer words about what the person is "
        "like than comments on '{reference}'."
    ),
    ("nature", False): N_(
        "{attribute}: comments on the group '{group}' have more words about what the person is "
        "like than comments on '{reference}'."
    ),
}
GAP = {
    "points": N_(
        "Gap {gap} points, 95% interval {low} to {high}; {n} people against {n_reference}."
    ),
    "words": N_("Gap {gap} words, 95% interval {low} to {high}; {n} people against {n_reference}."),
    "per_100_words": N_(
        "Gap {gap} of 100 words, 95% interval {low} to {high}; {n} people against {n_reference}."
    ),
}


def say_criterion(row: Row) -> tuple[str, str]:
    large = _(
        "Large by the classes of educational testing (C). What one criterion gives here another "
        "takes: read all of them together."
    )
    headline = _(CRITERION[_is_lower(row)], criterion=str(row["item"]), **name_sides(row))
    return headline, f"{_say_gap(row)} {large}"


def say_source(row: Row) -> tuple[str, str]:
    one, __, other = str(row["item"]).partition(" minus ")
    message = (TWO_SOURCES if other else SOURCE)[_is_lower(row)]
    names = {"source": _(SOURCE_WORDS[one]), "other": _(SOURCE_WORDS[other]) if other else ""}
    return _(message, **names, **name_sides(row)), _say_gap(row)


def say_raters(row: Row) -> tuple[str, str]:
    dealt = _("Nobody dealt out the raters at random.")
    return _(RATERS[row["estimate"] <= 0], **name_sides(row)), f"{_say_gap(row)} {dealt}"


def say_slices(row: Row, table: pd.DataFrame) -> tuple[str, str]:
    figure = str(row["figure"]).removeprefix("heterogeneity_of_")
    same = (table["dimension"] == row["dimension"]) & (table["figure"] == figure)
    same &= (table["attribute"] == row["attribute"]) & (table["group"] == row["group"])
    shown = table[same & table["estimate"].notna()].sort_values("estimate", kind="stable")
    lowest, highest = shown.iloc[0], shown.iloc[-1]
    scale = 100 if figure == "share" else 1
    low, high = (_signed(scale * float(end["estimate"])) for end in (lowest, highest))
    ends = {
        "low": low,
        "lowest": str(lowest["item"]),
        "high": high,
        "highest": str(highest["item"]),
    }
    names = {"dimension": _(SLICE_WORDS[row["dimension"]]), **name_sides(row)}
    if figure == "share":
        headline = _(
            "{attribute}: the gap in the favourable share between the group '{group}' and "
            "'{reference}' is not the same everywhere ({dimension}).",
            **names,
        )
        spread = _("From {low} in '{lowest}' to {high} in '{highest}', percentage points.", **ends)
    else:
        headline = _(
            "{attribute}: the gap in the raw score between the group '{group}' and '{reference}' "
            "is not the same everywhere ({dimension}).",
            **names,
        )
        spread = _("From {low} in '{lowest}' to {high} in '{highest}', points.", **ends)
    return headline, f"{spread} {_say_q(row)}"


def say_absent(row: Row) -> tuple[str, str]:
    message = ABSENT[row["dimension"]][row["estimate"] > 0]
    return _(message, **name_sides(row)), _say_shares(row)


def say_comment(row: Row) -> tuple[str, str]:
    figure, is_less = str(row["figure"]), _is_lower(row)
    if figure == "share":
        kind = "any" if row["item"] == "any comment" else "actionable"
        return _(COMMENT[kind, is_less], **name_sides(row)), _say_shares(row)
    kind = "nature" if figure == "per_100_words" else "words"
    unit = "words" if figure == "words" else "per_100_words"
    return _(COMMENT[kind, is_less], **name_sides(row)), _say_gap(row, unit)


def say_teams(row: Row) -> tuple[str, str]:
    headline = ngettext(
        "{attribute}: {n} team has a gap between the group '{group}' and '{reference}' that "
        "chance does not explain.",
        "{attribute}: {n} teams have a gap between the group '{group}' and '{reference}' that "
        "chance does not explain.",
        int(row["estimate"]), **name_sides(row),
    )  # fmt: skip
    return headline, _(
        "{n} teams were large enough for an exact test within the team, adjusted over all of "
        "them. For auditors, a manager is named in audit/tables/origins where both sides of the "
        "team reach the smallest cell.",
        n=int(row["value"]),
    )


def _is_lower(row: Row) -> bool:
    return bool(row["estimate"] < 0)


def _say_gap(row: Row, unit: str = "points") -> str:
    said = _(
        GAP[unit], gap=_signed(row["estimate"]), low=_signed(row["low"]),
        high=_signed(row["high"]), n=int(row["n"]), n_reference=int(row["n_reference"]),
    )  # fmt: skip
    return f"{said} {_say_q(row)}"


def _say_shares(row: Row) -> str:
    said = _(
        "{share} of {n} against {share_reference} of {n_reference}.",
        share=write_share(row["value"], 1), n=int(row["n"]),
        share_reference=write_share(row["value_reference"], 1),
        n_reference=int(row["n_reference"]),
    )  # fmt: skip
    return f"{said} {_say_q(row)}"


def _say_q(row: Row) -> str:
    return _("{q} over all lines of this kind.", q=say_p(row["q_value"]))


def _signed(value: float) -> str:
    return write_figure(value, 1, has_sign=True)
