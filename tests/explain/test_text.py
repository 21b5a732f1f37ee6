from __future__ import annotations

from rich.console import Console

from calibrate.explain.explanation import Explanation, FormLine
from calibrate.explain.text import list_blocks


def test_one_answer_is_told_in_the_singular() -> None:
    one, two = (FormLine(source, "", n, "3 to 5", None, float(n)) for source, n in
                (("other", 1), ("peer", 2)))  # fmt: skip
    told = Explanation(
        employee_id="A", session="", cycle="c", run_id="r", view="shareable", notice="",
        link="linked", link_meaning="well linked", n_forms=3, n_raters=3, forms=(one, two),
        steps=(), range="", interval=0.9, bands=(), shares=(), criteria=(), remarks=(),
    )  # fmt: skip
    console = Console(width=80)
    with console.capture() as page:
        console.print(*list_blocks(told), sep="\n")
    assert "1 answer " in page.get()
    assert "2 answers" in page.get()
