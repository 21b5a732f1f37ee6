"""An audit of somebody else's counts, from their file to a run's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from calibrate import __version__
from calibrate.audit.counts import COUNT_TABLES, CountSettings, CountsResult, audit_counts
from calibrate.audit.counts_file import read_counts
from calibrate.audit.policy import load_rules
from calibrate.errors import InputError, Problem
from calibrate.language import _, speak
from calibrate.manifest import ENGINES, Provenance, build_statement, hash_bytes, hash_file
from calibrate.pipeline.packets import name_archive
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.summary import RunResult
from calibrate.report import Draft, Packet, hash_content, print_packet, require_printing
from calibrate.report.files import build_data_dictionary, encode_table, write_table
from calibrate.report.folder import find_run, hold_output, point_latest, write_run
from calibrate.report.html import write_document
from calibrate.report.packets import attach_tables
from calibrate.report.pages.audit import lay_out_counts
from calibrate.report.preflight import say_left
from calibrate.report.problems import remove_problems, write_problems
from calibrate.report.theme import DEFAULT, Theme, read_theme
from calibrate.report.views.audit_parts.counts import CountsMaterial, build_counts_view
from calibrate.report.views.audit_parts.labels import speak_labels
from calibrate.report.workbook import write_counts_workbook
from calibrate.tables import PACKET_INDEX

NAME = "counts"


@dataclass(frozen=True)
class CountOptions:
    """What the file of counts does not say.

    Parameters
    ----------
    rules
        Rule packs, of which the first one's bounds hold.
    min_cell
        Smallest group that is shown.
    theme
        Folder of a theme.
    language
        Of the audit and the sentences of its tables.
    """

    rules: tuple[str, ...] = ("us-2026",)
    min_cell: int = 10
    theme: Path | None = None
    language: str = "en"


def run_counts(source: Path, out: Path, options: CountOptions, clock: Clock) -> RunResult:
    """Audit a table of counts and point ``latest`` at the run.

    Raises
    ------
    InputError
        After the problems were listed below ``out``; no run is left behind.
    """
    with hold_output(out):
        try:
            with speak(options.language):
                result = _run(source, out, options, clock)
        except InputError as error:
            error.written = write_problems(out, error.problems, source)
            raise
        remove_problems(out)
        return result


def _run(source: Path, out: Path, options: CountOptions, clock: Clock) -> RunResult:
    require_printing()
    packs = tuple(load_rules(name, "the command line", "--rules") for name in options.rules)
    settings = CountSettings(options.min_cell, packs)
    with clock.stage("read"):
        rows = read_counts(source)
        theme, files = DEFAULT, dict[str, str]()
        if options.theme is not None:
            theme, files = read_theme(options.theme, options.theme.name or "theme")
        provenance = _gather_provenance(source, options, files)
    with clock.stage("audit"):
        audited = audit_counts(rows, settings)
    folder = find_run(out, provenance.folder)
    is_repeated = folder is not None
    if folder is None:
        folder = write_run(
            out, provenance.folder,
            lambda beside: _fill(beside, audited, source, provenance, settings, theme, clock),
        )  # fmt: skip
    point_latest(out, provenance.folder)
    return _summarise(out, folder, audited, provenance, is_repeated=is_repeated)


def _gather_provenance(
    source: Path, options: CountOptions, theme_files: Mapping[str, str]
) -> Provenance:
    try:
        digest = hash_file(source)
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        problem = Problem(source.name, None, "", "unreadable_file", what, "check the file")
        raise InputError([problem]) from error
    versions = {"calibrate": __version__} | {name: version(name) for name in ENGINES}
    configuration = {
        "rules": list(options.rules), "min_cell": options.min_cell, "language": options.language,
    }  # fmt: skip
    inputs = {source.name: digest, **theme_files}
    return Provenance(NAME, inputs, configuration, versions, 0, ["audit"])


def _fill(
    folder: Path,
    audited: CountsResult,
    source: Path,
    provenance: Provenance,
    settings: CountSettings,
    theme: Theme,
    clock: Clock,
) -> None:
    with clock.stage("tables"):
        for contract in COUNT_TABLES:
            write_table(folder / "audit" / "tables", contract, audited.tables[contract.name])
    material = CountsMaterial(
        speak_labels(audited.tables), audited.notes, source.name, provenance.inputs[source.name],
        provenance.run_id, settings.min_cell,
    )  # fmt: skip
    with clock.stage("workbooks"):
        facts = (
            (_("File"), source.name), (_("SHA-256"), material.sha256),
            (_("Run"), provenance.run_id),
        )  # fmt: skip
        tables = [(c, audited.tables[c.name]) for c in COUNT_TABLES]
        write_counts_workbook(folder / "audit" / "audit.xlsx", tables, facts, audited.notes)
    with clock.stage("packets"):
        document = theme.dress(lay_out_counts(build_counts_view(material)), "audit")
        html, packet_id = write_document(document, theme)
        attached = attach_tables(COUNT_TABLES, audited.tables)
        draft = Draft("audit", "", "", packet_id, html, attached, theme)
        packet = print_packet(draft)
        clock.remarks += say_left([packet.missing], frozenset())
        (folder / "audit" / "audit.pdf").write_bytes(packet.pdf)
        (folder / "audit" / "audit-archive.pdf").write_bytes(packet.archive)
        _write_index(folder, draft, packet, provenance.run_id)
    _describe(folder, provenance)


def _write_index(folder: Path, draft: Draft, packet: Packet, run_id: str) -> None:
    content = hash_content(draft)
    rows = [
        {
            "file": f"audit/{name}", "kind": kind, "packet_id": draft.packet_id,
            "sha256": hash_bytes(pdf), "pages": packet.n_pages, "run_id": run_id,
            "content": hashed,
        }
        for kind, name, pdf, hashed in (
            ("archive", "audit-archive.pdf", packet.archive, name_archive(content)),
            ("audit", "audit.pdf", packet.pdf, content),
        )
    ]  # fmt: skip
    index = pd.DataFrame(rows, columns=PACKET_INDEX.names)
    (folder / "packets").mkdir(exist_ok=True)
    (folder / "packets" / "index.csv").write_bytes(encode_table(PACKET_INDEX, index)[1])


def _describe(folder: Path, provenance: Provenance) -> None:
    listed = [(f"audit/tables/{c.name}.csv", c) for c in COUNT_TABLES]
    listed.append(("packets/index.csv", PACKET_INDEX))
    (folder / "datapackage.json").write_text(build_data_dictionary(listed), encoding="utf-8")
    hashes = {
        str(file.relative_to(folder)): hash_file(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    statement = build_statement(provenance, hashes, 0.0)
    (folder / "manifest.json").write_text(statement, encoding="utf-8")


def _summarise(
    out: Path, folder: Path, audited: CountsResult, provenance: Provenance, *, is_repeated: bool
) -> RunResult:
    disparities = audited.tables["disparities"]
    is_primary = disparities["family"] == "primary"
    n_beyond = int((is_primary & (disparities["verdict"] == "beyond")).sum())
    counts = {
        "groups_compared": len(disparities),
        "printed_contradictions": len(audited.tables["contradictions"]),
        "primary_disparities_beyond": n_beyond,
    }
    gates = (f"{n_beyond} primary disparities are beyond; see audit/audit.pdf",) * bool(n_beyond)
    hints = (f"{'Open first':<11}{out}/latest/audit/audit.pdf  (an auditor)",)
    return RunResult(str(folder), provenance.run_id, is_repeated, counts, gates, hints)
