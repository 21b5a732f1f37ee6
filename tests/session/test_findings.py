import numpy as np

from calibrate.session.findings import count_outside_forms, describe_rater


def test_severity_that_may_be_chance_over_all_raters_is_no_finding() -> None:
    assert describe_rater(8, 0.06, 20) == ""


def test_small_severity_is_no_finding_however_sure() -> None:
    assert describe_rater(4.9, 0.0001, 200) == ""


def test_lenient_rater_marks_higher() -> None:
    assert "higher" in describe_rater(-12, 0.001, 20)


def test_few_forms_are_said_before_any_severity() -> None:
    assert describe_rater(30, 0.001, 4) == "severity rests on 4 forms"


def test_unknown_severity_says_why() -> None:
    assert "cannot be told" in describe_rater(np.nan, np.nan, 9)


def test_manager_and_team_mates_are_no_view_from_outside() -> None:
    # E1 and E2 report to M; E3 reports to X. Forms on E1 by M, E2, E3 and a guest.
    counts = count_outside_forms(
        [0, 0, 0, 0], ["M", "E2", "E3", "GUEST"], ["M", "M", "X"],
        {"E1": "M", "E2": "M", "E3": "X"},
    )  # fmt: skip
    assert counts == {"M": 2, "X": 0}
