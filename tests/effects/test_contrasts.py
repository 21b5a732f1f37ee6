from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from calibrate.effects import search
from calibrate.effects.estimate import estimate_effects
from calibrate.effects.fit import fit_variances
from calibrate.effects.forms import sort_forms
from calibrate.effects.pooled import describe_unfitted
from calibrate.effects.result import Settings
from calibrate.errors import FitError


def _marked_by_three(seed: int, n: int = 20):
    """Everybody marked by the manager, the manager above and one other: a rater for each source."""
    rng = np.random.default_rng(seed)
    employee, rater = np.repeat(np.arange(n), 3), np.tile(np.arange(3), n)
    points = 50 + rng.normal(0, 8, n)[employee] - rng.normal(0, 6, 3)[rater]
    return employee, rater, points + rng.normal(0, 5, 3 * n)


@pytest.mark.parametrize("seed", range(10))
def test_severity_is_refused_where_each_source_has_one_rater(seed: int) -> None:
    """The level of the source takes all of it; what is left of the slope is rounding."""
    employee, rater, points = _marked_by_three(seed)
    with pytest.raises(FitError, match="each source has one rater"):
        fit_variances(points, rater, {"employee": employee, "rater": rater}, ("employee", "rater"))
    effects = estimate_effects(employee, rater, rater, points, np.ones(60), None, 20, 3, Settings())
    assert set(effects.employees.link) == {"unlinked"}
    assert any("each source has one rater" in note for note in effects.notes)


def test_a_fourth_rater_is_a_contrast() -> None:
    employee, rater, points = _marked_by_three(1, 200)
    source = np.minimum(rater, 2)
    fourth = np.where((rater == 2) & (employee % 2 == 1), 3, rater)
    fit = fit_variances(points, source, {"employee": employee, "rater": fourth},
                        ("employee", "rater"))  # fmt: skip
    assert fit.variance["employee"] > 0


@pytest.mark.parametrize("seed", range(5))
def test_one_person_of_many_forms_has_no_variance_between_people(seed: int) -> None:
    points = np.random.default_rng(seed).normal(50, 9, 80)
    nobody = np.zeros(80, dtype=np.int64)
    forms = sort_forms(nobody, np.arange(80), nobody, points, np.ones(80), 1, 80)
    lines, _ = describe_unfitted(forms)
    assert lines[0] == ("employee", None, None)
    assert lines[1][:2] == ("residual", pytest.approx(points.var(ddof=1)))


def test_a_large_source_without_noise_takes_that_of_the_smaller_one() -> None:
    """Three peers say the same of everybody, managers do not: the peers' agreement is no proof."""
    rng = np.random.default_rng(4)
    employee = np.repeat(np.arange(60), 4)
    rater = rng.integers(0, 20, 240)
    source = np.tile([0, 1, 1, 1], 60)
    seen = 50 + rng.normal(0, 8, 60)[employee]
    points = seen + np.where(source == 0, rng.normal(0, 6, 240), 0.0)
    fit = fit_variances(points, source, {"employee": employee, "rater": rater},
                        ("employee", "rater"), source)  # fmt: skip
    assert fit.merged_into.tolist() == [0, 0]
    assert fit.residual[0] == fit.residual[1] > 0


@pytest.mark.parametrize("seed", range(6))
def test_few_forms_that_say_little_are_settled_or_refused_at_once(seed: int, monkeypatch) -> None:
    """35 forms by almost as many raters: a cut step used to lead uphill two hundred times."""
    rng = np.random.default_rng(seed)
    employee, rater = np.arange(35) % 20, rng.integers(0, 120, 35)
    employee, rater = (np.unique(code, return_inverse=True)[1] for code in (employee, rater))
    points = 50 + rng.normal(0, 3, 20)[employee] + rng.normal(0, 3, 35)
    looks = []
    once = search.evaluate
    monkeypatch.setattr(search, "evaluate", lambda *given: looks.append(1) or once(*given))
    with suppress(FitError):
        fit_variances(points, 0 * rater, {"employee": employee, "rater": rater},
                      ("employee", "rater"))  # fmt: skip
    assert len(looks) < 200
