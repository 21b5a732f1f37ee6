"""Our own labels in the tables of the audit, as a reader of the packet wants them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from calibrate.audit.origins.slices import NOT_GIVEN
from calibrate.audit.phrases import say_label
from calibrate.language import N_, _

_GIVEN = {NOT_GIVEN: N_("not given")}


def speak_labels(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Say the groups of those who stated nothing in the language of the cycle.

    Labels that come from the data stay as they are; the tables on disk keep the codes.

    Examples
    --------
    >>> rates = pd.DataFrame({"group": ["woman", "not stated"], "n": [30, 4]})
    >>> speak_labels({"rates": rates})["rates"]["group"].tolist()
    ['woman', 'not stated']
    """
    return {name: _speak(frame) for name, frame in tables.items()}


def _speak(frame: pd.DataFrame) -> pd.DataFrame:
    said = {
        column: frame[column].map(say_label, na_action="ignore")
        for column in ("group", "reference")
        if column in frame
    }
    if "item" in frame:
        said["item"] = frame["item"].map(_say_item, na_action="ignore")
    return frame.assign(**said)


def _say_item(item: str) -> str:
    return _(_GIVEN[item]) if item in _GIVEN else item
