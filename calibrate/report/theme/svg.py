"""SVG: parsed without entities, and written anew from an allow-list of shapes and colours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from calibrate.report.theme.fault import LogoError
from calibrate.report.theme.values import CHECKS, REFERENCE

NAMESPACE = "http://www.w3.org/2000/svg"
MOST_ELEMENTS, DEEPEST = 2_000, 32
#: Characters of what is drawn.
LARGEST = 50_000
SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
GROUPS = frozenset({"svg", "g", "defs", "clipPath", "linearGradient", "radialGradient"})
ELEMENTS = SHAPES | GROUPS | {"stop"}
#: They say something about the drawing and draw nothing: left out with all that is in them.
UNDRAWN = frozenset({"title", "desc", "metadata"})
_NAMED = frozenset({"clipPath", "linearGradient", "radialGradient"})
#: Attributes that change nothing here; everything else that is not known is refused.
_IDLE = frozenset({
    "id", "class", "version", "baseProfile", "preserveAspectRatio", "role", "enable-background",
    "viewBox", "display", "visibility", "overflow", "style",
})  # fmt: skip
#: Those of the whole drawing say its shape and may be lengths on paper.
_SIDES = frozenset({"viewBox", "width", "height"})
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NUMBER = r"[-+]?(?:\d{1,7}(?:\.\d{0,9})?|\.\d{1,9})"
_BOX = re.compile(rf"\s*({_NUMBER})[\s,]+({_NUMBER})[\s,]+({_NUMBER})[\s,]+({_NUMBER})\s*")
_LENGTH = re.compile(rf"\s*({_NUMBER})(?:px|pt|mm|cm|in)?\s*")
_AS_PNG = "or save the logo as PNG"


@dataclass
class _Element:
    name: str
    attributes: dict[str, str]
    children: list[_Element] = field(default_factory=list)


def clean_svg(content: bytes) -> tuple[bytes, float, float]:
    """Check an SVG and write anew what draws: shapes, groups, gradients and clips.

    Returns
    -------
    (SVG, width, height), both in units of its own

    Raises
    ------
    LogoError
        At the first thing that is not on the allow-list: scripts, styles, texts,
        pictures, filters, references to other files, a DOCTYPE.
    """
    root = _parse(content)
    x, y, width, height = _find_box(root)
    if not any(element.name in SHAPES for element in _walk(root)):
        raise LogoError("logo_svg", "the drawing holds no shape", f"draw one, {_AS_PNG}")
    kinds = {e.attributes["id"]: e.name for e in _walk(root) if "id" in e.attributes}
    for element in _walk(root):
        _check_references(element, kinds)
    for element in (e for e in _walk(root) if e.name == "clipPath"):
        if any("clip-path" in inner.attributes for inner in _walk(element)):
            what = "a clip-path clips another one"
            raise LogoError("logo_svg", what, f"flatten the drawing, {_AS_PNG}")
    numbers = " ".join(f"{number:g}" for number in (x, y, width, height))
    sides = {"viewBox": numbers, "width": f"{width:g}", "height": f"{height:g}"}
    rest = {name: value for name, value in root.attributes.items() if name not in sides}
    root.attributes = {"xmlns": NAMESPACE, **sides, **rest}
    written = _write(root).encode()
    if len(written) > LARGEST:
        what = f"the drawing holds {len(written):,} characters of shapes"
        fix = f"simplify its paths to at most {LARGEST:,}: each packet draws them, {_AS_PNG}"
        raise LogoError("logo_svg", what, fix)
    return written, width, height


def _parse(content: bytes) -> _Element:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LogoError("logo_svg", "the drawing is not UTF-8", "save it as UTF-8") from None
    builder = _Builder()
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        what = f"the drawing is no XML (line {error.lineno})"
        raise LogoError("logo_svg", what, f"export it anew, {_AS_PNG}") from None
    if builder.root is None or builder.root.name != "svg":
        raise LogoError("logo_svg", "the file is no SVG drawing", f"export it anew, {_AS_PNG}")
    return builder.root


def _refuse_doctype(*__: object) -> None:
    fix = "take out the line that begins with <!DOCTYPE and what belongs to it"
    raise LogoError("logo_svg", "the drawing has a DOCTYPE", fix)


class _Builder:
    """Takes what is on the allow-list and stops at the rest."""

    def __init__(self) -> None:
        self.root: _Element | None = None
        self._open: list[_Element] = []
        self._n_undrawn = 0
        self._n_elements = 0

    def start(self, told: str, attributes: dict[str, str]) -> None:
        self._n_elements += 1
        if self._n_elements > MOST_ELEMENTS or len(self._open) + self._n_undrawn >= DEEPEST:
            what = f"the drawing has more than {MOST_ELEMENTS:,} parts, or {DEEPEST} levels"
            raise LogoError("logo_svg", what, f"simplify it, {_AS_PNG}")
        space, __, name = told.rpartition(" ")
        if self._n_undrawn or name in UNDRAWN or (space != NAMESPACE and self._open):
            self._n_undrawn += 1
            return
        if space != NAMESPACE or name not in ELEMENTS or (name == "svg" and self._open):
            raise LogoError("logo_svg", f"<{name[:40]}> may not stand in a logo", _say_fix(name))
        element = _Element(name, _clean_attributes(name, attributes))
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, told: str) -> None:
        if self._n_undrawn:
            self._n_undrawn -= 1
        else:
            self._open.pop()


def _say_fix(name: str) -> str:
    if name in {"text", "tspan", "textPath"}:
        return f"turn the letters into paths, {_AS_PNG}"
    if name == "style":
        return f"export it with presentation attributes in place of a style sheet, {_AS_PNG}"
    if name in {"use", "symbol"}:
        return f"draw the shape itself where it is used (expand, or unlink clones), {_AS_PNG}"
    return f"take it out, {_AS_PNG}"


def _clean_attributes(name: str, attributes: dict[str, str]) -> dict[str, str]:
    kept = {}
    for told, value in _list_attributes(attributes):
        key = told.lower()
        if key == "href" or key.startswith("on"):
            what = f"the attribute {told[:40]} may not stand in a logo"
            raise LogoError("logo_svg", what, f"take it out, {_AS_PNG}")
        if told in CHECKS and not (name == "svg" and told in _SIDES):
            kept[told] = _check_value(told, value)
        elif told == "id" and name in _NAMED and _NAME.fullmatch(value):
            kept["id"] = value
        elif name == "svg" and told in _SIDES:
            kept[told] = value
        elif told in {"display", "visibility"} and value.strip() in {"none", "hidden"}:
            what = f"a part of the drawing is hidden ({told})"
            raise LogoError("logo_svg", what, f"take the part out, {_AS_PNG}")
        elif told not in _IDLE and not told.startswith(("data-", "aria-", "font-", "text-")):
            what = f"the attribute {told[:40]} may not stand in a logo"
            raise LogoError("logo_svg", what, f"take it out, {_AS_PNG}")
    return kept


def _list_attributes(attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Attributes of SVG, then those written as a style; those of other vocabularies fall away."""
    for told, value in attributes.items():
        space, __, name = told.rpartition(" ")
        if not space or name == "href":
            yield name, value
    for line in attributes.get("style", "").split(";"):
        name, colon, value = line.partition(":")
        name = name.strip()
        is_idle = name in _STYLE_ONLY or name.startswith(("-", "font-", "text-"))
        if colon and not is_idle and value.strip() != "normal":
            yield name, value.strip()


