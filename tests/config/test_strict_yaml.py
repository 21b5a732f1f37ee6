"""YAML is read strictly: what could be misread is refused with line and key path."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrate.config import load_yaml
from calibrate.errors import InputError, Problem


def refuse(tmp_path: Path, text: str | bytes) -> tuple[Problem, ...]:
    path = tmp_path / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        load_yaml(path, "shown.yaml")
    return caught.value.problems


def test_plain_values_keep_their_type_and_decimals_stay_exact(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text('a: 1\nb: 0.1\nc: 2026-07-01\nd: "no"\ne: [x, ~]\nf: true\n')
    assert load_yaml(path, "x") == {
        "a": 1, "b": Decimal("0.1"), "c": date(2026, 7, 1), "d": "no", "e": ("x", None), "f": True,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["012", "1_000", "1:30", "0x1F", ".nan", ".inf"])
def test_numbers_that_yaml_reads_in_surprising_ways_stay_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"a: {text}\n")
    assert load_yaml(path, "x") == {"a": text}


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("a: 1\na: 2\n", "repeated_key", 2, "a"),
        ("a:\n  b: 1\n  b: 1\n", "repeated_key", 3, "a.b"),
        ("a: &x 1\n", "yaml_anchor", 1, ""),
        ("a: 1\nb: !!str 1\n", "yaml_tag", 2, ""),
        ("a: !python/object:os.system x\n", "yaml_tag", 1, ""),
        ("a: 1\nno: 2\n", "bare_word", 2, "no"),
        ("a: 2026-02-30\n", "not_a_date", 1, "a"),
        ("a:\n  [1, 2]: 3\n", "yaml_key", 2, "a"),
        ("a: " + "9" * 5000, "not_a_number", 1, "a"),
        ("- 1\n", "yaml_root", None, ""),
        ("just text\n", "yaml_root", None, ""),
        ("", "empty_file", None, ""),
        ("# only a remark\n", "yaml_root", None, ""),
        ("a: [1, 2\nb: 3\n", "yaml_syntax", 2, ""),
        ("a: 1\n---\nb: 2\n", "yaml_syntax", 2, ""),
        ('a: "\\UFFFFFFFF"\n', "yaml_syntax", None, ""),
        ("a: \x01\n", "yaml_syntax", None, ""),
        ("[" * 1500, "yaml_syntax", None, ""),
    ],
)
def test_each_fault_has_rule_line_and_key_path(
    tmp_path: Path, text: str, rule: str, line: int | None, column: str
) -> None:
    problem = refuse(tmp_path, text)[0]
    assert (problem.file, problem.rule, problem.row, problem.column) == (
        "shown.yaml", rule, line, column,
    )  # fmt: skip
    assert problem.whole


def test_alias_is_refused_beside_its_anchor(tmp_path: Path) -> None:
    problems = refuse(tmp_path, "a: &x {b: 1}\nc: *x\n")
    assert [(p.rule, p.row) for p in problems] == [("yaml_anchor", 1), ("yaml_alias", 2)]


def test_bytes_that_are_not_utf8_are_named_by_offset_and_line(tmp_path: Path) -> None:
    # "a: 1\n" is five bytes, "b: " three more: the bad byte is number 8, on line 2.
    (problem,) = refuse(tmp_path, b"a: 1\nb: \xff\n")
    assert problem.what == "byte 8 is not UTF-8"
    assert problem.row == 2


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_yaml(path, "x") == {"a": 1}


@pytest.mark.parametrize("name", ["absent.yaml", ".", "a\0b"])
def test_file_that_cannot_be_opened_is_a_problem(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_yaml(tmp_path / name, "shown.yaml")
    assert caught.value.problems[0].rule in {"missing_file", "unreadable_file"}


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_give_a_map_or_problems(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(raw)
    with contextlib.suppress(InputError):
        assert isinstance(load_yaml(path, "any.yaml"), dict)
