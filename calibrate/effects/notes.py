"""Sentences for the report: what the data could not carry, and what is assumed."""

from __future__ import annotations

from calibrate.effects.result import Assumed
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_share

NO_FORM = N_("No form was scored. Nothing was estimated.")
MODEL_NONE = N_("The cycle asks for no adjustment. Scores stay as marked.")
NOT_LINKED = N_(
    "Too few people were marked by several raters. No score was adjusted: "
    "a strict rater and a weak team look the same."
)
NO_UNIT = N_("The model has no unit effect. A good unit can look like a lenient rater.")
UNIT_IS_PERSON = N_("The model has no unit effect: every unit holds one linked person.")
UNIT_ASSUMPTION = N_(
    "Leniency is assumed not to depend on the unit. "
    "A lenient culture of a whole unit cannot be told from a good unit."
)
RESIDUAL_TOGETHER = N_(
    "The residual holds rater and noise together. They cannot be told apart here."
)
RESIDUAL_ALONE = N_("Nobody has enough forms to say how far a score may be off.")
SIMPLER = N_(
    "The forms are too few or too much alike to tell the noise of each source. "
    "All sources share one."
)

#: A variance on its boundary is a result: one sentence for each term.
ON_BOUNDARY = {
    "employee": N_(
        "People do not differ measurably beyond their raters and units. "
        "Calibrated scores carry no interval."
    ),
    "unit": N_("Units do not differ measurably. The unit effect is zero."),
    "employee_source": N_(
        "Forms of one source agree on a person no more than forms of different sources do."
    ),
    "rater": N_(
        "Raters do not differ measurably in severity. "
        "No severity was taken out, and link strength is zero for everybody."
    ),
}


def describe_few_units(n_units: int) -> str:
    """Why the unit effect was left out.

    Examples
    --------
    >>> print(describe_few_units(1))
    The model has no unit effect: it takes 3 units with linked people, and there is 1.
    """
    return ngettext(
        "The model has no unit effect: it takes 3 units with linked people, and there is {n}.",
        "The model has no unit effect: it takes 3 units with linked people, and there are {n}.",
        n_units,
    )


def describe_refusal(reason: str) -> str:
    """Why the whole fit was refused.

    Examples
    --------
    >>> print(describe_refusal("the equations are singular"))
    The rater model was refused: the equations are singular. Nothing was adjusted.
    """
    return _("The rater model was refused: {reason}. Nothing was adjusted.", reason=reason)


def describe_network(n_parts: int, n_linked: int) -> str:
    """How many parts must not be compared.

    Examples
    --------
    >>> print(describe_network(3, 2))
    People and raters form 3 separate parts, 2 of them linked. Do not compare scores across parts.
    """
    if not n_linked:
        return _(
            "People and raters form {n} separate parts, none of them linked. Do not compare "
            "scores across parts.",
            n=n_parts,
        )
    return _(
        "People and raters form {n} separate parts, {linked} of them linked. Do not compare "
        "scores across parts.",
        n=n_parts, linked=n_linked,
    )  # fmt: skip


def describe_unlinked(n_people: int) -> str:
    """How many people stay as marked.

    Examples
    --------
    >>> print(describe_unlinked(1))
    1 person has raters who share too few people with others. The score stays as marked.
    """
    return ngettext(
        "{n} person has raters who share too few people with others. The score stays as marked.",
        "{n} people have raters who share too few people with others. Their scores stay as marked.",
        n_people,
    )


def describe_clipped(n_people: int) -> str:
    """How many estimates left the scale.

    Examples
    --------
    >>> print(describe_clipped(2))
    2 calibrated scores fell outside the scale and were set to its end.
    """
    return ngettext(
        "{n} calibrated score fell outside the scale and was set to its end.",
        "{n} calibrated scores fell outside the scale and were set to its end.",
        n_people,
    )


def describe_pool(n_comparisons: int) -> str:
    """How little the interval of unlinked people rests on.

    Examples
    --------
    >>> print(describe_pool(4))
    Intervals of people who are not linked rest on 4 comparisons within people. Read them as rough.
    """
    return ngettext(
        "Intervals of people who are not linked rest on {n} comparison within people. Read them "
        "as rough.",
        "Intervals of people who are not linked rest on {n} comparisons within people. Read them "
        "as rough.",
        n_comparisons,
    )


def describe_assumed(assumed: Assumed) -> str:
    """What the cycle declares where nothing can be measured.

    Examples
    --------
    >>> describe_assumed(Assumed((0.3, 0.6), 0.5))[:69]
    'Intervals of people marked by one rater are assumed, not measured: 30'
    """
    low, high = (write_share(share) for share in assumed.rater_share)
    return _(
        "Intervals of people marked by one rater are assumed, not measured: {low} to {high} of "
        "the differences between forms are the rater's, and {rest} of the rest the person's. The "
        "ranges hold for {high}.",
        low=low, high=high, rest=write_share(assumed.reliability),
    )  # fmt: skip
