"""Figures in words, and shapes in the right place."""

from __future__ import annotations

import pandas as pd
import pytest

from calibrate.report.charts import draw_interval, draw_progress, draw_ratio, draw_severity
from calibrate.report.html import write_drawing
from calibrate.report.material import Desk
from calibrate.report.words import (
    Display,
    say_probability,
    sign_number,
    write_number,
    write_p,
    write_percent,
)


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.9, "very likely"), (0.899, "likely"), (0.75, "likely"), (0.74, "more likely than not"),
     (0.5, "more likely than not"), (0.49, "open"), (None, "not yet known")],
)  # fmt: skip
def test_a_probability_is_said_in_words(p: float | None, words: str) -> None:
    assert say_probability(p) == words


def test_a_scale_of_one_to_five_maps_points_on_a_line() -> None:
    scale = Display(1, 5)
    assert [scale.score(p) for p in (0, 25, 50, 100)] == ["1.00", "2.00", "3.00", "5.00"]
    assert scale.range(30, 45) == "2.20 to 2.80"
    assert scale.change(10) == "+0.40"


def test_a_scale_of_a_hundred_keeps_one_decimal() -> None:
    assert Display(0, 100).score(61.25) == "61.2"


def test_nothing_is_negative_zero() -> None:
    assert write_number(-0.001, 2) == "0.00"
    assert sign_number(-0.001, 2) == "0.00"


def test_rates_and_p_values_are_never_falsely_exact() -> None:
    assert [write_percent(x) for x in (0.0, 0.004, 0.996, 1.0)] == ["0%", "<1%", "100%", "100%"]
    assert [write_p(x) for x in (0.0004, 0.0422, None)] == ["<0.001", "0.042", "–"]


def test_the_middle_of_the_scale_is_the_middle_of_the_strip() -> None:
    strip = write_drawing(
        draw_interval(raw=None, adjusted=50, low=0, high=100, cuts=(), label="x", width=640)
    )
    assert 'cx="320"' in strip
    assert "M40 29H600" in strip


def test_a_severe_rater_lies_on_the_left() -> None:
    strip = write_drawing(draw_severity(severity=5, half=None, reach=10, label="x", width=560))
    # 480 between the pads, centre 280; half of the reach is 120.
    assert 'cx="160"' in strip


def test_four_fifths_and_its_inverse_lie_alike_around_one() -> None:
    drawing = draw_ratio(
        ratio=1.0, low=None, high=None, is_beyond=False, is_reference=False, label="x"
    )
    marks = {mark.shape: mark.at for mark in drawing.marks}
    # log(1.25)/log(16) = 0.0805 of 480, 38.6, on either side of 280; ends on whole units.
    assert marks["zone"] == (241, 319 - 241)
    assert marks["dot"] == (280,)


@pytest.mark.parametrize("ratio", [0.0001, 900.0])
def test_a_far_ratio_stays_inside_the_drawing(ratio: float) -> None:
    drawing = draw_ratio(
        ratio=ratio, low=0.00001, high=1e9, is_beyond=True, is_reference=False, label="x"
    )
    marks = {mark.shape: mark.at for mark in drawing.marks}
    # What lies outside has no place on the axis: heads of arrows point to it, at both ends here.
    assert "square" not in marks
    assert marks["whisker"] == (40, 520)
    heads = [mark.at for mark in drawing.marks if mark.shape == "further"]
    assert heads == [(40, -26), (520, 26)]


def test_a_ratio_on_the_axis_has_no_arrowhead() -> None:
    drawing = draw_ratio(
        ratio=0.25, low=0.25, high=4.0, is_beyond=True, is_reference=False, label="x"
    )
    assert [mark.shape for mark in drawing.marks][-2:] == ["whisker", "square"]


def test_a_label_is_escaped() -> None:
    assert "<title>&lt;i&gt;</title>" in write_drawing(draw_progress(share=None, label="<i>"))


def test_a_missing_key_gives_no_row() -> None:
    desk = Desk({"t": pd.DataFrame({"id": ["a", "b"], "x": [1.0, None]})})
    assert desk.find_rows("t", "id", ["b", "zz", "a"]) == [
        {"id": "b", "x": None},
        {"id": "a", "x": 1.0},
    ]
    assert desk.find_one("t", "id", "zz") == {}
