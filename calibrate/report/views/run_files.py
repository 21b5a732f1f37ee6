"""What a run holds: its packets by reader, its files, and what it was made from."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrate.language import N_, _, ngettext
from calibrate.report.views.base import Company

#: Managers whose packets are listed; ``packets/index.csv`` has all.
MOST_MANAGERS = 3000
#: A shorter list needs no letters above its names.
FEWEST_LETTERED = 60
#: Files that stand in each run, and what is in them.
FILES = (
    ("calibration.xlsx", N_("The figures of everybody as a workbook")),
    ("tables/agenda.csv", N_("Whom to discuss, and why: all rows")),
    ("tables/raters.csv", N_("How each rater marks: all rows")),
    ("tables/distribution.csv", N_("Shares of the bands in each part of the company: all rows")),
    ("tables/findings.csv", N_("What was found: all rows")),
    ("tables/problems.csv", N_("Rows that were left out or noted, and how to mend them")),
    ("packets/index.csv", N_("The list of packets with their hashes")),
    ("manifest.json", N_("Hashes of everything this run read and wrote")),
)


@dataclass(frozen=True)
class Listed:
    """A packet of the run; ``file`` is its place inside the run."""

    file: str
    kind: str
    session: str
    manager_id: str
    packet_id: str
    n_pages: int


@dataclass(frozen=True)
class Made:
    """What a run holds and rests on.

    Parameters
    ----------
    packets
        In the order of ``packets/index.csv``.
    inputs
        Name of each input file, to its SHA-256.
    scores_sha256
        Hash of the table of scores.
    """

    packets: tuple[Listed, ...]
    inputs: Mapping[str, str]
    scores_sha256: str


@dataclass(frozen=True)
class PacketRow:
    """A packet to open; ``line`` is the id of the manager."""

    title: str
    file: str
    line: str
    pages: str
    packet_id: str


@dataclass(frozen=True)
class PacketGroup:
    """Managers whose names begin alike."""

    title: str
    rows: tuple[PacketRow, ...]


@dataclass(frozen=True)
class FileRow:
    """A file to open, and what is in it."""

    file: str
    about: str


def list_manager_packets(
    company: Company, packets: Sequence[Listed]
) -> tuple[tuple[PacketGroup, ...], str]:
    """Packets of managers by name, in a long list under its first letter; what is cut is said."""
    own = [packet for packet in packets if packet.kind == "manager"]
    named = sorted(
        ((company.name(packet.manager_id), packet) for packet in own),
        key=lambda pair: (fold_name(pair[0]), pair[1].manager_id),
    )
    is_lettered = len(named) > FEWEST_LETTERED
    groups: dict[str, list[PacketRow]] = {}
    for name, packet in named[:MOST_MANAGERS]:
        line = packet.manager_id if packet.manager_id != name else ""
        letter = fold_name(name)[:1].upper() if is_lettered else ""
        groups.setdefault(letter, []).append(build_packet_row(name, packet, line))
    notice = ""
    if len(named) > MOST_MANAGERS:
        notice = _(
            "The first {n} of {total} are shown; packets/index.csv lists all.",
            n=MOST_MANAGERS, total=len(named),
        )  # fmt: skip
    return tuple(PacketGroup(letter, tuple(rows)) for letter, rows in groups.items()), notice


def list_other_packets(packets: Sequence[Listed]) -> tuple[PacketRow, ...]:
    """The packets there is one of, each named for its readers."""
    titles = {
        "executive": _("For executives"),
        "audit": _("For auditors"),
        "archive": _("For auditors, to keep: with the tables inside"),
    }
    return tuple(
        build_packet_row(titles[packet.kind], packet) for packet in packets if packet.kind in titles
    )


def build_packet_row(title: str, packet: Listed, line: str = "") -> PacketRow:
    """Write down where a packet is and how long."""
    pages = ngettext("{n} page", "{n} pages", packet.n_pages)
    return PacketRow(title, packet.file, line, pages, packet.packet_id)


def list_files() -> tuple[FileRow, ...]:
    """Files that stand in each run."""
    return tuple(FileRow(file, _(about)) for file, about in FILES)


def fold_name(name: str) -> str:
    """A name as it is put in order: without marks above letters, in small letters.

    Examples
    --------
    >>> fold_name("Ødegård"), fold_name("Ævarsson"), fold_name("Žižek")
    ('ødegard', 'ævarsson', 'zizek')
    """
    apart = unicodedata.normalize("NFKD", name.strip()).casefold()
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
