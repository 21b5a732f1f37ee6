"""Size, names, words and the wall: what no single module can promise for itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "calibrate").rglob("*.py"))
OWN_CODE = [*MODULES, *sorted((ROOT / "sample_data").glob("*.py"))]
MAX_FILE_LINES = 399
MAX_BODY_LINES = 49

#: Words that promise what no statistics can keep. "fairlearn" and "fairness" are names of others.
FORBIDDEN_WORDS = re.compile(
    r"\b(?:fair|unfair|unfairly|unbiased|de-?bias(?:ed|ing)?|true scores?|compliant)\b",
    re.IGNORECASE,
)
#: Who may name the attributes file: its declaration, its hash, its reader.
MAY_NAME_ATTRIBUTES_FILE = {
    "calibrate/audit/attributes.py",
    "calibrate/config/inputs.py",
    "calibrate/config/load.py",
    "calibrate/manifest.py",
}
MITIGATORS = ("postprocessing", "preprocessing", "reductions", "adversarial")
TEXT_SUFFIXES = {".css", ".csv", ".html", ".json", ".md", ".svg", ".txt", ".yaml"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def lines_of_body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first to the last statement; the docstring is no statement."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_names(path: Path) -> Iterator[str]:
    """``a.b`` for ``import a.b`` and ``a.b.c`` for ``from a.b import c``."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def text_files() -> list[Path]:
    folders = ("calibrate", "reports/templates", "rubrics", "sample_data")
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in TEXT_SUFFIXES
    )


@pytest.mark.parametrize("path", OWN_CODE, ids=name_of)
def test_file_is_shorter_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", OWN_CODE, ids=name_of)
def test_function_bodies_are_shorter_than_50_lines(path: Path) -> None:
    long = {
        function.name: lines
        for function in functions_of(path)
        if (lines := lines_of_body(function)) > MAX_BODY_LINES
    }
    assert long == {}


def test_no_module_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "misc", "common"}
    assert [name_of(p) for p in OWN_CODE if {p.stem, p.parent.name} & vague] == []


def test_no_star_import() -> None:
    assert [name_of(p) for p in OWN_CODE if any(n.endswith(".*") for n in imported_names(p))] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_string_literals_promise_nothing_we_cannot_keep(path: Path) -> None:
    found = [
        f"line {node.lineno}: {match.group()}"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for match in FORBIDDEN_WORDS.finditer(node.value)
    ]
    assert found == []


def test_templates_rubrics_and_samples_promise_nothing_we_cannot_keep() -> None:
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in text_files()
        for match in FORBIDDEN_WORDS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_forbidden_words_are_recognised_and_names_of_others_are_not() -> None:
    assert FORBIDDEN_WORDS.search("a fair, Unbiased result")
    assert FORBIDDEN_WORDS.search("the true score")
    assert FORBIDDEN_WORDS.search("fairlearn measures fairness; Fairweather agrees") is None


def is_attributes_file(node: ast.AST) -> bool:
    """Is this ``inputs.attributes``, or a call that asks for that table by its name?"""
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(
            node.func, "id", ""
        )  # fmt: skip
        names = [a.value for a in node.args if isinstance(a, ast.Constant)]
        asks = called.strip("_") in {"places", "parts", "getattr", "read_text_table"}
        return asks and "attributes" in names
    if not (isinstance(node, ast.Attribute) and node.attr == "attributes"):
        return False
    owner = node.value
    return (isinstance(owner, ast.Attribute) and owner.attr == "inputs") or (
        isinstance(owner, ast.Name) and owner.id == "inputs"
    )


def asks_whether_it_is_given(node: ast.Compare) -> bool:
    """``… is None`` learns that there is a file, nothing of what stands in it."""
    return isinstance(node.ops[0], ast.Is | ast.IsNot) and isinstance(
        node.comparators[0], ast.Constant
    )


def test_only_the_audit_reads_the_attributes_file() -> None:
    naming = set()
    for path in MODULES:
        nodes = list(ast.walk(parse(path)))
        harmless = {
            node.left
            for node in nodes
            if isinstance(node, ast.Compare) and asks_whether_it_is_given(node)
        }
        if any(is_attributes_file(node) and node not in harmless for node in nodes):
            naming.add(name_of(path))
    assert naming <= MAY_NAME_ATTRIBUTES_FILE


@pytest.mark.parametrize(
    "code",
    [
        "cycle.inputs.attributes", 'cycle.inputs.places("attributes")',
        'inputs.parts("attributes")', 'getattr(cycle.inputs, "attributes")',
        'read_text_table(cycle, "attributes")',
    ],
)  # fmt: skip
def test_every_way_to_name_the_attributes_file_is_recognised(code: str) -> None:
    assert is_attributes_file(ast.parse(code, mode="eval").body)


def test_the_manifest_hashes_files_and_parses_none() -> None:
    parsers = ("pandas", "pyarrow", "csv", "calibrate.ingest", "calibrate.audit")
    imports = list(imported_names(ROOT / "calibrate" / "manifest.py"))
    assert [name for name in imports if name.startswith(parsers)] == []


def test_no_step_before_the_audit_takes_attributes() -> None:
    before = ("ingest", "rubric", "score", "effects", "bands", "session")
    taking = [
        f"{name_of(path)}: {function.name}({argument.arg})"
        for package in before
        for path in sorted((ROOT / "calibrate" / package).rglob("*.py"))
        for function in functions_of(path)
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if re.search(r"attribute_table|attribute_values|gender|ethnicity", argument.arg)
    ]
    assert taking == []


def test_no_module_imports_a_mitigator_of_fairlearn() -> None:
    forbidden = tuple(f"fairlearn.{name}" for name in MITIGATORS)
    found = [
        f"{name_of(path)}: {name}"
        for path in MODULES
        for name in imported_names(path)
        if name.startswith(forbidden)
    ]
    assert found == []


def test_no_module_loads_a_mitigator_by_its_name() -> None:
    pattern = re.compile(r"fairlearn\.(?:" + "|".join(MITIGATORS) + ")")
    assert [name_of(p) for p in MODULES if pattern.search(p.read_text(encoding="utf-8"))] == []


def test_test_files_have_names_of_their_own() -> None:
    names = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")]
    assert len({path.as_posix() for path in names}) == len(names)
    assert [p for p in (ROOT / "tests").rglob("__init__.py") if p.is_file()] == []
