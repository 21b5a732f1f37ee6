"""Drafts to files: all that a worker loads, so nothing here knows tables or views."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from calibrate.manifest import hash_bytes
from calibrate.report.archive import Attachment, hash_attachments
from calibrate.report.theme import DEFAULT, Theme

LEAST_SECONDS, SECONDS_PER_LETTER = 120.0, 0.001

Drafted = Literal["session", "manager", "audit", "executive"]
#: An archive is the audit once more, with its tables inside.
Kind = Drafted | Literal["archive"]


@dataclass(frozen=True)
class Draft:
    """A packet as HTML: small, picklable, and already named by its content."""

    kind: Kind
    session: str
    manager_id: str
    packet_id: str
    html: str
    #: Tables that go into the archive of an audit.
    attachments: tuple[Attachment, ...] = ()
    #: Whose colours and logo it is set with.
    theme: Theme = DEFAULT

    @property
    def title(self) -> str:
        """What a message calls the packet."""
        return " ".join(filter(None, (self.kind, self.session, self.manager_id)))


@dataclass(frozen=True)
class Packet:
    """A printed packet."""

    kind: Kind
    session: str
    manager_id: str
    packet_id: str
    pdf: bytes
    n_pages: int
    missing: frozenset[str] = frozenset()
    archive: bytes = b""


@dataclass(frozen=True)
class Task:
    """A draft with the hash of its content and its place in the run.

    Parameters
    ----------
    path
        Where a worker that shares our disk writes; None sends the bytes back.
    """

    file: str
    draft: Draft
    content: str
    path: Path | None


@dataclass(frozen=True)
class Answer:
    """What a worker tells of a packet; ``pdf`` only if it could not write it itself."""

    sha256: str
    n_pages: int
    milliseconds: int
    missing: frozenset[str]
    pdf: bytes | None
    archive: bytes = b""


def require_printing() -> None:
    """Load what sets packets, so that a machine without it is told before any work.

    Raises
    ------
    MachineError
        If Pango is missing.
    """
    import calibrate.report.pdf  # noqa: F401  # loading is the check


def hash_content(draft: Draft) -> str:
    """SHA-256 over all a file is set from: draft, theme, styles, programs, fonts.

    Two drafts of one hash are set to the same bytes.
    """
    from calibrate.report.pdf import fingerprint_renderer

    parts = (
        fingerprint_renderer(), hash_attachments(draft.attachments), draft.theme.look, draft.html,
    )  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def print_packet(draft: Draft, seconds: float | None = None) -> Packet:
    """Set a draft as PDF; needs nothing but the draft, so any worker can do it.

    Parameters
    ----------
    seconds
        The longest it may take; :func:`find_limit` if None.

    Raises
    ------
    RenderError
        If it takes longer, or cannot be set.
    """
    from calibrate.report.pdf import render_pdf
    from calibrate.report.watch import stop_after

    with stop_after(find_limit(draft) if seconds is None else seconds, draft.title):
        pdf = render_pdf(draft.html, draft.attachments, draft.theme)
    return Packet(
        draft.kind,
        draft.session,
        draft.manager_id,
        draft.packet_id,
        pdf.content,
        pdf.n_pages,
        pdf.missing,
        pdf.archive,
    )


def find_limit(draft: Draft) -> float:
    """Seconds after which a packet is stopped: a hundred times what its length needs.

    Examples
    --------
    >>> find_limit(Draft("manager", "", "M", "", "x" * 60_000))
    180.0
    """
    return LEAST_SECONDS + SECONDS_PER_LETTER * len(draft.html)


def print_task(task: Task) -> tuple[Task, Answer]:
    """What a worker does: set one packet, and write it where it shares our disk."""
    started = time.process_time()
    packet = print_packet(task.draft)
    spent = max(1, round(1000 * (time.process_time() - started)))
    pdf: bytes | None = packet.pdf
    if task.path is not None:
        write_file(task.path, packet.pdf)
        pdf = None
    answer = Answer(
        hash_bytes(packet.pdf), packet.n_pages, spent, packet.missing, pdf, packet.archive
    )
    return replace(task, draft=strip(task.draft)), answer


def write_file(path: Path, content: bytes) -> None:
    """Write a file; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def strip(draft: Draft) -> Draft:
    """What names a packet, without what it is set from."""
    return replace(draft, html="", attachments=())
