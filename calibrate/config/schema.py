"""Configuration models → JSON Schema: an editor completes and checks the YAML files by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema

from calibrate.config.cycle import Cycle
from calibrate.config.explain import Strict
from calibrate.config.keys import CYCLE_KEYS, ONE_PLACE, Keys
from calibrate.config.names import COLUMNS, LARGEST

DRAFT = "https://json-schema.org/draft/2020-12/schema"


class _YamlTypes(GenerateJsonSchema):
    """What a value may be in YAML: an exact number is a number, never text."""

    def decimal_schema(self, schema: CoreSchema) -> JsonSchemaValue:
        return {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        # JSON has text keys alone; what a key may be stands in the table of keys.
        values = self.generate_inner(schema["values_schema"]) if "values_schema" in schema else True
        return {"type": "object", "additionalProperties": values}


def build_schema(model: type[Strict], keys: Keys) -> dict[str, Any]:
    """Write a model as JSON Schema, draft 2020-12.

    Parameters
    ----------
    model
        What the file holds.
    keys
        What each key means and may hold, by model and key.

    Returns
    -------
    Titles, descriptions, allowed values, defaults and limits of every key; unknown
    keys are refused.
    """
    raw = model.model_json_schema(by_alias=True, schema_generator=_YamlTypes)
    nested = raw.pop("$defs", {})
    described = {name: _describe(name, part, keys) for name, part in nested.items()}
    whole = {"$schema": DRAFT, **_describe(model.__name__, raw, keys)}
    return whole | ({"$defs": described} if described else {})


def build_cycle_schema() -> dict[str, Any]:
    """Write the schema of ``cycle.yaml``; each table knows our names of its columns.

    Examples
    --------
    >>> build_cycle_schema()["properties"]["show_suggested"]["enum"]
    ['never', 'after_proposal', 'always']
    """
    schema = build_schema(Cycle, CYCLE_KEYS)
    parts = schema["$defs"]
    parts["InputFile"] |= ONE_PLACE
    tables = parts["Inputs"]["properties"]
    for table, columns in COLUMNS.items():
        parts[f"{table}_part"] = _name_columns(table, columns)
        part = {"$ref": f"#/$defs/{table}_part"}
        said = {word: tables[table][word] for word in ("title", "description")}
        tables[table] = said | {
            "anyOf": [part, {"type": "array", "items": part, "minItems": 1}],
        }
    return schema


def _name_columns(table: str, columns: tuple[str, ...]) -> dict[str, Any]:
    ours = {"enum": list(columns)}
    mapped = {"anyOf": [ours, {"type": "array", "items": ours}]}
    names = {
        "properties": {
            "columns": {"additionalProperties": mapped},
            "constants": {"propertyNames": ours},
            "values": {"propertyNames": ours},
        }
    }
    part: dict[str, Any] = {"allOf": [{"$ref": "#/$defs/InputFile"}]}
    if table != "ratings":
        part["allOf"] += [names, {"properties": {"layout": {"const": "long"}, "scale": False}}]
        return part
    # In a wide table every other name is a criterion.
    wide = {"properties": {"layout": {"const": "wide"}}, "required": ["layout"]}
    part["allOf"].append({"if": wide, "then": {}, "else": names})
    return part


def _describe(name: str, part: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    model = _find_models()[name]
    told = keys[name]
    fields = {info.alias or field: info for field, info in model.model_fields.items()}
    properties = {}
    for key, info in fields.items():
        said = {k: v for k, v in part["properties"][key].items() if k != "default"}
        default = None if info.is_required() else info.get_default(call_default_factory=True)
        given = {} if default is None else {"default": _as_json(default)}
        properties[key] = {**said, "title": key, **told.get(key, {}), **given}
    first = re.split(r"[;.](?:\s|$)", model.__doc__ or "", maxsplit=1)[0]
    return {**part, "description": f"{first.replace('``', '')}.", "properties": properties}


def _find_models() -> dict[str, type[Strict]]:
    def below(model: type[Strict]) -> Iterator[type[Strict]]:
        for child in model.__subclasses__():
            yield child
            yield from below(child)

    return {model.__name__: model for model in below(Strict)}


def _as_json(value: Any) -> Any:
    if isinstance(value, BaseModel):
        told = value.model_dump(by_alias=True, exclude_none=True)
        return {key: _as_json(item) for key, item in told.items()}
    if isinstance(value, Mapping):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_as_json(item) for item in value]
    if isinstance(value, Decimal | float):
        return int(value) if value == int(value) else float(value)
    return value.isoformat() if isinstance(value, date) else value
