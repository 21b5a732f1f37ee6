"""What the strategy asks somebody to look at."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from calibrate.language import _, ngettext
from calibrate.language.figures import write_share

#: kind, scope, scope_id, level, headline, evidence
Row = tuple[str, str, str, str, str, str]
#: From this share of goals that reach no outcome on, the share itself is a finding.
MANY_ORPHANS = 0.2


def list_strategy_findings(
    coverage: pd.DataFrame, ladder: pd.DataFrame, cascade: pd.DataFrame
) -> Iterator[Row]:
    """Outcomes nobody serves or hardly anybody, chains that break, goals that reach nothing."""
    if not len(coverage):
        return
    titles = dict(zip(coverage["outcome"], coverage["title"], strict=True))
    for row in coverage.to_dict("records"):
        if row["verdict"] not in ("unserved", "thin"):
            continue
        said = _("Nobody serves the outcome “{outcome}”.", outcome=row["title"])
        if row["verdict"] == "thin":
            said = _("The outcome “{outcome}” is served thinly.", outcome=row["title"])
        yield "strategy", "company", str(row["outcome"]), "look", said, str(row["reason"])
    unserved = set(coverage.loc[coverage["verdict"] == "unserved", "outcome"])
    broken = ladder[(ladder["verdict"] == "missing") & ~ladder["outcome"].isin(unserved)]
    words = {"company": _("the company"), "unit": _("departments"), "person": _("people")}
    for outcome, rows in broken.groupby("outcome", sort=True):
        kinds = _(" and ").join(words[str(kind)] for kind in rows["kind"])
        said = _(
            "The chain of goals for “{outcome}” breaks: none of {kinds}.",
            outcome=titles.get(str(outcome), str(outcome)), kinds=kinds,
        )  # fmt: skip
        yield "strategy", "company", f"{outcome}:chain", "note", said, _count(ladder, str(outcome))
    n_orphans = int((cascade["verdict"] == "orphan").sum())
    if len(cascade) and n_orphans > MANY_ORPHANS * len(cascade):
        said = ngettext("{n} goal reaches no outcome.", "{n} goals reach no outcome.", n_orphans)
        share = _("{share} of all goals", share=write_share(n_orphans / len(cascade)))
        yield "strategy", "company", "orphans", "look", said, share


def _count(ladder: pd.DataFrame, outcome: str) -> str:
    words = {"company": _("company"), "unit": _("departments"), "person": _("people")}
    rows = ladder[ladder["outcome"] == outcome].set_index("kind")["n_goals"]
    counts = [f"{word} {int(rows[kind])}" for kind, word in words.items() if kind in rows]
    return _("Goals: {counts}", counts=", ".join(counts))
