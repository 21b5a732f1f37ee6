"""What a rubric lacks, what it gives weight to, and that the shipped ones lack nothing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from calibrate.config import load_yaml
from calibrate.config.shipped import find_folder
from calibrate.rubric import Rubric, Strategy
from calibrate.rubric.load import read_rubrics, read_strategy
from calibrate.rubric.review import find_unserved, review_rubric, share_outcomes

SHIPPED = sorted(path.name for path in find_folder("rubrics").glob("*.yaml"))
ANCHORS = {1: "Late.", 2: "Half.", 3: "On time."}


def criterion(name: str, weight: int, **more: Any) -> dict[str, Any]:
    whole = {"levels": {mark: f"{name} {text}" for mark, text in ANCHORS.items()},
             "develop": "Try.", "outcomes": {"x": 100}, "expected": {"L1": 3}}  # fmt: skip
    return {"id": name, "label": name, "weight": weight, **whole, **more}


def build(*criteria: dict[str, Any], highest: int = 3, **more: Any) -> Rubric:
    return Rubric.model_validate(
        {"schema": 1, "id": "r", "version": 1, "title": "R", "criteria": criteria,
         "scale": {"lowest": 1, "highest": highest}, **more}
    )  # fmt: skip


def test_a_whole_rubric_lacks_nothing() -> None:
    assert review_rubric(build(criterion("a", 60), criterion("b", 40)), None) == []


LACKS = [
    ({"levels": {1: "Late.", 3: " "}}, "missing_anchor", "'a' has no words for marks 2, 3"),
    ({"levels": ANCHORS | {3: "late"}}, "duplicate_anchor",
     "'a' mark 3 has the words of 'a' mark 1"),
    ({"levels": ANCHORS | {3: "Is proactive, and on time."}}, "character_word",
     "'a' mark 3 says 'proactive', which judges the person"),
    ({"expected": {}}, "missing_expectation", "'a' expects nothing of L1"),
    ({"outcomes": {}}, "criterion_without_outcome", "'a' serves no outcome"),
    ({"develop": ""}, "criterion_without_develop", "'a' names no next step"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "rule", "what"), LACKS)
def test_each_lack_is_named_with_its_criterion(
    change: dict[str, Any], rule: str, what: str
) -> None:
    (found,) = review_rubric(build(criterion("a", 60, **change), criterion("b", 40)), None)
    assert (found[1], found[2]) == (rule, what)


def test_a_long_scale_needs_words_at_its_ends_and_in_the_middle() -> None:
    (found,) = review_rubric(build(criterion("a", 100), highest=20), None)
    # 20 whole marks: 1, the eleventh of them, and 20; 1 has words.
    assert found[2] == "'a' has no words for marks 11, 20"


def test_weights_that_follow_from_outcomes_need_a_strategy_to_be_compared() -> None:
    plain = criterion("a", 0)
    del plain["weight"]
    (found,) = review_rubric(build(plain, weights="from_outcomes"), None)
    assert found[1] == "weights_unknown"


STRATEGY = Strategy.model_validate(
    {"schema": 1, "id": "s", "outcomes": (
        {"id": "x", "title": "X", "perspective": "process", "weight": 50},
        {"id": "y", "title": "Y", "perspective": "process", "weight": 30},
        {"id": "z", "title": "Z", "perspective": "customer", "weight": 20},
        {"id": "w", "title": "W", "perspective": "learning", "weight": 0},
    )}
)  # fmt: skip


def test_shares_stand_beside_the_weights_of_outcomes_and_perspectives() -> None:
    rubric = build(
        criterion("a", 60, outcomes={"x": 50, "z": 50}), criterion("b", 40, outcomes={"y": 100})
    )
    by_outcome, by_perspective = share_outcomes([rubric], STRATEGY)
    # x and z: half of 60 each; y: 40. process is x and y together.
    assert [(row.name, row.worth, row.served) for row in by_outcome] == [
        ("x", 50, (30,)), ("y", 30, (40,)), ("z", 20, (30,)), ("w", 0, (0,)),
    ]  # fmt: skip
    assert [(row.name, row.worth, row.served) for row in by_perspective] == [
        ("process", Fraction(80), (Fraction(70),)), ("customer", 20, (30,)), ("learning", 0, (0,)),
    ]  # fmt: skip


def test_an_outcome_that_weighs_something_and_is_served_by_nothing_is_named() -> None:
    rubric = build(criterion("a", 100))
    assert [fault[2] for fault in find_unserved([rubric], STRATEGY, None)] == [
        "no criterion serves 'y'", "no criterion serves 'z'",
    ]  # fmt: skip
    assert [fault[2] for fault in find_unserved([rubric], STRATEGY, {"y", ""})] == [
        "no criterion and no goal serves 'z'"
    ]


def read(folder: Path, name: str) -> Rubric:
    strategy = read_strategy(find_folder("sample_data") / "strategy.yaml", "strategy.yaml")
    places = [(folder / name, name)]
    ((rubric, _),) = read_rubrics(places, strategy=strategy, is_strategy_known=True)
    return rubric


@pytest.mark.parametrize("language", ["", "de"])
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_rubrics_are_complete(name: str, language: str) -> None:
    rubric = read(find_folder("rubrics") / language, name)
    rules = {fault[1] for fault in review_rubric(rubric, None)}
    # One label per person serves the strategy as a whole.
    assert rules == ({"criterion_without_outcome"} if rubric.id == "overall" else set())
    if rubric.id != "overall":
        assert len(rubric.criteria) == 5
        assert all(list(k.expected) == [f"L{n}" for n in range(1, 8)] for k in rubric.criteria)


#: Keys that hold words.
WORDS = {"title", "label", "develop", "levels"}


def strip_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: sorted(inner) if key == "levels" else strip_words(inner)
            for key, inner in value.items()
            if key not in WORDS - {"levels"}
        }
    return tuple(strip_words(inner) for inner in value) if isinstance(value, tuple) else value


def list_words(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            text
            for key, inner in value.items()
            for text in ([inner] if key in WORDS - {"levels"} else
                         [*inner.values()] if key == "levels" else list_words(inner))
        ]  # fmt: skip
    return [t for inner in value for t in list_words(inner)] if isinstance(value, tuple) else []


@pytest.mark.parametrize("name", SHIPPED)
def test_german_rubrics_differ_in_words_alone(name: str) -> None:
    folder = find_folder("rubrics")
    english, german = load_yaml(folder / name, name), load_yaml(folder / "de" / name, name)
    assert strip_words(german) == strip_words(english)
    left = set(list_words(english)) & set(list_words(german))
    assert left == set(), "not translated"


def test_every_shipped_rubric_has_a_german_one_and_no_other() -> None:
    assert sorted(path.name for path in (find_folder("rubrics") / "de").glob("*.yaml")) == SHIPPED


def test_those_who_manage_people_have_a_rubric_of_their_own() -> None:
    rubric = read(find_folder("rubrics"), "people-managers.yaml")
    assert dict(rubric.applies_to) == {"manages_people": ("yes",)}
