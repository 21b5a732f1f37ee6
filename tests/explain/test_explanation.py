"""What is told of a person: sums by hand, and nothing that may not leave HR."""

from __future__ import annotations

import re
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest

from calibrate.errors import IntegrityError, RunError
from calibrate.explain import explain_person, to_plain
from calibrate.explain.parts import Scale, share_out
from calibrate.report.words import Display


def number(text: str) -> Decimal:
    return Decimal(to_plain(text) or "0")


@pytest.fixture
def alone(tmp_path: Path, finish, hand):
    """A manager and two people nobody else marked, and one without a form."""
    ratings = [*hand.mark("A", "M", "manager", 4, 2), *hand.mark("B", "M", "manager", 5, 5),
               *hand.mark("A", "A", "self", 5, 5)]  # fmt: skip
    employees = ["employee_id,manager_id,not_rated_reason", "A,M,", "B,M,", "C,M,on leave"]
    return finish(hand.write(tmp_path, ratings, employees=employees))


def test_unlinked_person_is_told_why_nothing_was_adjusted(alone) -> None:
    told = explain_person(alone.folder, "A", is_full=True)
    # 4 is 75 points and 2 is 25: .6 * 75 + .4 * 25 = 55 points, 3.20 of 1 to 5.
    assert [(step.term, step.shown) for step in told.steps] == [("raw_score", "3.20")]
    assert told.forms[0].mark == "3.20"
    assert told.link == "unlinked"
    assert any(remark.startswith("Not adjusted, because") for remark in told.remarks)
    assert told.forms[1].source == "self"
    assert told.forms[1].raw == ""


def test_small_company_is_told_that_bands_follow_the_raw_score(
    tmp_path: Path, finish, hand
) -> None:
    people = [f"P{n:02d}" for n in range(12)]
    ratings = [
        row
        for n, person in enumerate(people)
        for step in (1, 2, 3, 5)
        for row in hand.mark(person, people[(n + step) % 12], "peer", 1 + (n * step) % 5, 1 + n % 5)
    ]
    run = finish(hand.write(tmp_path, ratings))
    told = explain_person(run.folder, "P04", is_full=True)
    assert told.remarks[0].startswith(
        "Fewer than 100 people are rated: the adjustment is a what-if"
    )
    adjusted = next(step for step in told.steps if step.term == "adjusted_score")
    assert adjusted.meaning == "about the person; the suggested band is the raw one"
    bands = dict(told.bands)
    assert bands["suggested_band"] == bands["raw_band"]


def test_assumed_range_is_called_assumed(tmp_path: Path, finish, hand) -> None:
    rows = [*hand.mark("A", "M", "manager", 4, 2), *hand.mark("B", "M", "manager", 5, 5)]
    extra = "effects: {assumed: {rater_share: [0.3, 0.6], reliability: 0.5}}\n"
    run = finish(hand.write(tmp_path, rows, extra=extra))
    assert explain_person(run.folder, "A").range.endswith(", assumed")


def test_person_without_a_form_is_told_why(alone) -> None:
    told = explain_person(alone.folder, "C")
    assert told.remarks == ("No score, because on leave.",)
    assert (told.steps, told.forms, told.shares) == ((), (), ())


def test_where_nothing_is_confidential_the_shareable_view_keeps_its_digits(alone) -> None:
    told = explain_person(alone.folder, "A")
    assert [(step.term, step.shown) for step in told.steps] == [("raw_score", "3.20")]
    assert told.forms[0].rater_id == "M"
    assert dict(told.bands)["raw_band"] == "Meets"


@pytest.mark.parametrize("is_full", [True, False])
def test_parts_add_up_to_the_printed_digit_for_everybody(finished, is_full: bool) -> None:
    scores = finished.material.tables["scores"]
    for employee in scores["employee_id"].tolist()[::6]:
        told = explain_person(finished.folder, employee, is_full=is_full)
        steps = {step.term: number(step.shown) for step in told.steps if "to" not in step.shown
                 and step.shown != "not shown"}  # fmt: skip
        if "calibrated_score" in steps:
            assert steps["adjusted_score"] + steps["pull"] == steps["calibrated_score"]
        if is_full and "adjusted_score" in steps:
            put_on = steps["severity"] + steps["level"]
            assert steps["raw_score"] + put_on == steps["adjusted_score"]
            for column, term in (("raw", "raw_score"), ("severity", "severity"),
                                 ("level", "level"), ("adjusted", "adjusted_score")):  # fmt: skip
                parts = [number(getattr(form, column)) for form in told.forms]
                assert sum(parts) == steps[term]
            for form in told.forms:
                if form.adjusted:
                    across = number(form.raw) + number(form.severity) + number(form.level)
                    assert across == number(form.adjusted)


def test_figures_are_those_of_the_tables(finished) -> None:
    scores = finished.material.tables["scores"].set_index("employee_id")
    row = scores[scores["link"] == "linked"].iloc[0]
    told = explain_person(finished.folder, str(row.name), is_full=True)
    steps = {step.term: step.shown for step in told.steps}
    for term in ("raw_score", "adjusted_score", "calibrated_score"):
        # Half a unit of the last digit, and what floats lose on a value that lies on it.
        assert float(steps[term]) == pytest.approx(1 + 0.04 * float(row[term]), abs=0.005 + 1e-9)
    assert told.range == " to ".join(f"{1 + 0.04 * float(row[end]):.2f}" for end in ("low", "high"))


