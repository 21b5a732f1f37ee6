import numpy as np
import pytest

from calibrate.bands import assign_bands
from calibrate.session import Evidence, build_agenda

CUTS, LABELS = (50_000_000,), ("Meets", "Exceeds")


def agenda(calibrated: list[float], *, link: str = "linked", proposed: list[str] | None = None,
           minutes: float = 90, levels: list[str] | None = None, attainment: float = np.nan,
           manager: float = np.nan, peer: float = np.nan,
           against: str = "", unsupported: bool = False):  # fmt: skip
    n = len(calibrated)
    scores = np.array(calibrated)
    bands = assign_bands(
        scores, scores, scores, np.full(n, 5.0 if link == "linked" else np.nan),
        np.array([link] * n, dtype=object), proposed or [""] * n, LABELS, CUTS,
    )  # fmt: skip
    evidence = Evidence(
        [f"E{i}" for i in range(n)], ["A"] * n, levels or ["L1"] * n, [link] * n,
        np.full(n, manager), np.full(n, peer), np.full(n, attainment), None,
        [against] * n, [unsupported] * n,
    )  # fmt: skip
    return build_agenda(evidence, bands, minutes=minutes, minutes_per_person=3)


def test_person_on_the_cut_comes_before_one_far_from_it() -> None:
    table = agenda([80, 50, 54])
    assert table["employee_id"].tolist() == ["E1", "E2", "E0"]
    # Exactly on the cut the other band has one half.
    assert table["p_change"].tolist()[0] == pytest.approx(0.5)


def test_person_far_from_every_cut_is_safe_to_skip() -> None:
    table = agenda([80])
    assert table["minutes"].tolist() == [0]
    assert table["reason"].tolist() == ["safe to skip: about 100% for this band"]


def test_minutes_cut_the_list_and_the_rest_is_named() -> None:
    table = agenda([50, 51, 52], minutes=6)
    assert table["minutes"].tolist() == [3, 3, 0]
    assert table["reason"].tolist()[2].startswith("if time is left: ")


def test_discussed_people_are_ordered_level_by_level() -> None:
    table = agenda([50, 51], levels=["L2", "L1"])
    assert table["employee_id"].tolist() == ["E1", "E0"]


def test_proposal_against_the_marks_is_a_reason() -> None:
    table = agenda([80], proposed=["Meets"])
    assert "differs" in table["reason"].tolist()[0]
    assert table["minutes"].tolist() == [3]


def test_unlinked_person_has_no_probability_but_rules() -> None:
    table = agenda([80], link="unlinked", attainment=0.2)
    assert table["p_change"].isna().all()
    assert "goals below half" in table["reason"].tolist()[0]


def test_sources_that_disagree_are_a_reason() -> None:
    table = agenda([80], manager=90, peer=60)
    assert "higher than peers" in table["reason"].tolist()[0]


def test_person_without_score_is_not_on_the_agenda() -> None:
    assert len(agenda([np.nan])) == 0


def test_rules_name_what_the_words_say() -> None:
    table = agenda([80], proposed=["Meets"], manager=90, peer=60)
    # "Meets" ends at 50 and the score is 80 ± 5: the other band is all but certain.
    assert table["rules"].tolist() == ["band_differs;manager_higher;band_uncertain"]
    assert len(table["reason"].tolist()[0].split("; ")) == 2


def test_person_safe_to_skip_has_no_rule() -> None:
    assert agenda([80])["rules"].tolist() == [""]


def test_person_on_a_cut_has_the_rule_and_no_other() -> None:
    assert agenda([50])["rules"].tolist() == ["band_uncertain"]


def test_unlinked_person_at_the_end_of_the_scale_and_against_results() -> None:
    table = agenda([80], link="unlinked", attainment=0.2)
    assert table["rules"].tolist() == ["extreme;against_results"]


