"""YAML read strictly: no repeated keys, anchors, aliases, tags or guessed values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, ClassVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from calibrate.errors import InputError, Problem

KeyPath = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_PLAIN = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"(?i:true|false|yes|no|on|off)", list("tTfFyYnNoO")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", list("0123456789")),
)
#: A longer number is a typing error, and turning it into an integer takes for ever.
_LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Document:
    """A YAML file as plain values, with the line and the spelling of each key path."""

    shown: str
    root: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    spelling: Mapping[KeyPath, str]
    sha256: str

    def line_of(self, path: KeyPath) -> int | None:
        """Return the line of the key path, or of its nearest parent that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def problem(self, path: KeyPath, rule: str, what: str, fix: str) -> Problem:
        """Make a problem that names this file, the key path and its line."""
        name = show_path(path)
        return Problem(
            self.shown, self.line_of(path), name, rule, f"{name}: {what}" if name else what, fix,
            value=self.spelling.get(path, ""), whole=True,
        )  # fmt: skip


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that resolves fewer plain words and reports what it refuses."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.refused: list[tuple[int, str, str, str]] = []

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self.refused.append(
                (line, "yaml_alias", f"alias *{event.anchor}", "write the value out")
            )
            return ScalarNode(_TAG + "null", "")
        if anchor is not None:
            self.refused.append((line, "yaml_anchor", f"anchor &{anchor}", "remove the anchor"))
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.refused.append((line, "yaml_tag", f"tag {tag}", "remove the tag"))
        # The composer looks anchors up to join aliases; without it nothing can be joined.
        if anchor is not None:
            event.anchor = None
        return super().compose_node(parent, index)


for _name, _pattern, _first in _PLAIN:
    _StrictLoader.add_implicit_resolver(
        _TAG + _name, re.compile(rf"^(?:{_pattern})$", re.ASCII), _first
    )


@dataclass
class _Reader:
    """Turns nodes into values and collects what is wrong, by key path."""

    shown: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    spelling: dict[KeyPath, str] = field(default_factory=dict)

    def refuse(self, node: Node, path: KeyPath, rule: str, what: str, fix: str) -> None:
        name = show_path(path)
        text = f"{name}: {what}" if name else what
        value = node.value if isinstance(node, ScalarNode) else ""
        self.problems.append(
            Problem(self.shown, _line(node), name, rule, text, fix, value=value, whole=True)
        )

    def read(self, node: Node, path: KeyPath) -> Any:
        self.lines.setdefault(path, _line(node))
        if isinstance(node, MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, SequenceNode):
            return tuple(self.read(item, (*path, i)) for i, item in enumerate(node.value))
        self.spelling[path] = node.value
        return self._scalar(node, path)

    def _pairs(self, node: MappingNode, path: KeyPath) -> Iterator[tuple[str | int | Decimal, Any]]:
        seen: dict[object, int] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            if key is None:
                continue
            line = _line(key_node)
            here = (*path, key if isinstance(key, int) else str(key))
            if key in seen:
                self.refuse(
                    key_node, here, "repeated_key", f"the key stands on line {seen[key]} already",
                    "keep one of the two",
                )  # fmt: skip
                continue
            seen[key] = line
            self.lines[here] = line
            yield key, self.read(value_node, here)

    def _key(self, node: Node, path: KeyPath) -> str | int | Decimal | None:
        if not isinstance(node, ScalarNode):
            self.refuse(node, path, "yaml_key", "a key is a list or a map", "use a word as key")
            return None
        here = (*path, node.value)
        key = self._scalar(node, here)
        if isinstance(key, bool) or key is None or isinstance(key, date):
            self.refuse(
                node, here, "bare_word", f"the bare key {node.value or '(blank)'} is not text",
                "put it in quotes",
            )  # fmt: skip
            return None
        return key  # type: ignore[no-any-return]

    def _scalar(self, node: Node, path: KeyPath) -> Any:
        text, kind = str(node.value), node.tag.removeprefix(_TAG)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in {"true", "yes", "on"}
        if kind in {"int", "float"}:
            return self._number(node, path, text, kind)
        if kind == "timestamp":
            try:
                return date.fromisoformat(text)
            except ValueError:
                self.refuse(
                    node, path, "not_a_date", f"{text} is no day of the calendar",
                    "write an ISO date such as 2026-07-01",
                )  # fmt: skip
        return text

    def _number(self, node: Node, path: KeyPath, text: str, kind: str) -> Any:
        if len(text) <= _LONGEST_NUMBER:
            try:
                return int(text) if kind == "int" else Decimal(text)
            except (ValueError, InvalidOperation):
                pass
        self.refuse(
            node, path, "not_a_number", f"'{text[:20]}…' is no number", "use a shorter number"
        )
        return text


