"""What a second opinion on the same marks asks somebody to look at."""

from __future__ import annotations

from calibrate.language import _
from calibrate.language.figures import write_share

#: One row of the table of findings, without its name.
Row = tuple[str, str, str, str, str, str]


def describe_opinion(top_share: float, n_moves: int | None, n_people: int) -> Row:
    """Finding on the frequent top mark; ``n_moves`` is None where no opinion was given.

    Examples
    --------
    >>> describe_opinion(0.524, 3, 80)[4]
    '52% of the marks are the top mark. A second opinion has another band for 3 of 80 people'
    >>> describe_opinion(0.524, None, 0)[5]
    'effects.model: ordinal in the cycle file counts marks as ordered steps'
    """
    share = write_share(top_share)
    key = _("effects.model: ordinal in the cycle file counts marks as ordered steps")
    if n_moves is None:
        said = _(
            "{share} of the marks are the top mark. A second opinion, with marks as ordered steps, "
            "can be asked for",
            share=share,
        )
        return ("model", "company", "all", "note", said, key)
    if n_moves:
        said = _(
            "{share} of the marks are the top mark. A second opinion has another band for {n} of "
            "{total} people",
            share=share, n=n_moves, total=n_people,
        )  # fmt: skip
    else:
        said = _(
            "{share} of the marks are the top mark. A second opinion has another band for nobody",
            share=share,
        )
    level = "look" if n_moves else "note"
    evidence = _("see tables/second_opinion; {key}", key=key)
    return ("model", "company", "all", level, said, evidence)
