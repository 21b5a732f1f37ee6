"""Many simulated audits: the same figures however the work is shared out."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.audit import AttributeTable, AuditSettings, Population, load_rules
from calibrate.audit.simulation import NamedNetwork, count_alarms, count_found, open_network
from calibrate.simulate import simulate_audits


@pytest.fixture
def network() -> NamedNetwork:
    """Three hundred people in teams of six, half and half, nothing planted."""
    rng = np.random.default_rng(4)
    ids = tuple(f"E{i:03d}" for i in range(300))
    population = Population(
        ids, np.ones(300, bool), np.arange(300) // 6, ("Low", "Mid", "High"), (1, 2), {},
        {"proposed": rng.choice(3, 300, p=[0.1, 0.5, 0.4]).astype(np.int64)},
    )  # fmt: skip
    attributes = AttributeTable(("a",), {e: ("xy"[i % 2],) for i, e in enumerate(ids)})
    settings = AuditSettings(None, (), {}, frozenset({2}), 10, load_rules("us-2026"), seed=9)
    opened = open_network(population, attributes, settings)
    assert opened is not None
    return opened


def test_one_process_and_two_give_the_same_figures(network: NamedNetwork) -> None:
    one, two = (simulate_audits(network, 45, jobs) for jobs in (1, 2))
    assert one.describe() == two.describe()


def test_shared_out_work_adds_up_to_the_whole(network: NamedNetwork) -> None:
    result = simulate_audits(network, 45, 1)
    for row in result.list_rows("false_alarm"):
        assert row["n_found"] == count_alarms(network.network, row["moved"], range(45))
        assert row["n_simulations"] == 45
    found = count_found(network.network, range(45))
    assert [r["n_found"] for r in result.list_rows("power")] == found[:, ::-1].ravel().tolist()


def test_progress_ends_when_all_is_done(network: NamedNetwork) -> None:
    seen: list[tuple[int, int]] = []
    simulate_audits(network, 45, 1, lambda done, of: seen.append((done, of)))
    # Two ways without a gap, and the planted ones.
    assert seen[-1] == (135, 135)
    assert seen == sorted(seen)


def test_nothing_to_compare_is_said_and_not_guessed() -> None:
    result = simulate_audits(None, 10, 1)
    assert "nothing is compared by group" in result.reason
    assert result.describe()["power"] == []
