"""One run, from the cycle file to a folder that appears whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from calibrate.audit import (
    AUDIT_TABLES,
    AuditSettings,
    EarlierView,
    audit_population,
    read_attributes,
)
from calibrate.config import Cycle, load_cycle, shown_name
from calibrate.errors import InputError, IntegrityError, Problem
from calibrate.language import speak
from calibrate.manifest import (
    Provenance,
    build_statement,
    gather_provenance,
    hash_bytes,
    hash_file,
    list_files,
)
from calibrate.pipeline.configurations import (
    ConfigurationLog,
    enter_configuration,
    write_log,
)
from calibrate.pipeline.distribute import (
    Release,
    enter_release,
    mark_distributed,
    read_earlier,
    write_release,
)
from calibrate.pipeline.gather import gather_material, gather_population
from calibrate.pipeline.letters import tell_missing
from calibrate.pipeline.opening import keep_theme, open_cycle
from calibrate.pipeline.packets import (
    Earlier,
    Wanted,
    count_only,
    find_earlier,
    print_packets,
    require_known,
    write_index,
)
from calibrate.pipeline.page import write_page
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.rubrics import note_reviews
from calibrate.pipeline.stages import (
    Scored,
    compute_scores,
    count_read,
    prepare_cycle,
    refuse_problems,
)
from calibrate.pipeline.summary import RunResult, summarise_run
from calibrate.pipeline.tabulate import tabulate_everything, tabulate_scores
from calibrate.report import AuditMaterial, require_printing
from calibrate.report.files import build_data_dictionary, encode_table, write_table
from calibrate.report.folder import (
    find_run,
    hold_output,
    point_latest,
    tabulate_problems,
    write_run,
)
from calibrate.report.preflight import say_left
from calibrate.report.problems import remove_problems, write_problems
from calibrate.report.theme import Theme
from calibrate.report.workbook import write_audit_workbook, write_calibration_workbook
from calibrate.tables import PACKET_INDEX, PUBLIC, SCORES

_NEEDS_NO_REASON = (
    "--reason is not kept: it goes with the first run after effects, bands or sources were changed"
)


@dataclass(frozen=True)
class Options:
    """What a run should make; how many processes make it changes no byte.

    ``reason`` says why settings were changed that the first audit froze;
    ``is_distributed`` makes the audit one that may be handed on.
    """

    jobs: int = 1
    has_packets: bool = True
    only: str | None = None
    managers: tuple[str, ...] = ()
    employees: tuple[str, ...] = ()
    cluster: str = ""
    reason: str = ""
    is_distributed: bool = False

    def choose_kinds(self, cycle: Cycle) -> tuple[str, ...]:
        """Kinds of packet to print."""
        if self.only is not None:
            return (self.only,)
        dropped = () if self.has_packets else ("session", "manager")
        return tuple(kind for kind in cycle.packets if kind not in dropped)

    def list_outputs(self, cycle: Cycle) -> tuple[str, ...]:
        """What the run's id knows of this choice."""
        chosen = [f"manager={name}" for name in sorted(set(self.managers))]
        chosen += [f"employee={name}" for name in sorted(set(self.employees))]
        return (*self.choose_kinds(cycle), *chosen)

    def want(self, cycle: Cycle) -> Wanted:
        """The same for the packets."""
        return Wanted(
            self.choose_kinds(cycle), self.managers, self.employees, self.jobs, self.cluster
        )