def test_pull_across_a_cut_is_thin_evidence_and_changes_no_band() -> None:
    # Adjusted 52 lies above the cut at 50, the estimate of 48 below it.
    n = 120
    adjusted = np.full(n, 80.0)
    calibrated = adjusted.copy()
    adjusted[0], calibrated[0] = 52, 48
    link = np.array(["linked"] * n, dtype=object)
    bands = assign_bands(
        adjusted, adjusted, calibrated, np.full(n, 5.0), link, [""] * n, LABELS, CUTS
    )
    nothing = np.full(n, np.nan)
    ids = [f"E{i:03d}" for i in range(n)]
    evidence = Evidence(ids, ["A"] * n, ["L1"] * n, list(link), nothing, nothing, nothing)
    table = build_agenda(evidence, bands, minutes=90, minutes_per_person=3)
    first = table.set_index("employee_id").loc["E000"]
    assert first["rules"] == "thin_evidence;band_uncertain"
    assert first["reason"] == "thin evidence: few or uncertain forms"
    assert bands.suggested[0] == bands.raw[0]


def test_band_for_somebody_nobody_marked_is_a_rule() -> None:
    bands = assign_bands(
        np.array([np.nan]), np.array([np.nan]), np.array([np.nan]), np.array([np.nan]),
        np.array(["unrated"], dtype=object), ["Exceeds"], LABELS, CUTS,
    )  # fmt: skip
    nothing = np.array([np.nan])
    evidence = Evidence(["E0"], ["A"], ["L1"], ["unrated"], nothing, nothing, nothing)
    table = build_agenda(evidence, bands, minutes=90, minutes_per_person=3)
    assert table["rules"].tolist() == ["nobody_marked"]


def test_band_that_hangs_on_severity_is_a_reason_and_one_that_does_not_is_safe() -> None:
    """Nobody is linked: E0 keeps the band in all three cases, E1 does not, E2 cannot be told."""
    scores = np.array([60.0, 60.0, 60.0])
    labels, cuts = ("Low", "Meets", "High"), (40_000_000, 80_000_000)
    link = np.array(["unlinked"] * 3, dtype=object)
    unknown = np.full(3, np.nan)
    bands = assign_bands(scores, scores, scores, unknown, link, [""] * 3, labels, cuts)
    evidence = Evidence(
        ["E0", "E1", "E2"], ["A"] * 3, ["L1"] * 3, list(link), unknown, unknown, unknown,
        np.array([0.0, 1.0, np.nan]),
    )  # fmt: skip
    table = build_agenda(evidence, bands, minutes=90, minutes_per_person=3)
    rows = table.set_index("employee_id")
    assert rows["rules"].to_dict() == {"E0": "", "E1": "depends_on_severity", "E2": ""}
    assert rows["minutes"].to_dict() == {"E0": 0, "E1": 3, "E2": 0}
    assert rows.loc["E0", "reason"].startswith("safe to skip: same band")
    assert "could not be told" in rows.loc["E2", "reason"]


def test_score_off_that_of_people_who_reached_as_much_is_a_reason_linked_or_not() -> None:
    for link in ("linked", "unlinked"):
        above = agenda([80], link=link, against="higher", attainment=0.6)
        assert "above_results" in above["rules"].tolist()[0].split(";")
        assert "rated above people who reached as much" in above["reason"].tolist()[0]
        assert above["minutes"].tolist() == [3]
    below = agenda([80], against="lower")
    assert below["rules"].tolist() == ["below_results"]


def test_once_people_can_be_compared_the_simple_rule_on_goals_is_silent() -> None:
    told = agenda([80], link="unlinked", attainment=0.2, against="in_line")
    assert told["rules"].tolist() == ["extreme"]
    untold = agenda([80], link="unlinked", attainment=0.2, against="not_told")
    assert untold["rules"].tolist() == ["extreme;against_results"]


def test_high_rating_that_nothing_supports_is_a_reason() -> None:
    table = agenda([80], unsupported=True)
    assert table["rules"].tolist() == ["evidence_gap"]
    assert "no result, feedback or comment" in table["reason"].tolist()[0]