def _line(node: Node) -> int:
    # The stand-in of an alias has no place; its problem is on the list already.
    return node.start_mark.line + 1 if node.start_mark is not None else 1


def show_path(path: KeyPath) -> str:
    """Write a key path as people do.

    Examples
    --------
    >>> show_path(("criteria", 0, "weight"))
    'criteria[0].weight'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_document(path: Path, shown: str) -> Document:
    """Read a YAML file whose root is a map, with line numbers.

    Parameters
    ----------
    path
        Where the file is.
    shown
        The name problems give it.

    Raises
    ------
    InputError
        Listing every repeated key, anchor, alias, tag and unreadable value.
    """
    raw = read_bytes(path, shown)
    text = _decode(raw, shown)
    if not text.strip():
        raise InputError([_whole(shown, "empty_file", "the file is empty", "fill it in")])
    try:
        loader = _StrictLoader(text)
        node = loader.get_single_node()
        reader = _Reader(shown)
        root = reader.read(node, ()) if node is not None else None
    except yaml.YAMLError as error:
        raise InputError([_explain_yaml(error, shown)]) from None
    except RecursionError:
        raise InputError(
            [_whole(shown, "yaml_syntax", "lists or maps are nested too deep", "flatten them")]
        ) from None
    except (ValueError, OverflowError):
        raise InputError(
            [_whole(shown, "yaml_syntax", "a \\x, \\u or \\U escape is no character", "mend it")]
        ) from None
    problems = [
        Problem(shown, line, "", rule, f"{what} is not allowed", fix, whole=True)
        for line, rule, what, fix in loader.refused
    ] + reader.problems
    if not problems and not isinstance(root, dict):
        problems = [
            _whole(shown, "yaml_root", "the file holds no keys", "write it as `key: value` lines")
        ]
    if problems:
        raise InputError(problems)
    digest = hashlib.sha256(raw).hexdigest()
    return Document(shown, root or {}, reader.lines, reader.spelling, digest)


def load_yaml(path: Path, shown: str) -> dict[str, Any]:
    """Read a YAML file strictly into plain values: text, int, Decimal, date, tuple, dict.

    Raises
    ------
    InputError
        With the line as row and the key path as column of each problem.
    """
    return dict(read_document(path, shown).root)


def read_bytes(path: Path, shown: str) -> bytes:
    """Read a whole small file, or say why it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        problem = _whole(shown, "missing_file", "there is no such file", "check name and folder")
    except IsADirectoryError:
        problem = _whole(shown, "missing_file", "this is a folder", "name a file")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "bad file name"
        problem = _whole(shown, "unreadable_file", f"cannot be read: {reason}", "check the file")
    raise InputError([problem])


def _decode(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem(
            shown, line, "", "not_utf8", f"byte {error.start} is not UTF-8", "save it as UTF-8",
            whole=True,
        )  # fmt: skip
        raise InputError([problem]) from None


def _explain_yaml(error: yaml.YAMLError, shown: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else None
    what = str(getattr(error, "problem", None) or "a character that may not stand in YAML")
    fix = "mend this line or the one above: quotes, brackets, the blanks at its start"
    if "'\\t'" in what:
        what, fix = "a tab stands at the start of a line", "write blanks instead of the tab"
    return Problem(shown, line, "", "yaml_syntax", f"not valid YAML: {what}", fix, whole=True)


def _whole(shown: str, rule: str, what: str, fix: str) -> Problem:
    return Problem(shown, None, "", rule, what, fix, whole=True)
