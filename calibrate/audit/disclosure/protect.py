"""Which further rows have to be hidden, so that no hidden one can be worked out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from calibrate.audit.disclosure.attack import Attack, Range
from calibrate.audit.disclosure.layers import Margins

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

TOO_FEW = "too_few"
COMPLEMENT = "complement"
EARLIER_RUN = "earlier_run"
WHOLE_GROUPING = "whole_grouping"

#: Linear programs for one set of linked attributes; then everything of it is hidden.
MOST_PROGRAMS = 400
#: A group that no longer matters as "not stated" does, and one that all others are read against.
_UNSTATED_COST, _REFERENCE_COST, _SHOWN_BEFORE_COST = 0.01, 10.0, 1000.0


@dataclass
class Protection:
    """Hidden units of one set of linked attributes.

    Parameters
    ----------
    reasons
        Unit to why it is hidden.
    exposed
        Units that earlier views give away, whatever is hidden now.
    is_capped
        The search was cut off; more may be hidden than is needed.
    """

    reasons: dict[int, str]
    exposed: list[int] = field(default_factory=list)
    is_capped: bool = False


def protect_units(
    attack: Attack, reasons: dict[int, str], min_cell: int, most: int = MOST_PROGRAMS
) -> Protection:
    """Hide more units until no hidden one can be worked out from the shown ones.

    Hiding more never narrows what may be true of a hidden unit, so each is
    attacked once after the last hiding that it needed.

    Parameters
    ----------
    attack
        What is known to whoever reads the view.
    reasons
        Units hidden already.
    min_cell
        A hidden unit may have this many people for all that is shown.
    most
        Linear programs before the search is given up and everything is hidden.
    """
    searches = [_Search(attack, dict(reasons), min_cell, most)]
    found = [searches[0].run()]
    if searches[0].hides_known_group():
        # Figures of single attributes come first: what if no intersection showed any?
        crossed = {
            unit: WHOLE_GROUPING
            for unit, (attribute, _) in enumerate(attack.margins.labels)
            if "*" in attribute
        }
        searches.append(_Search(attack, crossed | reasons, min_cell, most))
        found.append(searches[1].run())
    prices = [(search.price_single(), search.price()) for search in searches]
    return found[prices.index(min(prices))]


@dataclass
class _Search:
    attack: Attack
    reasons: dict[int, str]
    min_cell: int
    most: int

    def __post_init__(self) -> None:
        margins = self.attack.margins
        self.most += self.attack.n_programs
        self.n = margins.count()
        self.total = margins.counts.sum(axis=0)
        self.n_layer = np.array(
            [self.total[margins.slots == at].sum() for at in range(len(margins.layers))]
        )
        is_known = np.isfinite(self.attack.known_low) | np.isfinite(self.attack.known_high)
        self.was_shown: BoolArray = np.asarray(is_known.any(axis=1), dtype=np.bool_)
        self.cost = self._price(margins)

    def run(self) -> Protection:
        done = Protection(self.reasons)
        queue = sorted(self.reasons)
        for unit in queue:
            weak = self.find_weak(unit)
            while weak is not None:
                added = self.hide_more(unit, weak)
                if not added:
                    done.exposed += [unit] if self.was_shown.any() else []
                    break
                queue += added
                weak = self.find_weak(unit)
            if self.attack.n_programs > self.most:
                self.hide_all()
                done.is_capped = True
                return done
        done.is_capped = not self.show_what_can_be()
        return done

    def price(self) -> float:
        """What everything costs that is hidden for the sake of others."""
        return float(sum(self.cost[unit] for unit in self._list_further()))

    def price_single(self) -> float:
        """The same of single attributes."""
        labels = self.attack.margins.labels
        single = [unit for unit in self._list_further() if "*" not in labels[unit][0]]
        return float(sum(self.cost[unit] for unit in single))

    def hides_known_group(self) -> bool:
        """A group of a single attribute, other than "not stated", is hidden for others."""
        margins = self.attack.margins
        return any(
            "*" not in margins.labels[unit][0] and not margins.is_unstated[unit]
            for unit in self._list_further()
        )

    def _list_further(self) -> list[int]:
        return [u for u, why in self.reasons.items() if why in (COMPLEMENT, WHOLE_GROUPING)]

    @property
    def hidden(self) -> BoolArray:
        return np.isin(np.arange(len(self.n)), list(self.reasons))

    def find_weak(self, unit: int, hidden: BoolArray | None = None) -> tuple[int, int] | None:
        """Layer and slot (-1: all of it) in which this hidden unit can be worked out."""
        if bool(self.was_shown[unit]) and int(self.n[unit].min()) >= self.min_cell:
            return None
        found = self.attack.bound(unit, self.hidden if hidden is None else hidden)
        return self._judge(found, is_small=int(self.n[unit].min()) < self.min_cell)

    def _judge(self, found: Range, *, is_small: bool) -> tuple[int, int] | None:
        reach = np.minimum(self.min_cell, self.n_layer)
        weak = (self.n_layer > 0) & ((found.high <= found.low) | (found.high < reach))
        if weak.any():
            return int(weak.argmax()), -1
        exact = (found.slot_low == found.slot_high) & (found.slot_low > 0)
        # Of a large group the same count would be printed.
        if is_small and exact.any():
            slot = int(exact.argmax())
            return int(self.attack.margins.slots[slot]), slot
        return None

    def hide_more(self, unit: int, weak: tuple[int, int]) -> list[int]:
        """Hide the cheapest units that help; all of them where none do."""
        layer, slot = weak
        slots = np.flatnonzero(self.attack.margins.slots == layer) if slot < 0 else np.array([slot])
        reach = min(self.min_cell, int(self.n_layer[layer])) if slot < 0 else 0
        chosen = self.attack.choose(unit, slots, self.hidden, self.cost, reach)
        if not len(chosen):
            return self.hide_all()
        self.reasons.update(dict.fromkeys(chosen.tolist(), COMPLEMENT))
        return list(map(int, chosen))

    def hide_all(self) -> list[int]:
        """Hide every unit of the set."""
        added = [unit for unit in range(len(self.n)) if unit not in self.reasons]
        self.reasons.update(dict.fromkeys(added, WHOLE_GROUPING))
        return added

    def show_what_can_be(self) -> bool:
        """Show each further unit again that is not needed, the dearest first."""
        further = self._list_further()
        for unit in sorted(further, key=lambda u: (-self.cost[u], u)):
            hidden = self.hidden
            hidden[unit] = False
            others = [other for other in self.reasons if other != unit]
            if self.attack.n_programs + 2 * len(others) > self.most:
                return False
            if all(self.find_weak(other, hidden) is None for other in others):
                del self.reasons[unit]
        return True

    def _price(self, margins: Margins) -> FloatArray:
        people = self.n.max(axis=1).astype(np.float64) + 1
        cost = np.where(margins.is_unstated, _UNSTATED_COST * people, people)
        cost = np.where(margins.is_reference, _REFERENCE_COST * people.max(), cost)
        return np.asarray(np.where(self.was_shown, _SHOWN_BEFORE_COST * cost, cost))
