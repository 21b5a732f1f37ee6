"""The page of a run in a browser: complete, equal to the tables, usable without a mouse."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from calibrate.cli.main import run_command
from calibrate.language import speak
from calibrate.report import Material
from calibrate.report.document import Table, walk
from calibrate.report.pages.index import lay_out_index
from calibrate.report.screen import write_screen
from calibrate.report.views.index import build_index_view
from calibrate.report.views.manager import list_managers
from calibrate.report.views.run_files import Listed, Made, fold_name

Invent = Callable[..., Material]
#: Stands for every attribute and group, so that no word of the page can be one by chance.
TOKEN = "zq"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> Path:
    """A run of the sample in which attributes and groups have names that nothing else has."""
    company = tmp_path_factory.mktemp("company")
    shutil.copytree(sample_data, company / "sample_data")
    shutil.copytree(sample_data.parent / "rubrics", company / "rubrics")
    attributes = company / "sample_data" / "attributes.csv"
    people = pd.read_csv(attributes, dtype=str, keep_default_na=False).set_index("employee_id")
    people = people.map(lambda group: f"{TOKEN}{group}" if group else "")
    people.columns = [f"{TOKEN}{name}" for name in people.columns]
    people.to_csv(attributes)
    cycle = company / "sample_data" / "cycle.yaml"
    words = cycle.read_text(encoding="utf-8")
    cycle.write_text(re.sub(r"\b(gender|ethnicity)\b", rf"{TOKEN}\1", words), encoding="utf-8")
    out = tmp_path_factory.mktemp("out")
    assert run_command(["run", str(cycle), "--out", str(out), "--no-packets"]) == 0
    return out / "latest"


def read_table(run: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(run / "tables" / f"{name}.parquet")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; where none is found the test fails, since nothing else opens the page."""
    found = os.environ.get("CALIBRATE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        # Root, as in containers, has no sandbox.
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


class Visit:
    """Open a file with all of the network cut, and note what the page asks for and complains of."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.context.set_offline(True)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.refused: dict[str, str | None] = {}
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on(
            "requestfailed",
            lambda request: self.refused.__setitem__(request.url, request.failure),
        )
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.route(re.compile(r"^(?!file:|data:)"), lambda route: route.abort())
        self.page.goto(path.as_uri())

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.context.close()

    def read_table(self, caption: str) -> pd.DataFrame:
        """The rows of the table of that name, as a reader sees them."""
        rows = self.page.evaluate(
            """caption => {
              const table = [...document.querySelectorAll("table")]
                .find(t => t.caption.textContent === caption);
              return [...table.rows].filter(r => !r.classList.contains("group-row"))
                .map(r => [...r.cells].map(c => c.textContent.trim()));
            }""",
            caption,
        )
        return pd.DataFrame(rows[1:], columns=rows[0])


@pytest.fixture(scope="module")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write the page of an invented company, with or without packets."""

    def write(material: Material, *, has_packets: bool = True) -> Path:
        path = tmp_path_factory.mktemp("page") / "index.html"
        path.write_text(lay_out(material, has_packets=has_packets), encoding="utf-8")
        return path

    return write


def make(material: Material, *, has_packets: bool = True) -> Made:
    packets = [Listed("executive.pdf", "executive", "", "", "c" * 12, 2)]
    if has_packets:
        sessions = sorted(set(material.tables["scores"]["session"]))
        packets += [
            Listed(f"packets/session-{n}.pdf", "session", name, "", f"{n:012x}", 9)
            for n, name in enumerate(sessions, 1)
        ]
        packets += [
            Listed(f"packets/manager-{n}.pdf", "manager", "", name, f"{n:012x}", 4)
            for n, name in enumerate(list_managers(material.employees, material.assignments), 1)
        ]
    return Made(tuple(packets), {"ratings.csv": "ab" * 32}, "cd" * 32)


def lay_out(material: Material, *, has_packets: bool = True) -> str:
    return write_screen(
        lay_out_index(build_index_view(material, make(material, has_packets=has_packets)))
    )


class Links(HTMLParser):
    """Addresses of a page, and the ids they may point to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"] or "")
        if given.get("id"):
            self.ids.add(str(given["id"]))


def test_page_opens_from_a_file_without_network_and_complains_of_nothing(
    browser: Browser, run: Path
) -> None:
    with Visit(browser, run / "index.html") as visit:
        assert visit.page.title() == "Before the sessions – Second half of 2026"
        assert [url for url in visit.asked if not url.startswith(("file:", "data:"))] == []
        assert [url for url in visit.asked if url.startswith("file:")] == [
            (run / "index.html").as_uri()
        ]
        assert visit.said == []


def test_policy_refuses_what_is_not_the_page_itself(browser: Browser, run: Path) -> None:
    with Visit(browser, run / "index.html") as visit:
        visit.page.evaluate(
            """() => {
              document.body.append(Object.assign(document.createElement("img"),
                {src: "https://example.com/x.png"}));
              document.body.append(Object.assign(document.createElement("script"),
                {textContent: "window.ran = true"}));
            }"""
        )
        assert visit.page.evaluate("window.ran") is None
        visit.page.wait_for_function("() => document.images[0].complete")
        assert visit.refused == {"https://example.com/x.png": "csp"}
        assert any("Content Security Policy" in said for said in visit.said)


def test_no_attribute_and_no_group_is_on_the_page(run: Path) -> None:
    """Each attribute and group of the run bears a name that no other word has."""
    findings = pd.read_parquet(run / "audit" / "tables" / "findings.parquet")
    named = findings[findings["headline"].str.contains(TOKEN)]
    assert len(named) > 0, "the audit must find something by group for this test to mean anything"
    html = (run / "index.html").read_text(encoding="utf-8")
    assert TOKEN not in html.casefold()
    n = int(((findings["kind"] == "disparity") & (findings["level"] == "look")).sum())
    assert f"The audit has {n} finding" in html
    for row in named.to_dict("records"):
        assert str(row["evidence"]) not in html


def test_every_link_leads_to_a_file_of_the_run_or_a_part_of_the_page(run: Path) -> None:
    html = (run / "index.html").read_text(encoding="utf-8")
    found = Links(html)
    assert "executive.pdf" in found.links
    assert "audit/audit.pdf" in found.links
    for link in found.links:
        if link.startswith("#"):
            assert link[1:] in found.ids
        else:
            assert (run / link).is_file(), link
    assert "made without packets for sessions and managers" in html


def test_every_packet_is_linked_once_by_name(invent: Invent) -> None:
    material = invent(60)
    made = make(material)
    links = Links(lay_out(material)).links
    for packet in made.packets:
        assert links.count(packet.file) == 1, packet.file


def test_shares_on_the_page_are_those_of_the_table(browser: Browser, run: Path) -> None:
    told = read_table(run, "distribution")
    told = told[told["scope"] == "company"].set_index("band")
    with Visit(browser, run / "index.html") as visit:
        shown = visit.read_table("How the bands are shared out").set_index("Band")
    assert set(shown.index) == set(told.index)
    for band, row in shown.iterrows():
        assert row["People"] == str(told.loc[band, "n"])
        # The page rounds to whole percents.
        share = float(row["Share"].rstrip("%"))
        assert share == pytest.approx(100 * told.loc[band, "share"], abs=0.5)


def test_sessions_on_the_page_are_those_of_the_tables(browser: Browser, run: Path) -> None:
    scores, agenda = read_table(run, "scores"), read_table(run, "agenda")
    discussed = agenda[agenda["minutes"] > 0]
    with Visit(browser, run / "index.html") as visit:
        shown = visit.read_table("Sessions").set_index("Session")
        slots = {name: visit.read_table(f"Agenda: {name}") for name in shown.index}
    assert list(shown.index) == sorted(set(scores["session"]))
    for name, row in shown.iterrows():
        own, people = scores[scores["session"] == name], discussed[discussed["session"] == name]
        assert row["People"] == str(len(own))
        assert row["With a score"] == str(own["raw_score"].notna().sum())
        assert row["Proposed"] == str((own["proposed_band"].fillna("") != "").sum())
        assert row["To discuss"] == str(len(people))
        assert row["Time"] == f"{people['minutes'].sum():g} minutes"
        ordered = people.sort_values("position")
        assert list(slots[str(name)]["Id"]) == list(ordered["employee_id"])


def test_raters_stand_furthest_first_with_the_severity_of_the_table(
    browser: Browser, run: Path
) -> None:
    raters = read_table(run, "raters")
    people = read_table(run, "people").set_index("employee_id")["name"]
    severity = {people[r]: s for r, s in zip(raters["rater_id"], raters["severity"], strict=True)}
    with Visit(browser, run / "index.html") as visit:
        shown = visit.read_table("How the raters mark")
    marks = [float(text.replace("−", "-")) for text in shown["Marks"]]
    assert [abs(mark) for mark in marks] == sorted(map(abs, marks), reverse=True)
    for name, mark in zip(shown["Rater"], marks, strict=True):
        # 100 points are 4 on the scale 1 to 5; a harsh rater marks lower; two decimals.
        assert mark == pytest.approx(-severity[name] * 4 / 100, abs=0.005)


def test_findings_are_those_of_the_table_and_none_by_group(browser: Browser, run: Path) -> None:
    findings = read_table(run, "findings")
    look = findings[findings["level"] == "look"]
    with Visit(browser, run / "index.html") as visit:
        shown = [
            headline
            for title in (
                "How the bands are shared out",
                "Strategy and goals",
                "Check-ins and rewards",
                "How raters mark",
            )
            for headline in visit.read_table(f"Findings: {title}")["What was found"]
        ]
        figures = visit.page.locator(".figure .value").all_inner_texts()
    assert sorted(shown) == sorted(look["headline"])
    assert figures[3] == str(len(look))


def test_structure_is_told_to_those_who_cannot_see_it(browser: Browser, run: Path) -> None:
    with Visit(browser, run / "index.html") as visit:
        page = visit.page
        for landmark in ("banner", "main", "contentinfo", "navigation"):
            assert page.get_by_role(landmark).count() == 1, landmark
        levels = page.eval_on_selector_all(
            "h1, h2, h3, h4", "all => all.map(heading => Number(heading.tagName[1]))"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        assert (
            page.eval_on_selector_all(
                "table",
                "all => all.filter(t => !t.caption || !t.caption.textContent.trim()).length",
            )
            == 0
        )
        assert (
            page.eval_on_selector_all(
                "thead th", "all => all.filter(h => h.scope !== 'col').length"
            )
            == 0
        )
        assert (
            page.eval_on_selector_all(
                "tbody th", "all => all.filter(h => !h.scope.startsWith('row')).length"
            )
            == 0
        )
        drawings = page.locator("svg").count()
        assert drawings > 0
        assert page.locator("svg[role=img][aria-label]:not([aria-label=''])").count() == drawings
        names = page.eval_on_selector_all(
            "[role=region]", "all => all.map(region => region.getAttribute('aria-label'))"
        )
        assert len(names) == len(set(names)) == page.locator("table").count()
        assert page.locator("html").get_attribute("lang") == "en"


def test_screen_reader_hears_names_of_tables_drawings_and_parts(
    browser: Browser, run: Path
) -> None:
    with Visit(browser, run / "index.html") as visit:
        heard = visit.page.locator("body").aria_snapshot()
    for words in (
        'link "Skip to the content"', 'heading "Before the sessions" [level=1]',
        'table "Sessions"', 'region "Sessions"', 'columnheader "With a score"',
        'rowheader "Engineering"', 'img "Marks ', 'img "Share ',
    ):  # fmt: skip
        assert words in heard, words
    assert not re.search(r"^\s*- (img|table|region|link)\s*:?$", heard, re.MULTILINE)


def test_keyboard_alone_reaches_every_link_and_shows_where_it_is(
    browser: Browser, invent: Invent, page_of: Callable[..., Path]
) -> None:
    with Visit(browser, page_of(invent(24))) as visit:
        page = visit.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        reached, wanted = set(), set(Links(page.content()).links)
        for _step in range(400):
            reached.add(page.evaluate("document.activeElement.getAttribute('href')"))
            outline = page.evaluate(
                """() => {
                  const style = getComputedStyle(document.activeElement);
                  return [style.outlineStyle, parseFloat(style.outlineWidth)];
                }"""
            )
            assert outline == ["solid", 3]
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
        assert wanted <= reached


def test_skip_link_goes_past_the_head(browser: Browser, run: Path) -> None:
    with Visit(browser, run / "index.html") as visit:
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")
        assert visit.page.evaluate("document.activeElement.id") == "main"
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.closest('main') !== null")


def test_agenda_opens_by_key(browser: Browser, run: Path) -> None:
    with Visit(browser, run / "index.html") as visit:
        fold = visit.page.locator("details", has_text="Engineering").first
        assert fold.evaluate("fold => fold.open") is False
        fold.locator("summary").focus()
        visit.page.keyboard.press("Enter")
        assert fold.evaluate("fold => fold.open") is True


@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
def test_page_is_as_wide_as_the_screen(browser: Browser, run: Path, width: int) -> None:
    with Visit(browser, run / "index.html", viewport={"width": width, "height": 800}) as visit:
        visit.page.eval_on_selector_all("details", "all => all.forEach(fold => fold.open = true)")
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width


def test_long_names_do_not_widen_a_phone(
    browser: Browser, invent: Invent, page_of: Callable[..., Path]
) -> None:
    path = page_of(invent(30))
    with Visit(browser, path, viewport={"width": 360, "height": 800}) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 360


def test_page_is_complete_without_its_script(browser: Browser, run: Path) -> None:
    texts = []
    for is_on in (True, False):
        with Visit(browser, run / "index.html", java_script_enabled=is_on) as visit:
            texts.append(visit.page.locator("main").inner_text())
            assert visit.page.locator("input:visible").count() == 0
    assert texts[0] == texts[1]


def test_managers_are_found_by_name_without_marks_above_letters(
    browser: Browser, invent: Invent, page_of: Callable[..., Path]
) -> None:
    with Visit(browser, page_of(invent(24))) as visit:
        page = visit.page
        rows = page.locator(".finder tbody tr:visible")
        before = rows.count()
        assert before > 1
        page.get_by_label("Find a manager").fill("E001")
        assert rows.count() == 1
        assert page.get_by_role("status").inner_text() == f"1 / {before}"
        page.get_by_label("Find a manager").fill("nobody of that name")
        assert rows.count() == 0
        page.get_by_label("Find a manager").fill("")
        assert rows.count() == before
        assert visit.said == []


def test_words_stand_out_from_their_ground(browser: Browser, run: Path) -> None:
    """WCAG AA: 4.5 to 1, for every colour of words on the ground that lies under it."""
    with Visit(browser, run / "index.html") as visit:
        pairs = visit.page.evaluate(
            """() => {
              const pairs = new Set();
              for (const element of document.querySelectorAll("body *")) {
                const says = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
                if (!says || element.closest("svg, script, style")) continue;
                let under = element;
                const ground = e => getComputedStyle(e).backgroundColor;
                while (under && ground(under) === "rgba(0, 0, 0, 0)") under = under.parentElement;
                pairs.add(getComputedStyle(element).color + "|" +
                  (under ? ground(under) : "rgb(255, 255, 255)"));
              }
              return [...pairs];
            }"""
        )
    assert len(pairs) >= 4
    for pair in pairs:
        words, ground = (measure_light(colour) for colour in pair.split("|"))
        lighter, darker = max(words, ground), min(words, ground)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, pair


def measure_light(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_printed_page_shows_folded_agendas(browser: Browser, run: Path) -> None:
    with Visit(browser, run / "index.html") as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.locator("details table").first.is_visible()


def test_names_with_markup_stay_text(
    browser: Browser, name_one: Callable[[str], Material], page_of: Callable[..., Path]
) -> None:
    name = "<img src=x onerror=alert(1)>"
    with Visit(browser, page_of(name_one(name))) as visit:
        assert visit.page.locator("img").count() == 0
        assert name in visit.page.locator("main").inner_html().replace("&lt;", "<").replace(
            "&gt;", ">"
        )
        assert visit.said == []


def test_suggested_bands_wait_for_a_proposal(invent: Invent) -> None:
    """The agenda says what the session packet says: no suggestion before a proposal."""
    material = invent(30, has_proposals=False, shown="after_proposal")
    document = lay_out_index(build_index_view(material, make(material)))
    tables = [block for block in walk(document.blocks) if isinstance(block, Table)]
    assert not any("uggested" in column.text for table in tables for column in table.columns)
    scores = material.tables["scores"].set_index("employee_id")
    for table in tables:
        if table.caption.startswith("Agenda"):
            for row in table.rows:
                assert str(row.cells[3]) == scores.loc[str(row.cells[2]), "raw_band"]


def test_company_without_packets_severities_or_guideline_has_a_whole_page(invent: Invent) -> None:
    material = invent(12, is_linked=False, has_managers=False, has_guideline=False)
    html = lay_out(material, has_packets=False)
    assert "packets/manager" not in html
    assert "No guideline is set." in html
    assert "nan" not in re.findall(r"[a-z]+", re.sub(r"<[^>]+>", " ", html).casefold())
    assert "None" not in re.sub(r"<[^>]+>", " ", html)


def test_same_tables_give_the_same_bytes(invent: Invent) -> None:
    assert lay_out(invent(30)) == lay_out(invent(30))


def test_page_speaks_the_language_of_the_cycle(invent: Invent) -> None:
    material = invent(30)
    with speak("de"):
        html = lay_out(material)
    # 0.75 to 1 in German has a comma; the share has its sign apart.
    assert re.search(r"−0,\d\d|\+0,\d\d", html)


def test_names_are_put_in_order_without_marks_above_letters() -> None:
    assert sorted(["Zoë", "Ángel", "bo", "Émile"], key=fold_name) == ["Ángel", "bo", "Émile", "Zoë"]


def test_manifest_knows_the_page(run: Path) -> None:
    assert '"index.html"' in (run / "manifest.json").read_text(encoding="utf-8")


def test_what_is_shortened_says_where_the_rest_is(
    invent: Invent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of 60 people are in each session; two of three of them have minutes."""
    monkeypatch.setattr("calibrate.report.views.index.MOST_SLOTS", 16)
    material = invent(60)
    agenda = material.tables["agenda"]
    n = int(((agenda["session"] == "Sales") & (agenda["minutes"] > 0)).sum())
    assert n > 8
    document = lay_out_index(build_index_view(material, make(material)))
    (table,) = [
        block for block in walk(document.blocks)
        if isinstance(block, Table) and block.caption == "Agenda: Sales"
    ]  # fmt: skip
    assert len(table.rows) == 8
    assert table.notice == f"The first 8 of {n} people are shown; tables/agenda.csv has all."


def test_long_list_of_managers_stands_under_letters(
    invent: Invent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The three managers of the invented company are Søren, Ελένη and Дмитрий."""
    monkeypatch.setattr("calibrate.report.views.run_files.FEWEST_LETTERED", 2)
    material = invent(40)
    document = lay_out_index(build_index_view(material, make(material)))
    (table,) = [
        block for block in walk(document.blocks)
        if isinstance(block, Table) and block.caption == "Packets of managers"
    ]  # fmt: skip
    assert [group.title for group in table.groups] == ["S", "Ε", "Д"]
