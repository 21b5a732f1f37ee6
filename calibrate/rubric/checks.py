"""Rules that strategies and rubrics share: percents, ids, uniqueness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calibrate.config.explain import Fault, broken


def check_percent(percent: int, *, lowest: int) -> int:
    """Return the percent, or refuse one outside ``lowest`` to 100."""
    if not lowest <= percent <= 100:
        raise broken(
            "percent_range", f"{percent} is no percent", f"use a whole number, {lowest} to 100"
        )
    return percent


def check_id(name: str) -> str:
    """Return the id, or refuse a blank one and one with blanks around it."""
    if not name or name != name.strip() or len(name) > 100:
        raise broken("bad_id", f"'{name[:40]}' cannot be an id", "use up to 100 letters, digits, -")
    return name


def check_unique(names: Sequence[str], key: str) -> Iterator[Fault]:
    """Yield a fault for each id that stands a second time in the list ``key``."""
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            yield (key, i, "id"), "duplicate_id", f"'{name}' stands twice", "give each its own id"
        seen.add(name)