@dataclass(frozen=True)
class Order:
    """What a run is made from, beside the scores.

    Parameters
    ----------
    provenance
        All that its id depends on.
    log
        Settings the cycle was run with.
    options
        What to make.
    earlier
        Views handed on before; None if this one is not to be.
    theme
        The company's look.
    printed
        Packets of earlier runs by the hash of their content.
    missing
        Characters without a font of which the person at the terminal was told.
    """

    provenance: Provenance
    log: ConfigurationLog
    options: Options
    earlier: tuple[EarlierView, ...] | None
    theme: Theme
    printed: Mapping[str, Earlier] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CheckResult:
    """What ``calibrate check`` found.

    Parameters
    ----------
    problems
        Errors and notes.
    counts
        People, rating rows, forms and raters, as far as they could be read.
    files
        Every file the cycle is made of.
    written
        Files that list the problems.
    """

    problems: tuple[Problem, ...]
    counts: dict[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    written: tuple[Path, ...] = ()


def check_cycle(source: Cycle | Path, clock: Clock, out: Path | None = None) -> CheckResult:
    """Read and check everything, the attributes last; list the problems below ``out``.

    Parameters
    ----------
    source
        A cycle, its file, or the folder that holds ``cycle.yaml``.
    out
        Folder for the list. Without it nothing is written.
    """
    if out is None:
        return _check(source, clock)
    with hold_output(out):
        result = _check(source, clock)
        if not result.problems:
            remove_problems(out)
            return result
        with clock.stage("list"):
            written = write_problems(out, result.problems, _path_of(source))
            return replace(result, written=written)


def _path_of(source: Cycle | Path) -> Path:
    return source.path if isinstance(source, Cycle) else source


def _check(source: Cycle | Path, clock: Clock) -> CheckResult:
    files: tuple[str, ...] = ()
    try:
        with clock.stage("read"):
            cycle = source if isinstance(source, Cycle) else load_cycle(source)
            files = tuple(shown_name(name) for name in list_files(cycle))
            files = (*files, *open_cycle(cycle).theme_files)
            prepared = prepare_cycle(cycle)
    except InputError as error:
        return CheckResult(error.problems, error.counts, files)
    of_goals = None if prepared.goals is None else {*prepared.goals.frame["outcome"]}
    problems = [
        *prepared.problems,
        *note_reviews(prepared.rubrics, prepared.strategy, of_goals),
    ]
    if cycle.inputs.attributes is not None:
        seal = hash_bytes(prepared.forms.points.tobytes())
        with clock.stage("attributes"):
            _, found = read_attributes(
                cycle, prepared.employees.ids, seal, prepared.employees.declared
            )
        problems += found
    counts = count_read(prepared.employees, prepared.n_rows, prepared.forms, prepared.raters)
    if prepared.assignments.is_given:
        counts["assignments"] = len(prepared.assignments.frame)
    counts |= {f"{table}_rows": len(rows) for table, rows in prepared.records.items()}
    return CheckResult(tuple(problems), counts, files)


def run_cycle(source: Cycle | Path, out: Path, options: Options, clock: Clock) -> RunResult:
    """Run a cycle and point ``latest`` at it.

    Raises
    ------
    InputError
        After ``problems.csv`` and ``problems.xlsx`` were written below ``out``; no
        run is left behind.
    """
    with hold_output(out):
        try:
            result = _run(source, out, options, clock)
        except InputError as error:
            error.written = write_problems(out, error.problems, _path_of(source))
            raise
        remove_problems(out)
        return result


def _run(source: Cycle | Path, out: Path, options: Options, clock: Clock) -> RunResult:
    require_printing()
    with clock.stage("read"):
        opened = open_cycle(source)
        cycle = opened.cycle
        provenance = gather_provenance(cycle, options.list_outputs(cycle), opened.fetched)
        log = enter_configuration(out, cycle, provenance, options.reason)
        if not log.keeps(options.reason):
            clock.remarks.append(_NEEDS_NO_REASON)
        provenance = opened.add_theme(replace(provenance, configurations=log.head))
        release = enter_release(out, provenance) if options.is_distributed else None
        provenance = mark_distributed(provenance, release)
    with speak(cycle.language, cycle.formats):
        order = Order(provenance, log, options, None, opened.theme)
        return _work(out, cycle, order, release, clock)


def _work(
    out: Path, cycle: Cycle, order: Order, release: Release | None, clock: Clock
) -> RunResult:
    provenance = order.provenance
    folder = find_run(out, provenance.folder)
    is_repeated = folder is not None
    if folder is None:
        with clock.stage("read"):
            prepared = prepare_cycle(cycle)
            people, ways = prepared.employees.frame, prepared.assignments.frame
            require_known(order.options.want(cycle), people, ways)
        missing = tell_missing(prepared, clock)
        with clock.stage("score"):
            scored = compute_scores(prepared)
            tables = tabulate_everything(scored)
        earlier = None if release is None else read_earlier(out, release)
        order = replace(order, earlier=earlier, printed=find_earlier(out), missing=missing)
        folder = write_run(
            out, provenance.folder, lambda beside: _fill(beside, scored, tables, order, clock)
        )
    write_log(out, cycle, order.log)
    if release is not None:
        write_release(out, release, provenance.folder)
    point_latest(out, provenance.folder)
    return summarise_run(out, folder, provenance.run_id, cycle, is_repeated=is_repeated)


def _fill(
    folder: Path,
    scored: Scored,
    tables: Mapping[str, pd.DataFrame],
    order: Order,
    clock: Clock,
) -> None:
    provenance, options = order.provenance, order.options
    with clock.stage("tables"):
        for contract in PUBLIC:
            write_table(folder / "tables", contract, tables[contract.name])
        seal = hash_file(folder / "tables" / "scores.parquet")
    with clock.stage("audit"):
        material = _audit(folder, scored, seal, order)
    with clock.stage("workbooks"):
        gathered = gather_material(scored, tables, provenance.run_id, order.theme)
        keep_theme(folder, order.theme)
        write_calibration_workbook(folder / "calibration.xlsx", gathered)
    with clock.stage("packets"):
        packets = print_packets(
            gathered, material, options.want(scored.prepared.cycle), folder, order.printed, clock
        )
        clock.remarks += say_left([packet.missing for packet in packets], order.missing)
        write_index(folder, packets, provenance.run_id, gathered.employees)
        counted = count_only(gathered, material)
        write_page(folder, counted, provenance.inputs, seal)
    _describe(folder, provenance, gathered.largest_step)


def _describe(folder: Path, provenance: Provenance, largest_step: float) -> None:
    """Write the data dictionary and, last, the manifest of everything else."""
    listed = [(f"tables/{c.name}.csv", c) for c in PUBLIC]
    listed += [(f"audit/tables/{c.name}.csv", c) for c in AUDIT_TABLES]
    listed.append(("packets/index.csv", PACKET_INDEX))
    (folder / "datapackage.json").write_text(build_data_dictionary(listed), encoding="utf-8")
    hashes = {
        str(file.relative_to(folder)): hash_file(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    statement = build_statement(provenance, hashes, largest_step)
    (folder / "manifest.json").write_text(statement, encoding="utf-8")


def _audit(folder: Path, scored: Scored, seal: str, order: Order) -> AuditMaterial:
    """Open the attributes, now that the scores are written and sealed."""
    prepared, provenance = scored.prepared, order.provenance
    employees = prepared.employees
    attributes, problems = read_attributes(prepared.cycle, employees.ids, seal, employees.declared)
    refuse_problems(prepared.cycle, problems)
    rescored = _score_without_attributes(prepared.cycle, seal)
    settings = AuditSettings.from_cycle(prepared.cycle)
    audited = audit_population(gather_population(scored), attributes, settings, order.earlier)
    tables = {
        **audited.tables,
        "problems": tabulate_problems(problems),
        "configurations": order.log.tabulate(),
    }
    for contract in AUDIT_TABLES:
        write_table(folder / "audit" / "tables", contract, tables[contract.name])
    material = AuditMaterial(
        tables=tables,
        scores_sha256=seal,
        rescored_sha256=rescored,
        input_hashes=tuple(sorted(provenance.inputs.items())),
        rule_pack=audited.rules,
        cross_check=audited.cross_check,
        notes=audited.notes,
        is_distributed=order.options.is_distributed,
    )
    write_audit_workbook(
        folder / "audit" / "audit.xlsx", [(c, tables[c.name]) for c in AUDIT_TABLES], material,
        prepared.cycle, provenance.run_id,
    )  # fmt: skip
    return material


def _score_without_attributes(cycle: Cycle, seal: str) -> str:
    """Score once more with the attributes file withheld; give the hash.

    Raises
    ------
    IntegrityError
        If the scores differ from the sealed ones.
    """
    withheld = cycle.model_copy(
        update={"inputs": cycle.inputs.model_copy(update={"attributes": None})}
    )
    again = tabulate_scores(compute_scores(prepare_cycle(withheld)))
    rescored = hash_bytes(encode_table(SCORES, again)[0])
    if rescored != seal:
        raise IntegrityError(
            "scores differ when the attributes file is withheld; this must never happen, "
            "nothing was written"
        )
    return rescored
