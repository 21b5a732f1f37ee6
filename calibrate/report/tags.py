"""What the renderer leaves out of the tags: where headings of tables are found by id."""

from __future__ import annotations

from typing import Any

import pydyf  # type: ignore[import-untyped]


def complete_tags(pdf: Any) -> None:
    """Add the tree of ids and the scope of each heading of a table.

    Cells name their headings by id; ISO 32000-1 (14.7.2) asks for a tree of all ids, and
    readers without it go by the scope.

    Parameters
    ----------
    pdf
        The pydyf document before it is written; it is changed.
    """
    named: dict[str, Any] = {}
    for row in _find(pdf, "/TR"):
        cells = [_follow(pdf, kid) for kid in row.get("K", ()) if isinstance(kid, bytes)]
        has_figures = any(cell.get("S") == "/TD" for cell in cells)
        for cell in cells:
            if cell.get("S") != "/TH":
                continue
            cell["A"]["Scope"] = "/Row" if has_figures else "/Column"
            if "ID" in cell:
                named[cell["ID"].string] = cell
    if not named:
        return
    names = pydyf.Array()
    for key in sorted(named):
        names.extend((named[key]["ID"], named[key].reference))
    tree = pydyf.Dictionary({"Names": names})
    pdf.add_object(tree)
    _find(pdf, "/StructTreeRoot", "Type")[0]["IDTree"] = tree.reference


def _find(pdf: Any, value: str, key: str = "S") -> list[Any]:
    return [item for item in pdf.objects if isinstance(item, dict) and item.get(key) == value]


def _follow(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