def test_part_of_a_form_is_its_weight_times_its_mark(finished) -> None:
    forms = finished.material.tables["forms"]
    forms = forms[forms["scored"]]
    employee = str(forms["employee_id"].iloc[0])
    own = forms[forms["employee_id"] == employee].set_index(["source", "rater_id"])
    told = explain_person(finished.folder, employee, is_full=True)
    total = float(own["weight"].sum())
    for form in told.forms:
        if form.raw:
            row = own.loc[(form.source, form.rater_id)]
            exact = float(row["weight"]) / total * (1 + 0.04 * float(row["points"]))
            # Largest remainders move a part by less than one unit of the last digit.
            assert float(number(form.raw)) == pytest.approx(exact, abs=0.01)


def test_declared_shares_are_those_of_the_weights(finished) -> None:
    forms = finished.material.tables["forms"]
    for employee in forms["employee_id"].unique()[:12]:
        own = forms[(forms["employee_id"] == employee) & forms["scored"]]
        told = explain_person(finished.folder, str(employee))
        by_source = own.groupby("source")["weight"].sum() / own["weight"].sum()
        declared = {share.source: share.declared for share in told.shares}
        assert declared == pytest.approx(by_source.to_dict())
        effective = [share.effective for share in told.shares if share.effective is not None]
        assert not effective or sum(effective) == pytest.approx(1)


def test_shareable_view_names_no_rater_but_managers_and_the_person(finished) -> None:
    forms = finished.material.tables["forms"].set_index(["employee_id", "rater_id"])
    for employee in finished.material.tables["scores"]["employee_id"].tolist()[::9]:
        told = explain_person(finished.folder, employee)
        for form in told.forms:
            if form.rater_id:
                assert form.source in ("manager", "self")
        text = repr(asdict(told))
        peers = forms.loc[[employee]] if employee in forms.index else forms.iloc[:0]
        hidden = peers[~peers["source"].isin(["manager", "self"])].index.get_level_values(1)
        named = {form.rater_id for form in told.forms} | {employee}
        assert [rater for rater in hidden if rater in text and rater not in named] == []


def test_shareable_view_of_confidential_marks_has_no_second_digit(finished) -> None:
    for employee in finished.material.tables["scores"]["employee_id"].tolist()[::9]:
        told = explain_person(finished.folder, employee)
        if any(form.source in ("peer", "direct_report") for form in told.forms):
            shown = [*(step.shown for step in told.steps), told.range]
            shown += [cell for line in told.criteria for cell in (line.raw, line.calibrated)]
            assert not re.search(r"\d\.\d\d", " ".join(shown))
            assert all(step.points is None for step in told.steps)


def test_adjustment_of_a_single_rater_is_not_shared(run_with) -> None:
    managers_only = run_with(
        lambda rows: [row for row in rows if row["source"] in ("manager", "self")]
    )
    scores = managers_only.material.tables["scores"]
    weak = scores[(scores["link"] == "weak") & (scores["n_raters"] == 1)]["employee_id"]
    assert len(weak)
    for employee in weak:
        told = explain_person(managers_only.folder, str(employee))
        assert [step.term for step in told.steps] == ["raw_score"]
        assert any("how severe one rater marks" in remark for remark in told.remarks)


def test_fewer_than_min_peers_are_told_in_bands(finished) -> None:
    forms = finished.material.tables["forms"]
    peers = forms[forms["source"] == "peer"].groupby("employee_id").size()
    few = [str(e) for e in peers[peers < 3].index]
    assert few
    for employee in few:
        told = explain_person(finished.folder, employee)
        pooled = next(form for form in told.forms if form.source == "peer")
        assert (pooled.mark, pooled.points, told.steps, told.criteria) == (
            "not shown",
            None,
            (),
            (),
        )
        assert not re.search(r"\d", told.range)


def test_changed_table_is_not_explained_from(alone) -> None:
    path = alone.folder / "tables" / "forms.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match=r"forms\.parquet: was changed"):
        explain_person(alone.folder, "A")


def test_missing_table_is_named(alone) -> None:
    (alone.folder / "tables" / "variance.parquet").unlink()
    with pytest.raises(IntegrityError, match=r"variance\.parquet: cannot be read"):
        explain_person(alone.folder, "A")


def test_folder_without_a_run_and_unknown_person_are_told(alone, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="there is no run here"):
        explain_person(tmp_path / "nowhere", "A")
    with pytest.raises(RunError, match="nobody has the employee_id 'Z'"):
        explain_person(alone.folder, "Z")
    (alone.folder / "manifest.json").write_text("{}")
    with pytest.raises(RunError, match="is not the manifest"):
        explain_person(alone.folder, "A")


def test_largest_remainders_go_up_and_the_sum_holds() -> None:
    # Thirds of 100: one of them carries the unit that rounding leaves.
    assert share_out([100 / 3] * 3, 100) == [34, 33, 33]
    assert share_out([-0.4, 0.4, 1.0], 1) == [0, 0, 1]
    assert share_out([0.2, 0.2, 0.2], 0) == [0, 0, 0]
    assert sum(share_out([1.5, 2.5, -3.9], 1)) == 1


def test_scale_of_hundred_prints_one_decimal() -> None:
    display = Display(0, 100)
    scale = Scale(display, display.decimals)
    assert (scale.show(scale.count(62.55)), scale.show_change(scale.count_change(-5))) == (
        "62.5", "−5.0",
    )  # fmt: skip
