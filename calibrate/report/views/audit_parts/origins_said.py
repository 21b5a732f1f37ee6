"""What is said of all the places where a gap was looked for."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.audit.origins.slices import SLICE_WORDS
from calibrate.language import N_, _, ngettext
from calibrate.report.material import Row
from calibrate.report.views.audit_parts.places import ALPHA, PRESENCE, say_who
from calibrate.report.words import join_words, write_count

#: Dimension → how the overview calls it.
PLACES = {
    "criterion": N_("Criterion"),
    "source": N_("Source of the form"),
    "manager": N_("Between or within teams"),
    "team": N_("Single teams"),
    "rater_group": N_("Group of the rater"),
    **SLICE_WORDS,
    "stage": N_("Stage"),
    **PRESENCE,
    "comment": N_("Words of comments"),
    "cycle": N_("Earlier cycles"),
}


def say_origins(rows: Sequence[Row], known: Sequence[Row]) -> tuple[str, ...]:
    """Say how many lines were tested, and where they stand out."""
    return (_say_overview(rows, known), *_say_teams(known))


def _say_overview(rows: Sequence[Row], known: Sequence[Row]) -> str:
    tested = [row for row in known if row["q_value"] is not None]
    by_place = {
        words: [row for row in tested if row["dimension"] == place]
        for place, words in PLACES.items()
    }
    out = {w: sum(r["q_value"] < ALPHA for r in lines) for w, lines in by_place.items() if lines}
    hidden = sum(bool(row["suppressed"]) for row in rows)
    said = [
        ngettext(
            "{n} line was tested; kinds of places looked at: {places}.",
            "{n} lines were tested; kinds of places looked at: {places}.",
            len(tested),
            places=len(out),
        )
    ]
    standing = [
        _("{place} ({n} of {total})", place=_(words), n=n, total=len(by_place[words]))
        for words, n in out.items()
        if n
    ]
    if standing:
        said.append(_("Lines stand out by: {places}.", places=join_words(standing)))
    else:
        said.append(
            _(
                "No line stands out. That is no proof of equality: the intervals say how "
                "large a gap could be."
            )
        )
    if hidden:
        said.append(
            ngettext(
                "{n} line is withheld: a side has too few people, or would give away one that has.",
                "{n} lines are withheld: a side has too few people, or would give away one that "
                "has.",
                hidden,
            )
        )
    return " ".join(said)


def _say_teams(known: Sequence[Row]) -> tuple[str, ...]:
    """How many single teams stand out; teams are tested exactly, and most are too small."""
    counts = [row for row in known if row["figure"] == "teams_standing_out" and row["value"]]
    if not counts:
        return ()
    n_tests = sum(int(row["value"]) for row in counts)
    out = [f"{write_count(row['estimate'])} ({say_who(row)})" for row in counts if row["estimate"]]
    if not out:
        return (
            ngettext(
                "Single teams large enough for an exact test gave {n} comparison; it does not "
                "stand out. Small teams could show only a very wide gap.",
                "Single teams large enough for an exact test gave {n} comparisons; none stands "
                "out. Small teams could show only a very wide gap.",
                n_tests,
            ),
        )
    return (
        ngettext(
            "Single teams large enough for an exact test gave {n} comparison; of these {found} "
            "stand out.",
            "Single teams large enough for an exact test gave {n} comparisons; of these {found} "
            "stand out.",
            n_tests,
            found=join_words(out),
        ),
    )
