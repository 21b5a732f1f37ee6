from __future__ import annotations

import pytest

from calibrate.effects.result import N_SOURCES


def test_there_are_as_many_sources_as_the_configuration_knows() -> None:
    config = pytest.importorskip("calibrate.config")
    assert len(config.SOURCES) == N_SOURCES
