"""pydantic's findings → problems that name the key path, what is wrong, what is allowed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from calibrate.config.names import LARGEST, MICRO, say_known
from calibrate.config.strict_yaml import Document, KeyPath, show_path
from calibrate.errors import Problem

M = TypeVar("M", bound="Strict")

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "date_type": "a date such as 2026-07-01",
    "tuple_type": "a list in [ ]",
    "dict_type": "a map in { }",
    "mapping_type": "a map in { }",
    "model_type": "a map in { }",
    "bool_type": "true or false",
    "none_required": "nothing",
}


#: What to add where a key is missing that a new folder leaves to people.
_EXAMPLES = {
    "scale": "write the lowest and highest mark, such as scale: {lowest: 1, highest: 5, step: 1}",
    "rubrics": "name what is marked, such as rubrics: [rubrics/overall.yaml]",
    "ratings": "name the file with the marks, such as ratings: {file: ratings.csv}",
}


class Strict(BaseModel):
    """Base of every configured value: frozen, no unknown key, no value converted in silence."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _remember_model(cls, value: Any, info: ValidationInfo) -> Any:
        # An unknown key is answered with the known ones; only here is it clear whose they are.
        if info.context is not None:
            info.context[id(value)] = cls
        return value


#: Key path below the value being validated, rule, what is wrong, what is allowed.
Fault = tuple[KeyPath, str, str, str]


def broken(rule: str, what: str, fix: str) -> PydanticCustomError:
    """Make the error a validator raises; the texts reach the reader as they are."""
    return broken_at([((), rule, what, fix)])


def broken_at(faults: Sequence[Fault]) -> PydanticCustomError:
    """Make one error out of several faults at or below the value being validated."""
    text = "; ".join(f"{what}; {fix}" for _, _, what, fix in faults)
    return PydanticCustomError("calibrate", "{text}", {"text": text, "faults": list(faults)})


def _to_float(value: object, info: ValidationInfo) -> object:
    if isinstance(value, float | int | Decimal) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number):
            return number
    raise broken("not_a_number", f"{_show(value)} is not a number", "write a number such as 0.5")


def _to_decimal(value: object, info: ValidationInfo) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise broken("not_a_number", f"{_show(value)} is not a number", "write a number such as 3")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > LARGEST:
        raise broken(
            "number_too_large",
            f"{value} is too large",
            f"stay between -{LARGEST:,} and {LARGEST:,}",
        )
    if number * MICRO != int(number * MICRO):
        raise broken("too_many_decimals", f"{value} is too fine", "use at most 6 decimals")
    return number


#: A finite number kept as float; YAML integers and decimals are welcome, text is not.
Number = Annotated[float, BeforeValidator(_to_float)]
#: A number kept exactly, at most 6 decimals.
Exact = Annotated[Decimal, BeforeValidator(_to_decimal)]


def to_micro(number: Decimal | int) -> int:
    """Turn an exact number into whole millionths.

    Examples
    --------
    >>> to_micro(Decimal("82.5"))
    82500000
    """
    return int(Decimal(number) * MICRO)


def _show(value: object) -> str:
    if value is None:
        return "blank"
    if isinstance(value, tuple | list):
        return "a list"
    if isinstance(value, Mapping):
        return "a map"
    return f"'{value}'"[:60]


def build_model(model: type[M], document: Document) -> tuple[M | None, list[Problem]]:
    """Validate a document against a model and explain every fault.

    Parameters
    ----------
    model
        What the file should hold.
    document
        The file as read; gives lines and spellings.

    Returns
    -------
    The value, or ``None`` beside the problems.
    """
    models: dict[int, type[BaseModel]] = {}
    try:
        return model.model_validate(document.root, context=models), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    found = []
    for detail in details:
        if detail["type"] == "calibrate":
            path = _real_path(detail["loc"], detail["type"], document)
            faults: list[Fault] = detail["ctx"]["faults"]
            found += [document.problem((*path, *below), *rest) for below, *rest in faults]
        else:
            found.append(_explain(detail, document.root, models, document))
    return None, found


def _explain(
    detail: ErrorDetails, values: Any, models: Mapping[int, type[BaseModel]], document: Document
) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    path = _real_path(detail["loc"], kind, document)
    if kind == "extra_forbidden":
        known = _known_keys(path[:-1], values, models)
        what = "unknown key"
        return document.problem(path, "unknown_key", what, say_known(str(path[-1]), known))
    if kind == "missing":
        return document.problem(path, "missing_key", "the key is missing",
                                _EXAMPLES.get(str(path[-1]), "add it"))  # fmt: skip
    if kind == "literal_error":
        allowed = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        given = _show(detail["input"])
        return document.problem(
            path, "not_allowed", f"{given} is not allowed", say_known(given.strip("'"), allowed)
        )
    if kind in _WANTED:
        return document.problem(path, "wrong_type", *_wrong_type(detail, path, document))
    return document.problem(path, "not_allowed", f"{_show(detail['input'])} is wrong",
                            detail["msg"][:1].lower() + detail["msg"][1:])  # fmt: skip


def _wrong_type(detail: ErrorDetails, path: KeyPath, document: Document) -> tuple[str, str]:
    wanted = _WANTED[detail["type"]]
    value = detail["input"]
    spelling = document.spelling.get(path, "")
    if detail["type"] == "string_type" and spelling and not isinstance(value, str):
        kind = "true or false" if isinstance(value, bool) else "a number or a date"
        kind = "nothing" if value is None else kind
        return f"{spelling} without quotes is read as {kind}", f'write "{spelling}" in quotes'
    if value is None and path[:1] == ("scales",) and path[-1] == "marks":
        return "no label has a mark yet", "take the # off each label's line and write its mark"
    if value is None:
        return "nothing stands here", f"write {wanted}, or take the key away"
    return f"{_show(value)} stands where {wanted} is wanted", f"write {wanted}"


def _real_path(loc: tuple[str | int, ...], kind: str, document: Document) -> KeyPath:
    # pydantic puts "[key]" and the like between the keys; the file has none of it.
    path: KeyPath = ()
    for position, part in enumerate(loc):
        is_absent = kind == "missing" and position == len(loc) - 1
        if (*path, part) in document.lines or is_absent:
            path = (*path, part)
    return path


def _known_keys(path: KeyPath, root: Any, models: Mapping[int, type[BaseModel]]) -> list[str]:
    for part in path:
        root = root[part]
    fields = models[id(root)].model_fields
    return [info.alias or name for name, info in fields.items()]


__all__ = [
    "Exact", "Number", "Strict", "broken", "broken_at", "build_model", "show_path", "to_micro",
]  # fmt: skip
