"""What may be shown to the person and the managers: no mark of another rater can be worked out.

Why each rule is as it is: docs/decisions/0041-explain.md.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from calibrate.config import SOURCES
from calibrate.explain.evidence import Evidence
from calibrate.explain.explanation import Criterion, FormLine, Step
from calibrate.explain.full import BEST, PULL, RAW, add_up, list_criteria, say_range
from calibrate.explain.parts import Scale
from calibrate.explain.read import Row
from calibrate.language import N_, _
from calibrate.report.charts import Drawing, draw_interval, draw_zone
from calibrate.report.privacy import (
    ANONYMOUS,
    TOP,
    Behind,
    cut_mean,
    find_edges,
    find_stretch,
    hides_marks,
    is_too_few,
)
from calibrate.report.words import DASH, HARDLY, write_number
from calibrate.report.words import say_range as join_range

NOT_SHOWN = N_("not shown")
MICRO = 1_000_000


@dataclass(frozen=True)
class Veil:
    """How much of the evidence on one person may leave HR."""

    evidence: Evidence

    @cached_property
    def is_sealed(self) -> bool:
        """Do marks given in confidence stand behind the score?"""
        return self.evidence.min_peers > 1 and bool(self.behind.weights)

    @cached_property
    def is_masked(self) -> bool:
        """Are bands all that may be told?"""
        evidence = self.evidence
        filed = [(str(form["source"]), bool(form["scored"])) for form in evidence.forms]
        if is_too_few(filed, evidence.min_peers):
            return True
        is_hidden = evidence.is_adjusted and hides_marks(evidence.variance)
        return self.is_sealed and not is_hidden

    @cached_property
    def are_managers_pooled(self) -> bool:
        """Could one of several managers work out the marks of another?"""
        n_managers: int = sum(form["source"] == "manager" for form in self.evidence.scored)
        return 1 < n_managers <= self.evidence.min_peers

    @cached_property
    def has_one_rater(self) -> bool:
        """Would the adjustment be the severity of one rater, which is nobody else's business?"""
        return self.evidence.is_adjusted and len({f["rater_id"] for f in self.evidence.scored}) == 1

    @cached_property
    def behind(self) -> Behind:
        """The raw score as managers see it, who know all forms of managers."""
        scored = self.evidence.scored
        known = [form for form in scored if form["source"] not in ANONYMOUS]
        return Behind(
            tuple(float(f["weight"]) for f in scored if f["source"] in ANONYMOUS),
            sum(float(f["weight"]) for f in known),
            sum(float(f["weight"]) * float(f["points"]) for f in known),
        )

    @cached_property
    def scale(self) -> Scale:
        """One digit less where severity alone hides the marks."""
        display = self.evidence.display
        return Scale(display, display.decimals - self.is_sealed)

    def cut(self, points: float, behind: Behind) -> str:
        """A mean of confidential marks: the half of the scale it lies in."""
        low, high = cut_mean(points, behind, self.evidence.run.largest_step)
        if (low, high) == (0.0, TOP):
            return _(NOT_SHOWN)
        return join_range(*(_write_end(self.evidence.display.value(end)) for end in (low, high)))

    def list_forms(self) -> tuple[FormLine, ...]:
        """One line a source; managers and the person stand for themselves."""
        by_source = {
            name: [form for form in self.evidence.forms if form["source"] == name]
            for name in SOURCES
        }
        lines: list[FormLine] = []
        for source, forms in by_source.items():
            if source in ANONYMOUS:
                lines += self._pool([form for form in forms if form["scored"]], is_anonymous=True)
            elif source == "manager" and (self.are_managers_pooled or self._is_pair_of_managers):
                lines += self._pool(forms, is_anonymous=False)
            else:
                lines += [self._show(form) for form in forms]
        return tuple(lines)

    @property
    def _is_pair_of_managers(self) -> bool:
        n_managers: int = sum(form["source"] == "manager" for form in self.evidence.forms)
        return n_managers == 2

    def _show(self, form: Row) -> FormLine:
        scale = Scale(self.evidence.display, self.evidence.display.decimals)
        points = form["points"]
        mark = DASH if points is None else scale.show(scale.count(points))
        weight = float(form["weight"]) if form["scored"] else 0.0
        return FormLine(str(form["source"]), str(form["rater_id"]), 1, mark, points, weight)

    def _pool(self, forms: Sequence[Row], *, is_anonymous: bool) -> list[FormLine]:
        if not forms:
            return []
        weight = sum(float(form["weight"]) for form in forms)
        mark, points = _(NOT_SHOWN), None
        if is_anonymous and len(forms) >= self.evidence.min_peers:
            mean = sum(float(f["weight"]) * float(f["points"]) for f in forms) / weight
            if self.is_sealed:
                mark = self.cut(mean, Behind(tuple(float(f["weight"]) for f in forms)))
            else:
                mark, points = self.scale.show(self.scale.count(mean)), mean
        return [FormLine(str(forms[0]["source"]), "", len(forms), mark, points, weight)]

    def list_steps(self) -> tuple[Step, ...]:
        """The sum as far as it may be told; severities of all raters together."""
        evidence, scale, score = self.evidence, self.scale, self.evidence.score
        if self.is_masked:
            return ()
        totals = add_up(evidence, scale)
        raw = Step("raw_score", scale.show(totals.raw), _(RAW), score["raw_score"])
        if not evidence.is_adjusted or self.has_one_rater:
            return (raw,)
        told = [
            Step("adjusted_score", scale.show(totals.adjusted),
                 _("severity of raters and level of sources taken out"),
                 score["adjusted_score"]),
            Step("pull", scale.show_change(totals.pull), _(PULL), score["pull"]),
            Step("calibrated_score", scale.show(totals.calibrated),
                 _(BEST), score["calibrated_score"]),
        ]  # fmt: skip
        if self.is_sealed:
            half = self.cut(float(score["raw_score"]), self.behind)
            raw = replace(raw, shown=half)
            return tuple(replace(step, points=None) for step in (raw, *told))
        change = float(score["adjusted_score"]) - float(score["raw_score"])
        put_on = totals.severity + totals.level
        meaning = _say_change(change)
        return (raw, Step("adjustment", scale.show_change(put_on), meaning, change), *told)

    def say_range(self) -> str:
        """Where the score lies; in bands where figures would tell too much."""
        low, high = self.evidence.score["low"], self.evidence.score["high"]
        if not self.is_masked or low is None or high is None:
            return say_range(self.evidence, self.scale)
        if not self.evidence.is_adjusted:
            return _(NOT_SHOWN)
        return _join_bands(self.labels, self._find_band(low), self._find_band(high))

    def list_bands(self) -> tuple[tuple[str, str], ...]:
        """Raw, proposed, suggested and final band; the raw one only where it gives nothing away."""
        score = self.evidence.score
        proposed = str(score["proposed_band"] or "")
        bands = [("proposed_band", proposed or _("none yet"))]
        if not self.evidence.is_rated:
            return tuple(bands)
        raw = self._say_raw_band()
        if not self.is_sealed or not self.evidence.is_adjusted:
            bands.insert(0, ("raw_band", raw))
        suggested = raw if self.evidence.follows_raw else str(score["suggested_band"] or DASH)
        rule = self.evidence.run.configuration["show_suggested"]
        if rule == "after_proposal" and not proposed:
            suggested = _("shown after the proposal")
        if rule != "never":
            bands.append(("suggested_band", suggested))
        bands.append(("final_band", str(score["final_band"] or _("not decided yet"))))
        return tuple(bands)

    def _say_raw_band(self) -> str:
        if not self.is_sealed:
            return str(self.evidence.score["raw_band"])
        step = self.evidence.run.largest_step
        cuts = [cut / MICRO for cut in self._cuts_micro]
        low, high = find_stretch(
            float(self.evidence.score["raw_score"]), find_edges(self.behind, cuts, step)
        )
        last = len(cuts) if high >= TOP else self._find_band(high) - 1
        return _join_bands(self.labels, self._find_band(low), last)

    @cached_property
    def labels(self) -> list[str]:
        return list(self.evidence.run.configuration["bands"]["labels"])

    @cached_property
    def _cuts_micro(self) -> list[int]:
        cuts = self.evidence.run.configuration["bands"]["cuts"]
        return [round(float(cut) * MICRO) for cut in cuts]

    def _find_band(self, points: float) -> int:
        return bisect_right(self._cuts_micro, round(points * MICRO))

    def draw(self) -> Drawing:
        """Draw what is told in figures; where bands are told, the stretch they cover."""
        score, display = self.evidence.score, self.evidence.display
        low, high = score["low"], score["high"]
        cuts = [cut / MICRO for cut in self._cuts_micro]
        if self.is_masked:
            edges = (0.0, *cuts, TOP)
            if self.evidence.is_adjusted and low is not None and high is not None:
                ends = edges[self._find_band(low)], edges[self._find_band(high) + 1]
            else:
                known = find_edges(self.behind, cuts, self.evidence.run.largest_step)
                ends = find_stretch(float(score["raw_score"]), known)
            label = _("Bands this person may be in")
            return draw_zone(low=ends[0], high=ends[1], cuts=cuts, label=label)
        raw: float | None = score["raw_score"]
        adjusted = score["adjusted_score"] if self.evidence.is_adjusted else None
        if self.has_one_rater:
            adjusted = None
        if self.is_sealed:
            raw = None
            adjusted, low, high = (
                None if points is None else display.blur(points) for points in (adjusted, low, high)
            )
        label = _("Range {range}", range=self.say_range())
        return draw_interval(raw=raw, adjusted=adjusted, low=low, high=high, cuts=cuts, label=label)

    def list_criteria(self) -> tuple[Criterion, ...]:
        """Scores by criterion, as marked only where no confidential mark stands behind them."""
        if self.is_masked:
            return ()
        lines = list_criteria(self.evidence, self.scale)
        return tuple(replace(line, raw=DASH) for line in lines) if self.is_sealed else lines

    def list_remarks(self) -> tuple[str, ...]:
        """Why figures are missing."""
        remarks = []
        if not self.evidence.is_rated:
            return ()
        if self.is_masked:
            remarks.append(
                _(
                    "Bands stand for figures: with so few answers, or raters who mark so much "
                    "alike, a figure would tell a single answer."
                )
            )
        elif self.is_sealed:
            remarks.append(
                _(
                    "Marks given in confidence are told by halves of the scale, so that no single "
                    "answer can be worked out, also not beside an earlier run."
                )
            )
        if self.has_one_rater:
            remarks.append(
                _(
                    "The adjusted score is not shown: beside the raw one it would tell how severe "
                    "one rater marks. The suggested band is the raw one."
                )
            )
        if self.are_managers_pooled or self._is_pair_of_managers:
            remarks.append(_("Several managers filed a form; none can work out another's marks."))
        return tuple(remarks)


def _say_change(change: float) -> str:
    if abs(change) < HARDLY:
        return _("taken together, the raters mark much like others")
    if change > 0:
        return _("taken together, the raters mark lower than others do")
    return _("taken together, the raters mark higher than others do")


def _join_bands(labels: Sequence[str], first: int, last: int) -> str:
    return labels[first] if first >= last else join_range(labels[first], labels[last])


def _write_end(value: float) -> str:
    return write_number(value, 0 if value.is_integer() else 1)
