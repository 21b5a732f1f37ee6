"""The schemas say what the models say: editors accept what runs and mark what does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from calibrate.cli.schema import NAMES, build_named_schema
from calibrate.config import load_yaml
from calibrate.config.cycle import Cycle
from calibrate.demo.plant import Plant
from calibrate.report.theme import ThemeSettings
from calibrate.rubric import Rubric, Strategy

Calibrate = Callable[..., int]
ROOT = Path(__file__).resolve().parents[2]
MODELS = {
    "cycle": Cycle,
    "rubric": Rubric,
    "strategy": Strategy,
    "theme": ThemeSettings,
    "plant": Plant,
}

CYCLE = {
    "schema": 1,
    "cycle": "2026-H2",
    "inputs": {"ratings": {"file": "ratings.csv"}},
    "rubrics": ("r.yaml",),
}
RUBRIC = {
    "schema": 1,
    "id": "r",
    "version": 1,
    "title": "R",
    "scale": {"lowest": 1, "highest": 5, "step": 1},
    "criteria": ({"id": "a", "label": "A", "weight": 100, "levels": {1: "low", 5: "high"}},),
}
STRATEGY = {
    "schema": 1,
    "id": "s",
    "outcomes": ({"id": "a", "title": "A", "perspective": "customer", "weight": 100},),
}
PLANT = {
    "schema": 1,
    "severities": ({"managers": 2, "points": 20}, {"rater": "E0012", "points": -15}),
    "disparities": ({"attribute": "gender", "group": "female", "source": "peer", "points": -5},),
}
THEME = {"schema": 1, "accent": "#1d4f91", "texts": {"ground_rules": ("Listen.",)}}
WHOLE = {
    "cycle": CYCLE,
    "rubric": RUBRIC,
    "strategy": STRATEGY,
    "theme": THEME,
    "plant": PLANT,
}


def as_json(value: Any) -> Any:
    """What an editor sees of a YAML value: text keys, lists, dates as text."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def editor_accepts(name: str, value: Any) -> bool:
    validator = Draft202012Validator(build_named_schema(name), format_checker=FormatChecker())
    return validator.is_valid(as_json(value))


def engine_accepts(name: str, value: Any) -> bool:
    try:
        MODELS[name].model_validate(value)
    except ValueError:
        return False
    return True