#: Properties that drawing programs write and that change nothing in shapes.
_STYLE_ONLY = frozenset({
    "line-height", "letter-spacing", "word-spacing", "writing-mode", "direction", "isolation",
    "paint-order", "vector-effect", "shape-rendering", "color-interpolation",
    "color-rendering", "image-rendering", "solid-color", "solid-opacity", "white-space",
    "baseline-shift", "enable-background", "overflow",
    "color-interpolation-filters",
})  # fmt: skip


def _check_value(name: str, value: str) -> str:
    if CHECKS[name](value):
        return value
    what = f"the value of {name} is none that a logo may have: '{value[:40]}'"
    raise LogoError("logo_svg", what, f"export it anew, {_AS_PNG}")


def _check_references(element: _Element, kinds: Mapping[str, str]) -> None:
    for name, value in element.attributes.items():
        if "url" not in value:
            continue
        found = REFERENCE.fullmatch(value.strip())
        if name not in {"fill", "stroke", "clip-path"} or found is None:
            what = f"{name} points to something else"
            raise LogoError("logo_svg", what, f"flatten the drawing, {_AS_PNG}")
        kind = kinds.get(found.group(2), "")
        if not kind or (kind == "clipPath") != (name == "clip-path"):
            what = f"{name} points to {found.group(2)[:40]}, which the drawing does not have"
            raise LogoError("logo_svg", what, f"export it anew, {_AS_PNG}")


def _find_box(root: _Element) -> tuple[float, float, float, float]:
    told = _BOX.fullmatch(root.attributes.get("viewBox", ""))
    sides = [_LENGTH.fullmatch(root.attributes.get(name, "")) for name in ("width", "height")]
    if told is not None:
        x, y, width, height = (float(number) for number in told.groups())
    elif sides[0] is not None and sides[1] is not None:
        x, y, width, height = 0.0, 0.0, float(sides[0].group(1)), float(sides[1].group(1))
    else:
        fix = 'write one such as viewBox="0 0 120 40" in its first element'
        raise LogoError("logo_svg", "the drawing has no viewBox", fix)
    if not (0.01 <= width <= 1e6 and 0.01 <= height <= 1e6):
        raise LogoError(
            "logo_svg", "the drawing has no size", "give its viewBox a width and height"
        )
    return x, y, width, height


def _walk(element: _Element) -> Iterator[_Element]:
    yield element
    for child in element.children:
        yield from _walk(child)


def _write(element: _Element) -> str:
    told = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    inner = "".join(_write(child) for child in element.children)
    return (
        f"<{element.name}{told}>{inner}</{element.name}>" if inner else f"<{element.name}{told}/>"
    )
