"""Rule packs in the audit's own tables: their texts, and what has to be documented."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from calibrate.audit.inquiry import Inquiry
from calibrate.audit.policy import RulePack
from calibrate.language import _
from calibrate.tables import OBLIGATIONS, RULE_PACKS

NOT_HELD = "not held"


def build_rule_packs(inquiry: Inquiry) -> pd.DataFrame:
    """Every text of the packs that the cycle asks for."""
    return tabulate_packs(inquiry.settings.packs)


def tabulate_packs(packs: Sequence[RulePack]) -> pd.DataFrame:
    """One row a pack, a source and a caveat, as :data:`calibrate.tables.RULE_PACKS`.

    Titles of sources stay as they were published.
    """
    rows = []
    for pack in packs:
        about = (
            _say(pack.title), pack.legal_text_as_of, _say(pack.status), _say(pack.jurisdiction),
        )  # fmt: skip
        texts = [("pack", 1, *about)]
        texts += [
            ("source", n, s["title"], s["dated"], _say(s["used_for"]), "")
            for n, s in enumerate(pack.sources, 1)
        ]
        texts += [
            ("caveat", n, _say(c.text), "", "", _say(c.source))
            for n, c in enumerate(pack.caveats, 1)
        ]
        rows += [(pack.id, pack.version, *text) for text in texts]
    return RULE_PACKS.conform(pd.DataFrame(rows, columns=RULE_PACKS.names))


def build_obligations(inquiry: Inquiry) -> pd.DataFrame:
    """What is to be documented, and what this run holds of it."""
    return tabulate_obligations(inquiry.settings.packs, has_attributes=bool(inquiry.groupings))


def tabulate_obligations(packs: Sequence[RulePack], *, has_attributes: bool) -> pd.DataFrame:
    """One row a duty; without figures by group those that need them are not held."""
    rows = []
    for pack in packs:
        for n, duty in enumerate(pack.obligations, 1):
            is_held = has_attributes or not duty.needs_attributes
            status, where = (duty.status, duty.where) if is_held else (NOT_HELD, "")
            said = (_say(duty.article), _say(duty.requirement), status, _say(where))
            rows.append((pack.id, n, *said))
    return OBLIGATIONS.conform(pd.DataFrame(rows, columns=OBLIGATIONS.names))


def _say(text: str) -> str:
    """A text of a pack's file; a catalogue answers to nothing with its own head."""
    return _(text) if text else ""
