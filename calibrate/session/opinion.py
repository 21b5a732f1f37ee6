"""What a second opinion on the same marks asks somebody to look at."""

from __future__ import annotations

#: One row of the table of findings, without its name.
Row = tuple[str, str, str, str, str, str]


def describe_opinion(top_share: float, n_moves: int | None, n_people: int) -> Row:
    """Finding on the frequent top mark; ``n_moves`` is None where no opinion was given.

    Examples
    --------
    >>> describe_opinion(0.524, 3, 80)[4]
    '52 % of the marks are the top mark. A second opinion has another band for 3 of 80 people'
    >>> describe_opinion(0.524, None, 0)[5]
    'effects.model: ordinal in the cycle file counts marks as ordered steps'
    """
    frequent = f"{100 * top_share:.0f} % of the marks are the top mark"
    key = "effects.model: ordinal in the cycle file counts marks as ordered steps"
    if n_moves is None:
        said = f"{frequent}. A second opinion, with marks as ordered steps, can be asked for"
        return ("model", "company", "all", "note", said, key)
    whom = f"{n_moves:,} of {n_people:,} people" if n_moves else "nobody"
    said = f"{frequent}. A second opinion has another band for {whom}"
    level = "look" if n_moves else "note"
    return ("model", "company", "all", level, said, f"see tables/second_opinion; {key}")
