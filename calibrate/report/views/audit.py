"""The audit packet: what was compared, what it showed, and what it could not show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calibrate.bands import SMALL_COMPANY
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.audit_parts import build_sections
from calibrate.report.views.base import (
    Company,
    Figure,
    Head,
    Item,
    RubricNote,
    build_head,
    cap_rows,
)
from calibrate.report.views.disparity import (
    AttributePage,
    DetailTable,
    PowerRow,
    build_attribute_pages,
    build_details,
    list_power,
)
from calibrate.report.views.sections import Section
from calibrate.report.words import (
    DASH,
    TERM_WORDS,
    VERDICT_WORDS,
    count_of,
    join_words,
    say_code,
    say_term,
    write_count,
    write_number,
    write_percent,
)
from calibrate.session.findings import FEW_FORMS

VERDICT_MEANING = {
    "beyond": "Beyond chance and beyond the practical bound. Look here first.",
    "significant_only": "More than chance, but small. Keep an eye on it.",
    "within": "The ratio's whole interval lies between 0.80 and 1.25.",
    "inconclusive": "The data can neither show a disparity nor rule one out.",
    "too_few": "A group is smaller than the smallest cell. Its figures are withheld.",
    "not_computable": "There is nothing to divide by, or nothing to compare with.",
}
WITHHELD = "Withheld: a group is too small, or would give away one that is."
RATIO_TICKS = ("0.25", "0.5", "1", "2", "4")


@dataclass(frozen=True)
class VerdictRow:
    """How many primary comparisons got this verdict."""

    verdict: str
    n: str
    meaning: str


@dataclass(frozen=True)
class Look:
    """A finding: what it says and what stands behind it."""

    headline: str
    evidence: str


@dataclass(frozen=True)
class GroupRow:
    """Who was rated, by group."""

    attribute: str
    group: str
    n_people: str
    n_rated: str
    n_not_rated: str
    n_left_out: str
    note: str


@dataclass(frozen=True)
class TermRow:
    """One part of the variance."""

    term: str
    variance: str
    error: str
    share: str


@dataclass(frozen=True)
class AuditView:
    """Everything on the audit packet."""

    head: Head
    run_id: str
    figures: tuple[Figure, ...]
    verdicts: tuple[VerdictRow, ...]
    looks: tuple[Look, ...]
    unknowns: tuple[str, ...]
    scope: tuple[Item, ...]
    has_attributes: bool
    is_wall_proven: bool
    scores_sha256: str
    rescored_sha256: str
    cross_check: str
    flow: tuple[Item, ...]
    groups: tuple[GroupRow, ...]
    groups_notice: str
    inputs: tuple[Item, ...]
    inputs_notice: str
    pages: tuple[AttributePage, ...]
    ratio_ticks: tuple[str, ...]
    power: tuple[PowerRow, ...]
    power_notice: str
    variance: tuple[TermRow, ...]
    has_noise_by_source: bool
    rater_sentences: tuple[str, ...]
    notes: tuple[str, ...]
    rules: tuple[Item, ...]
    sources: tuple[Item, ...]
    sections: tuple[Section, ...]
    details: tuple[DetailTable, ...]
    rubrics: tuple[RubricNote, ...]


def build_audit_view(material: Material, audit: AuditMaterial) -> AuditView:
    """Build the packet for auditors; the only one that shows figures by group."""
    company = Company(material)
    rows = list_rows(audit.tables["disparities"])
    groups, groups_notice = cap_rows(
        [_build_group(row) for row in list_rows(audit.tables["groups"])], "groups"
    )
    inputs, inputs_notice = cap_rows([Item(*pair) for pair in audit.input_hashes], "files")
    power, power_notice = list_power(rows)
    head = build_head(
        material, "Audit of disparities",
        "Suppressed view" if audit.is_distributed else "For auditors and counsel",
        running="Audit", classification=_classify(audit),
    )  # fmt: skip
    return AuditView(
        head=head,
        run_id=material.run_id,
        figures=_list_figures(material, rows),
        verdicts=_count_verdicts(rows, is_distributed=audit.is_distributed),
        looks=tuple(
            Look(str(row["headline"] or ""), str(row["evidence"] or ""))
            for row in list_rows(audit.tables["findings"])
        ),
        unknowns=_say_unknowns(material.readiness),
        scope=_describe_scope(company, rows),
        has_attributes=bool(rows),
        is_wall_proven=audit.scores_sha256 == audit.rescored_sha256,
        scores_sha256=audit.scores_sha256,
        rescored_sha256=audit.rescored_sha256,
        cross_check="" if audit.cross_check is None else f"{audit.cross_check:.1e}",
        flow=_describe_flow(material.readiness),
        groups=groups,
        groups_notice=groups_notice,
        inputs=inputs,
        inputs_notice=inputs_notice,
        pages=build_attribute_pages(rows),
        ratio_ticks=RATIO_TICKS,
        power=power,
        power_notice=power_notice,
        variance=_list_variance(material),
        has_noise_by_source=bool(
            material.tables["variance"]["term"].str.startswith("residual:").any()
        ),
        rater_sentences=_describe_raters(company),
        notes=(*audit.notes, *material.notes),
        rules=_describe_rules(audit.rule_pack),
        sources=_list_sources(audit.rule_pack),
        sections=build_sections(material, audit),
        details=build_details(rows),
        rubrics=company.rubric_notes,
    )


def _classify(audit: AuditMaterial) -> str:
    if audit.is_distributed:
        return "May be handed on: suppressed view"
    return "Restricted · audit"


def _say_unknowns(ready: Mapping[str, int]) -> tuple[str, ...]:
    """What these data cannot carry, for the first page."""
    n_rated, said = ready.get("n_rated", 0), []
    if n_rated < SMALL_COMPANY:
        people = count_of(n_rated, "person was", "people were")
        is_adjusted = ready.get("n_unlinked", 0) < n_rated
        bands = "An adjustment is a what-if here: bands" if is_adjusted else "Bands"
        said.append(
            f"{people} rated, fewer than {SMALL_COMPANY}. {bands} follow the raw score, no "
            "guideline is tested."
        )
    if ready.get("n_unlinked"):
        unlinked = count_of(ready["n_unlinked"], "person", "people")
        said.append(
            f"For {unlinked} a strict rater cannot be told from a weak team. Raw scores stand, and "
            "a gap between groups may be one between raters."
        )
    if ready.get("n_quarantined"):
        left_out = count_of(ready["n_quarantined"], "input row was", "input rows were")
        said.append(f"{left_out} left out. Who was rated shows whom they were about.")
    return tuple(said)


def _list_figures(material: Material, rows: list[Row]) -> tuple[Figure, ...]:
    primary = _take_primary(rows)
    attributes = {row["attribute"] for row in rows if "*" not in str(row["attribute"])}
    beyond = sum(row["verdict"] == "beyond" for row in primary)
    ready = material.readiness
    return (
        Figure(write_count(ready.get("n_people")), "people"),
        Figure(write_count(ready.get("n_rated")), "with a score"),
        Figure(write_count(len(attributes)), "attributes"),
        Figure(write_count(len(primary)), "primary comparisons"),
        Figure(write_count(beyond), "beyond both bounds"),
    )


def _take_primary(rows: list[Row]) -> list[Row]:
    return [r for r in rows if r["family"] == "primary" and r["group"] != r["reference"]]


def _count_verdicts(rows: list[Row], *, is_distributed: bool) -> tuple[VerdictRow, ...]:
    primary = _take_primary(rows)
    meanings = VERDICT_MEANING | ({"too_few": WITHHELD} if is_distributed else {})
    return tuple(
        VerdictRow(
            VERDICT_WORDS[verdict],
            write_count(sum(row["verdict"] == verdict for row in primary)),
            meaning,
        )
        for verdict, meaning in meanings.items()
    )


def _describe_scope(company: Company, rows: list[Row]) -> tuple[Item, ...]:
    cycle = company.material.cycle
    names = list(dict.fromkeys(str(r["attribute"]) for r in rows))
    single = [n for n in names if "*" not in n]
    crossed = [n.replace("*", " × ") for n in names if "*" in n]
    stages = list(dict.fromkeys(str(r["stage"]) for r in rows))
    favourable = (
        cycle.audit.favourable.bands
        if cycle.audit.favourable
        else company.labels[len(company.labels) // 2 + 1 :]
    )
    return (
        Item("Cycle", cycle.title or cycle.cycle),
        Item("Attributes", join_words(single) or "none given; there are no pages by group"),
        Item("Intersections", join_words(crossed) or "none asked for"),
        Item("Stages compared", join_words(stages) or "none"),
        Item("Favourable bands", join_words([str(band) for band in favourable])),
        Item("Smallest cell", count_of(int(cycle.privacy.min_cell), "person", "people")),
    )


def _describe_flow(ready: Mapping[str, int]) -> tuple[Item, ...]:
    names = {
        "n_people": "People in the employees table",
        "n_rated": "With a score",
        "n_unrated": "Without a score",
        "n_forms": "Forms",
        "n_raters": "Raters",
        "n_problems": "Problems found in the input",
        "n_quarantined": "Rows left out",
        "n_notes": "Notes on rows",
        "n_linked": "Well linked people",
        "n_weak": "Weakly linked people",
        "n_unlinked": "People whose raters cannot be compared",
    }
    return tuple(Item(words, write_count(ready[k])) for k, words in names.items() if k in ready)


def _build_group(row: Row) -> GroupRow:
    is_hidden = bool(row.get("suppressed"))
    return GroupRow(
        attribute=say_code(str(row["attribute"])).replace("*", " × "),
        group=str(row["group"]).replace("*", " × "),
        n_people=write_count(row.get("n_people")),
        n_rated=write_count(row.get("n_rated")),
        n_not_rated=write_count(row.get("n_not_rated")),
        n_left_out=write_count(row.get("n_quarantined")),
        note="too few" if is_hidden else "",
    )


def _list_variance(material: Material) -> tuple[TermRow, ...]:
    order = list(TERM_WORDS)
    rows = list_rows(material.tables["variance"])
    rows.sort(key=lambda r: order.index(r["term"]) if r["term"] in order else len(order))
    return tuple(
        TermRow(
            say_term(str(row["term"])),
            write_number(row["variance"], 1),
            DASH if row.get("se") is None else f"± {write_number(row['se'], 1)}",
            write_percent(row["share"]),
        )
        for row in rows
    )


def _describe_raters(company: Company) -> tuple[str, ...]:
    raters = company.material.tables["raters"]
    known = raters["severity"].dropna()
    sentences = [
        f"{count_of(len(raters), 'rater')} filed scored forms; the severity of "
        f"{len(known):,} is known."
    ]
    if len(known):
        low, high = (company.display.change(-float(known.quantile(q))) for q in (0.9, 0.1))
        sentences.append(
            f"Eight of ten of them mark between {low} and {high} of others on the same people."
        )
    else:
        sentences.append("No severity can be told: a strict rater and a weak team look the same.")
    parts = raters["finding"].fillna("").str.split("; ")
    found = [any(part and not part.startswith("severity ") for part in row) for row in parts]
    n_thin = int(raters["finding"].fillna("").str.contains("severity rests on").sum())
    sentences.append(
        f"{count_of(sum(found), 'rater stands', 'raters stand')} out in severity or a habit, "
        "more than chance over all raters."
    )
    if n_thin:
        sentences.append(
            f"The severity of {count_of(n_thin, 'rater')} rests on fewer than {FEW_FORMS} forms."
        )
    return tuple(sentences)


def _describe_rules(pack: Mapping[str, object]) -> tuple[Item, ...]:
    flat = {key: value for key, value in pack.items() if isinstance(value, str | int | float)}
    return tuple(Item(say_code(key).capitalize(), f"{value}") for key, value in flat.items())


def _list_sources(pack: Mapping[str, object]) -> tuple[Item, ...]:
    sources = pack.get("sources")
    if not isinstance(sources, list | tuple):
        return ()
    return tuple(
        Item(str(s.get("title", "")), f"{s.get('dated', '')}: {say_code(s.get('used_for'))}")
        for s in sources
        if isinstance(s, Mapping)
    )
