from __future__ import annotations

import re

from calibrate.effects import notes


def _sentences():
    for value in vars(notes).values():
        if isinstance(value, str) and "\n" not in value:
            yield value
    yield from notes.ON_BOUNDARY.values()
    for n in (1, 2, 1200):
        yield notes.describe_unlinked(n)
        yield notes.describe_clipped(n)
        yield notes.describe_pool(n)
        yield notes.describe_few_units(n)


def test_no_sentence_claims_more_than_we_can() -> None:
    for sentence in _sentences():
        assert not re.search(r"\b(fair|unbiased|debiased|true score|compliant)\b", sentence)


def test_sentences_agree_with_their_number() -> None:
    assert notes.describe_clipped(1).startswith("1 calibrated score fell")
    assert notes.describe_unlinked(1200).startswith("1,200 people have")
    assert "1 comparison within" in notes.describe_pool(1)
