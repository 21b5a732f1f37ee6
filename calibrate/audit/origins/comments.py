"""Are people of one group told less about what to do and more about what they are like?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import FloatArray, Line, average_by, list_pairs
from calibrate.audit.origins.presence import compare_share

#: People do not comment on others in their own form.
SELF = "self"


def compare_comments(inquiry: Inquiry) -> Iterator[Line]:
    """Who gets a comment; its length; words that say what to do; words on the person's nature."""
    background = inquiry.background
    if background is None or background.comments is None:
        return
    forms, comments = background.forms, background.comments
    n_people = len(inquiry.population.employee_ids)
    of_others = forms.source != SELF
    any_comment = np.zeros(n_people, np.bool_)
    any_comment[forms.employee[of_others & (comments.n_comments > 0)]] = True
    has_form = np.zeros(n_people, np.bool_)
    has_form[forms.employee[of_others]] = True
    measured = measure_comments(inquiry)
    for _, pair in list_pairs(inquiry):
        yield from compare_share(pair.narrow(has_form), "comment", "any comment", any_comment)
        for (item, figure), values in measured.items():
            narrow = pair.narrow(~np.isnan(values))
            yield narrow.write("comment", item, figure, narrow.compare_means(values))


def measure_comments(inquiry: Inquiry) -> dict[tuple[str, str], FloatArray]:
    """One value per employee over the comments that could be read; NaN without any."""
    background = inquiry.background
    if background is None or background.comments is None:
        return {}
    forms, comments = background.forms, background.comments
    n_people = len(inquiry.population.employee_ids)
    kept = (forms.source != SELF) & (comments.n_read > 0)
    of, words = forms.employee[kept], comments.n_words[kept]
    has_action = (comments.n_actionable[kept] > 0).astype(np.float64)
    rate = 100 * comments.n_personality[kept] / np.maximum(1, words)
    return {
        ("length", "words"): average_by(of, words.astype(np.float64), n_people),
        ("says what to do", "share"): average_by(of, has_action, n_people),
        ("words on the person's nature", "per_100_words"): average_by(
            of, rate, n_people, words.astype(np.float64)
        ),
    }