def put(whole: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the document with one key changed; missing maps are made on the way."""
    if not path:
        return value
    if isinstance(whole, tuple):
        return tuple(
            put(item, path[1:], value) if i == path[0] else item for i, item in enumerate(whole)
        )
    changed = dict(whole or {})
    changed[path[0]] = put(changed.get(path[0], {}), path[1:], value)
    return changed


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_a_schema_of_its_draft(name: str) -> None:
    Draft202012Validator.check_schema(build_named_schema(name))


def test_shipped_files_are_accepted() -> None:
    files = [("cycle", ROOT / "sample_data/cycle.yaml")]
    files += [("strategy", ROOT / "sample_data/strategy.yaml")]
    files += [("rubric", path) for path in sorted((ROOT / "rubrics").glob("*.yaml"))]
    files += [("plant", ROOT / "sample_data/plant.yaml")]
    files += [("theme", ROOT / "sample_data/theme/theme.yaml")]
    assert len(files) >= 7
    for name, path in files:
        document = load_yaml(path, path.name)
        errors = Draft202012Validator(build_named_schema(name)).iter_errors(as_json(document))
        assert [f"{path.name}: {error.message}" for error in errors] == []


def list_objects(schema: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield where or "root", schema
    for name, part in schema.get("$defs", {}).items():
        if "properties" in part:
            yield name, part


@pytest.mark.parametrize("name", NAMES)
def test_every_key_has_a_title_and_a_description_and_unknown_keys_are_refused(name: str) -> None:
    for where, part in list_objects(build_named_schema(name)):
        assert part["additionalProperties"] is False, where
        for key, said in part["properties"].items():
            assert said["title"] == key
            assert said.get("description", "").endswith((".", "…")), f"{where}.{key}"


@pytest.mark.parametrize("name", NAMES)
def test_the_tables_of_keys_name_no_key_that_is_not_there(name: str) -> None:
    from calibrate.config.keys import CYCLE_KEYS
    from calibrate.demo.keys import PLANT_KEYS
    from calibrate.report.theme.keys import THEME_KEYS
    from calibrate.rubric.keys import RUBRIC_KEYS, STRATEGY_KEYS

    schema = build_named_schema(name)
    tables = (CYCLE_KEYS, RUBRIC_KEYS, STRATEGY_KEYS, THEME_KEYS, PLANT_KEYS)
    keys = dict(zip(NAMES, tables, strict=True))[name]
    there = {part["title"]: set(part["properties"]) for _, part in list_objects(schema)}
    assert {model: set(told) for model, told in keys.items()} == there


RATINGS = ("inputs", "ratings")
GOALS = ("inputs", "goals")

ACCEPTED = [
    ("cycle", ("starts_on",), date(2026, 7, 1)),
    ("cycle", ("title",), "Halbjahr 2, Prüfung"),
    ("cycle", RATINGS, ({"file": "a.csv"}, {"file": ("b.xlsx", "c.XLSM"), "sheet": "Marks"})),
    ("cycle", RATINGS, {"database": "HR_DB", "table": "hr.ratings"}),
    ("cycle", RATINGS, {"database": "HR_DB", "query": "select 1"}),
    ("cycle", (*RATINGS, "columns"), {"Who": "employee_id", "By": ("rater_id", "source")}),
    ("cycle", RATINGS, {"file": "a.csv", "layout": "wide", "columns": {"Teamwork": "teamwork"}}),
    ("cycle", (*RATINGS, "header_row"), 4),
    ("cycle", (*RATINGS, "delimiter"), "\t"),
    ("cycle", ("inputs", "attributes"), {"file": "x.csv", "columns": {"Sex": "gender"}}),
    ("cycle", ("effects", "interval"), Decimal("0.9")),
    ("cycle", ("privacy", "min_cell"), 1),
    ("cycle", ("guideline",), {"shares": {"Meets": (0, Decimal("0.5"))}}),
    ("cycle", ("scales",), {"w": {"version": 1, "marks": {"Good": 3}, "nulls": ("New",)}}),
    ("cycle", ("sources",), {"manager": {"weight": 2}, "self": {"weight": 0}}),
    ("cycle", ("strategy",), None),
    ("rubric", ("scale", "step"), "any"),
    ("rubric", ("scale", "step"), Decimal("0.5")),
    ("rubric", ("applies_to",), {"level": ("L3",)}),
    ("rubric", ("criteria", 0, "levels"), {1: "low", Decimal("2.5"): "middle"}),
    ("rubric", ("criteria", 0, "outcomes"), {"a": 100}),
    ("strategy", ("outcomes", 0, "kpis"), ({"id": "k", "title": "K", "target": Decimal("1.5")},)),
    ("cycle", ("theme",), "look"),
    ("theme", ("accent",), "#B00020"),
    ("theme", ("classification",), "Internal · {usual}"),
    ("theme", ("classification",), {"all": "Internal", "sheet": "For you"}),
    ("theme", ("texts", "manager_intro"), "One.\n\nTwo."),
    ("plant", ("severities", 0, "points"), -50),
    ("plant", ("standard_deviations",), {"employee": 0, "severity": Decimal("7.5")}),
]

REFUSED = [
    ("cycle", ("rubric",), ("r.yaml",)),
    ("cycle", ("cycle",), 2026),
    ("cycle", ("cycle",), "a/b"),
    ("cycle", ("schema",), 2),
    ("cycle", ("starts_on",), "1 July"),
    ("cycle", ("inputs",), {}),
    ("cycle", (*RATINGS, "colums"), {}),
    ("cycle", (*RATINGS, "file"), "ratings.xls"),
    ("cycle", (*RATINGS, "file"), ()),
    ("cycle", (*RATINGS, "database"), "HR_DB"),
    ("cycle", RATINGS, {"database": "postgresql://x", "table": "t"}),
    ("cycle", RATINGS, {"database": "HR_DB"}),
    ("cycle", RATINGS, ()),
    ("cycle", (*RATINGS, "header_row"), 0),
    ("cycle", (*RATINGS, "header_row"), 1001),
    ("cycle", (*RATINGS, "layout"), "tall"),
    ("cycle", (*RATINGS, "delimiter"), "x"),
    ("cycle", ("effects", "interval"), 1),
    ("cycle", ("effects", "interval"), "0.9"),
    ("cycle", ("effects", "model"), "cubic"),
    ("cycle", ("effects", "min_link"), Decimal("1.1")),
    ("cycle", ("bands", "cuts"), (30, 45, 65, 101)),
    ("cycle", ("bands", "labels"), ("One",)),
    ("cycle", ("guideline",), {"shares": {"Meets": (0, 2)}}),
    ("cycle", ("privacy", "min_cell"), 0),
    ("cycle", ("privacy", "min_peers"), Decimal("1.5")),
    ("cycle", ("agenda", "minutes"), 0),
    ("cycle", ("sources",), {"boss": {"weight": 1}}),
    ("cycle", ("sources",), {"peer": {"weight": 1}, "self": {"weight": 1}}),
    ("cycle", ("sources",), {"peer": {"weight": -1}}),
    ("cycle", ("scales",), {"w": {"version": 1, "marks": {}}}),
    ("cycle", ("audit", "intersections"), (("gender",),)),
    ("cycle", ("audit", "controls"), ("shoe_size",)),
    ("cycle", ("packets",), ("session", "session")),
    ("cycle", ("packets",), ("letter",)),
    ("cycle", ("seed",), -1),
    ("cycle", ("rubrics",), ()),
    ("cycle", ("language",), "fr"),
    ("rubric", ("criteria", 0, "weight"), "100"),
    ("rubric", ("criteria", 0, "weight"), Decimal("99.5")),
    ("rubric", ("criteria", 0, "weight"), 101),
    ("rubric", ("criteria", 0, "wieght"), 100),
    ("rubric", ("criteria", 0, "id"), " a"),
    ("rubric", ("criteria", 0, "levels"), {"low": "low"}),
    ("rubric", ("criteria", 0, "outcomes"), {"a": 0, "b": 100}),
    ("rubric", ("criteria",), ()),
    ("rubric", ("scale", "step"), 0),
    ("rubric", ("scale", "step"), "some"),
    ("rubric", ("scale", "lowest"), "1"),
    ("rubric", ("scale", "highest"), 1_000_001),
    ("rubric", ("applies_to",), {"gender": ("x",)}),
    ("rubric", ("applies_to",), {"level": ()}),
    ("rubric", ("marks",), "absolut"),
    ("strategy", ("outcomes", 0, "weight"), "100"),
    ("strategy", ("outcomes", 0, "weight"), 101),
    ("strategy", ("outcomes", 0, "perspective"), "people"),
    ("strategy", ("outcomes", 0, "kpis"), ({"id": "k", "title": "K", "direction": "left"},)),
    ("cycle", ("theme",), ""),
    ("theme", ("acent",), "#1d4f91"),
    ("theme", ("accent",), "navy"),
    ("theme", ("logo",), "../logo.svg"),
    ("theme", ("logo",), "logo.gif"),
    ("theme", ("classification",), {"managers": "x"}),
    ("theme", ("classification",), ("x",)),
    ("theme", ("footer",), "x" * 121),
    ("theme", ("texts", "ground_rules"), ()),
    ("theme", ("texts", "ground_rules"), ("x",) * 13),
    ("theme", ("texts", "sheet_intro"), "x" * 4_001),
    ("theme", ("texts", "motto"), "x"),
    ("plant", ("severities", 0, "points"), 51),
    ("plant", ("severities", 0, "managers"), 0),
    ("plant", ("severities", 0, "point"), 5),
    ("plant", ("disparities", 0, "attribute"), "shoe_size"),
    ("plant", ("disparities", 0, "group"), "nobody"),
    ("plant", ("disparities", 0, "source"), "self"),
    ("plant", ("disparities", 0, "points"), "-5"),
    ("plant", ("standard_deviations", "employee"), -1),
    ("plant", ("standard_deviations", "residual"), {"peer": 10}),
]


@pytest.mark.parametrize(("name", "path", "value"), ACCEPTED)
def test_editor_and_engine_accept_the_same(name: str, path: tuple[Any, ...], value: Any) -> None:
    document = put(WHOLE[name], path, value)
    assert engine_accepts(name, document)
    assert editor_accepts(name, document)


@pytest.mark.parametrize(("name", "path", "value"), REFUSED)
def test_editor_and_engine_refuse_the_same(name: str, path: tuple[Any, ...], value: Any) -> None:
    document = put(WHOLE[name], path, value)
    assert not engine_accepts(name, document)
    assert not editor_accepts(name, document)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("columns", {"Person": "employe_id"}),
        ("constants", {"colour": "red"}),
        ("values", {"colour": {"a": "b"}}),
        ("layout", "wide"),
        ("scale", "words"),
    ],
)
def test_an_editor_knows_the_columns_of_each_table(key: str, value: Any) -> None:
    # The engine finds these after the models, with the nearest name.
    good = put(CYCLE, GOALS, {"file": "goals.csv", "columns": {"Person": "employee_id"}})
    assert editor_accepts("cycle", good)
    assert not editor_accepts("cycle", put(good, (*GOALS, key), value))


def find_defaults(name: str) -> dict[str, Any]:
    return {
        key: said["default"]
        for key, said in build_named_schema(name)["properties"].items()
        if "default" in said
    }


@pytest.mark.parametrize("name", NAMES)
def test_writing_every_default_out_changes_nothing(name: str) -> None:
    def as_yaml(value: Any) -> Any:
        if isinstance(value, list):
            return tuple(as_yaml(item) for item in value)
        if isinstance(value, dict):
            return {key: as_yaml(item) for key, item in value.items()}
        return value

    plain = copy.deepcopy(WHOLE[name])
    model = MODELS[name]
    written = model.model_validate(as_yaml(find_defaults(name)) | plain)
    assert written == model.model_validate(plain)


def test_without_a_name_all_schemas_are_one_object(
    calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("schema") == 0
    assert list(json.loads(capsys.readouterr().out)) == list(NAMES)
    assert calibrate("schema", "rubric") == 0
    assert json.loads(capsys.readouterr().out) == build_named_schema("rubric")


def test_out_writes_files_and_says_the_line_for_the_yaml(
    calibrate: Calibrate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "my schemas"
    assert calibrate("schema", "--out", out) == 0
    said = capsys.readouterr().out
    for name in NAMES:
        path = out / f"{name}.schema.json"
        assert json.loads(path.read_text()) == build_named_schema(name)
        assert f"# yaml-language-server: $schema={path.as_uri()}\n" in said


def test_a_folder_that_cannot_be_made_is_a_sentence(
    calibrate: Calibrate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert calibrate("schema", "--out", tmp_path / "file" / "below") == 7
    assert "choose a folder" in capsys.readouterr().err


def test_an_unknown_name_is_a_usage_error(calibrate: Calibrate) -> None:
    assert calibrate("schema", "cicle") == 2
