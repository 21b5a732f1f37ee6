"""The strategy as a picture: outcomes in layers, and lines to those they serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrate.language import N_, _, ngettext
from calibrate.report.charts import Drawing, Mark
from calibrate.report.document import Box, Layer, Layers
from calibrate.report.material import Row
from calibrate.report.words import abridge, write_percent

#: Outcomes beside each other, and the most of them in all.
MOST_BESIDE, MOST_OUTCOMES = 4, 12
#: Width and height of a strip of lines, tenths of a millimetre.
WIDTH, HEIGHT = 1520, 60
#: Letters of a title in a box.
LONGEST_TITLE = 60

PERSPECTIVES = {
    "financial": N_("financial"),
    "customer": N_("customer"),
    "process": N_("process"),
    "learning": N_("learning"),
}
VERDICTS = {
    "served": N_("served"),
    "thin": N_("thinly served"),
    "unserved": N_("served by nobody"),
    "over": N_("much more than its weight"),
    "absent": N_("no outcome"),
}


@dataclass(frozen=True)
class Spot:
    """Where an outcome stands: layer from the top, column, and columns of its layer."""

    layer: int
    column: int
    n_columns: int

    def center(self, n_columns: int) -> int:
        """Middle of the box, tenths of a millimetre from the left."""
        return (2 * self.column + 1) * WIDTH // (2 * n_columns)


def draw_map(outcomes: Sequence[Row]) -> Layers | None:
    """Set the outcomes into a layer for each perspective; None without any.

    Parameters
    ----------
    outcomes
        Rows of the table coverage; the heaviest are drawn.
    """
    if not outcomes:
        return None
    drawn = sorted(outcomes, key=lambda row: (-float(row["weight"]), str(row["outcome"])))
    drawn = drawn[:MOST_OUTCOMES]
    rows = _split(drawn)
    n_columns = max(len(boxes) for _name, boxes in rows)
    places: dict[str, Spot] = {}
    for at, (_name, boxes) in enumerate(rows):
        for column, row in enumerate(_spread(boxes, n_columns)):
            if row is not None:
                places[str(row["outcome"])] = Spot(at, column, n_columns)
    parents = {str(row["outcome"]): str(row.get("parent") or "") for row in drawn}
    ways = _find_ways(parents, places)
    layers = []
    seen = ""
    for at, (name, boxes) in enumerate(rows):
        spread = _spread(boxes, n_columns)
        weight = sum(float(row["weight"]) for row in outcomes if row["perspective"] == name)
        title = "" if name == seen else _(PERSPECTIVES[name]).capitalize()
        line = "" if name == seen else _("weight {share}", share=write_percent(weight / 100))
        seen = name
        layers.append(
            Layer(title, line, tuple(_build_box(row, outcomes) if row else None for row in spread),
                  _draw_ties(at, ways, places, n_columns) if at else None)
        )  # fmt: skip
    cut = ""
    if len(outcomes) > len(drawn):
        cut = _("The {n} heaviest of {total} are drawn.", n=len(drawn), total=len(outcomes))
    key = _(
        "Shaded: served. Dotted: thinly served. Dashed: served by nobody. Double: much more than "
        "its weight. A line leads to the outcome that one serves."
    )
    return Layers(tuple(layers), " ".join(filter(None, (key, cut))))


def _split(drawn: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows of boxes, a second one where a perspective has too many for one."""
    rows: list[tuple[str, list[Row]]] = []
    for name in PERSPECTIVES:
        own = [row for row in drawn if row["perspective"] == name]
        rows += [(name, own[k : k + MOST_BESIDE]) for k in range(0, len(own), MOST_BESIDE)]
    return rows


def _spread(boxes: Sequence[Row], n_columns: int) -> list[Row | None]:
    """Boxes over the columns, from the left; a single one stands in the middle."""
    spread: list[Row | None] = [None] * n_columns
    start = (n_columns - len(boxes)) // 2
    for at, row in enumerate(boxes):
        spread[start + at] = row
    return spread


def _build_box(row: Row, outcomes: Sequence[Row]) -> Box:
    titles = {str(other["outcome"]): str(other["title"]) for other in outcomes}
    verdict = str(row["verdict"])
    weight = _("weight {share}", share=write_percent(float(row["weight"]) / 100))
    legs = []
    if row.get("criteria_weight") is not None:
        legs.append(_("marks {share}", share=write_percent(float(row["criteria_weight"]) / 100)))
    if row.get("goal_weight") is not None:
        legs.append(_("goals {share}", share=write_percent(float(row["goal_weight"]) / 100)))
    legs.append(ngettext("{n} person", "{n} people", int(row.get("n_people") or 0)))
    last = []
    if row.get("attainment") is not None:
        last.append(_("KPIs {share} reached", share=write_percent(float(row["attainment"]))))
    above = titles.get(str(row.get("parent") or ""))
    if above:
        last.append(_("for: {outcome}", outcome=abridge(above, 40)))
    lines = [weight, " · ".join(legs), " · ".join(last)]
    look = verdict if verdict in ("served", "thin", "unserved", "over") else "thin"
    title = abridge(str(row["title"]), LONGEST_TITLE)
    return Box(title, _(VERDICTS[verdict]), look, tuple(filter(None, lines)))  # type: ignore[arg-type]


def _find_ways(parents: Mapping[str, str], places: Mapping[str, Spot]) -> list[tuple[str, str]]:
    return [(child, above) for child, above in parents.items() if above in places]


def _draw_ties(
    at: int, ways: Sequence[tuple[str, str]], places: Mapping[str, Spot], n_columns: int
) -> Drawing | None:
    """The strip above a layer: lines of its own boxes, and of those below that pass it by."""
    marks: list[Mark] = []
    for child, above in ways:
        low, high = places[child], places[above]
        start, end = low.center(n_columns), high.center(n_columns)
        if low.layer == high.layer == at:
            # Beside each other: up, across, and down again.
            marks.append(Mark("way", (start, HEIGHT, start, 24, end, 24, end, HEIGHT - 4)))
        elif low.layer == at > high.layer:
            goal = end if high.layer == at - 1 else _find_gap(low, n_columns)
            marks.append(Mark("way", (start, HEIGHT, start, 36, goal, 36, goal, 6)))
            if high.layer == at - 1:
                marks.append(Mark("tip", (end, 0)))
        elif high.layer < at < low.layer:
            gap = _find_gap(low, n_columns)
            goal = end if high.layer == at - 1 else gap
            marks.append(Mark("way", (gap, HEIGHT, gap, 36, goal, 36, goal, 6)))
            if high.layer == at - 1:
                marks.append(Mark("tip", (end, 0)))
    if not marks:
        return None
    n_lines = sum(mark.shape == "way" for mark in marks)
    label = ngettext(
        "{n} line between layers of outcomes", "{n} lines between layers of outcomes", n_lines
    )
    return Drawing(label, tuple(marks), WIDTH, HEIGHT)


def _find_gap(spot: Spot, n_columns: int) -> int:
    """Edge of the column beside a box, where a line passes other layers."""
    edge = spot.column + 1 if spot.column + 1 < n_columns else spot.column
    return edge * WIDTH // n_columns
