"""Copies for recipients, in a folder outside the run that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from calibrate.errors import DiskError, IntegrityError, MachineError, RunError
from calibrate.explain.read import Run, read_run
from calibrate.manifest import hash_bytes
from calibrate.report.files import FORMULA_STARTS, encode_table
from calibrate.report.folder import explain_disk
from calibrate.secure.recipients import Packet, Recipient, read_recipients
from calibrate.tables import Column, Contract

COPIES = Contract(
    "index",
    ("file",),
    (
        Column("file", "text", "path inside the folder"),
        Column("recipient", "text", "who gets it"),
        Column("kind", "text", "kind of packet"),
        Column("source", "text", "path of the packet inside the run"),
        Column("source_sha256", "text", "hash of the packet"),
        Column("packet_id", "text", "as printed on each page"),
        Column("run_id", "text", "run that made the packet"),
        Column("sha256", "text", "hash of the copy"),
        Column("encrypted", "boolean", "does it need a password?"),
        Column("signed", "boolean", "is it signed?"),
        Column("signer", "text", "name in the certificate"),
    ),
    meaning="copies that were made; one row a file",
)
PASSWORDS = Contract(
    "passwords",
    ("file",),
    (
        Column("file", "text", "path inside the folder"),
        Column("recipient", "text", "who gets it"),
        Column("password", "text", "opens the copy"),
    ),
    meaning="passwords that were drawn; one row a file",
)


@dataclass(frozen=True)
class SecureResult:
    """What was made, and where; no password stands in it."""

    folder: Path
    n_copies: int
    n_recipients: int
    n_drawn: int
    signer: str

    def describe(self) -> dict[str, Any]:
        """Tell it as JSON does."""
        return {
            "folder": str(self.folder),
            "index": str(self.folder / "index.csv"),
            "passwords": str(self.folder / "passwords.csv") if self.n_drawn else None,
            "copies": self.n_copies,
            "recipients": self.n_recipients,
            "signer": self.signer or None,
        }


def make_copies(
    folder: Path,
    recipients: Path,
    out: Path,
    sign: Path | None = None,
    variables: Mapping[str, str] = os.environ,
) -> SecureResult:
    """Make an encrypted copy of a packet for each row of the list of recipients.

    Parameters
    ----------
    folder
        A run's folder, such as ``out/latest``; it is read and never written.
    recipients
        CSV; see :func:`calibrate.secure.recipients.read_recipients`.
    out
        A folder that does not exist yet, or is empty, outside of any run.
    sign
        PKCS#12 file of who signs; None for copies without a signature.
    variables
        The environment: passwords and the passphrase are looked up there.

    Raises
    ------
    MachineError
        If the packages of the extra ``secure`` are not installed.
    RunError
        If there is no run, or ``out`` cannot take the copies.
    InputError
        If the list or the certificate is at fault.
    IntegrityError
        If a packet is not the one that the run wrote.
    DiskError
        If the copies cannot be written.
    """
    _ask_for_packages()
    run = read_run(folder)
    _check_place(out, run.folder)
    asked = read_recipients(recipients, read_packets(run), variables)
    from calibrate.secure.encrypt import encrypt_packet, make_password
    from calibrate.secure.sign import read_signature, sign_copy

    signature = None if sign is None else read_signature(sign, variables)
    drawn = {one.name: make_password() for one in asked if not one.password}
    with _Beside(out) as beside:
        made = []
        for n, one in enumerate(asked, 1):
            password = one.password or drawn[one.name]
            content = encrypt_packet(_read_packet(run, one.packet), password)
            if signature is not None:
                content = sign_copy(content, password, signature)
            name = f"copies/{n:03d}-{PurePosixPath(one.packet.file).name}"
            beside.write(name, content)
            made.append((name, one, hash_bytes(content)))
        signer = signature.name if signature else ""
        beside.write("index.csv", _encode_index(made, run.run_id, signer))
        if drawn:
            beside.write("passwords.csv", _encode_passwords(made, drawn))
    names = {one.name for one in asked}
    return SecureResult(out, len(asked), len(names), len(drawn), signer)


def read_packets(run: Run) -> tuple[Packet, ...]:
    """Read the run's list of packets, held against its manifest."""
    content = BytesIO(run.read_file("packets/index.csv"))
    rows = pd.read_csv(content, dtype=str, keep_default_na=False).to_dict("records")
    names = Packet.__dataclass_fields__
    return tuple(Packet(**{name: _unquote(str(row[name])) for name in names}) for row in rows)


def _read_packet(run: Run, packet: Packet) -> bytes:
    content = run.read_file(packet.file)
    if hash_bytes(content) != packet.sha256:
        raise IntegrityError(
            f"{run.folder / packet.file}: is not the file that packets/index.csv lists; no copy "
            "was made. Run the cycle again into another folder and compare"
        )
    return content


def _unquote(text: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a text."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS and text[1:] else text


def _ask_for_packages() -> None:
    try:
        import pikepdf
        import pyhanko
    except ImportError as error:
        raise MachineError(
            f"calibrate secure needs the package {error.name}; "
            "pip install 'review-calibrate[secure]'"
        ) from error
    del pikepdf, pyhanko


def _check_place(out: Path, run: Path) -> None:
    """Copies never stand in a run: what a run wrote is never changed."""
    place = out.resolve()
    inside = [
        run.resolve(),
        *(p for p in (place, *place.parents) if (p / "manifest.json").is_file()),
    ]
    if run.resolve().parent.name == "runs":
        inside.append(run.resolve().parent)
    if any(place.is_relative_to(one) for one in inside):
        raise RunError(f"{out}: lies inside a run, which is never changed; choose another --out")
    with explain_disk(out):
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise RunError(
                f"{out}: is not empty; choose a new --out, so that no copy and no password is "
                "written over"
            )


class _Beside:
    """A folder that only its owner can open, renamed into place when all is written."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._folder = out.with_name(f".unfinished-{out.name}")

    def __enter__(self) -> _Beside:
        with explain_disk(self._out):
            self._out.parent.mkdir(parents=True, exist_ok=True)
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._folder.mkdir(mode=0o700)
            (self._folder / "copies").mkdir(mode=0o700)
        return self

    def write(self, name: str, content: bytes) -> None:
        """Write a file that only its owner can read, and flush it to disk."""
        path = self._folder / name
        with explain_disk(self._out):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                with explain_disk(self._out):
                    self._folder.rename(self._out)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)


def _encode_index(made: Sequence[tuple[str, Recipient, str]], run_id: str, signer: str) -> bytes:
    rows = [
        {
            "file": name, "recipient": one.name, "kind": one.packet.kind,
            "source": one.packet.file, "source_sha256": one.packet.sha256,
            "packet_id": one.packet.packet_id, "run_id": run_id, "sha256": sha256,
            "encrypted": True, "signed": bool(signer), "signer": signer,
        }
        for name, one, sha256 in made
    ]  # fmt: skip
    return encode_table(COPIES, pd.DataFrame(rows, columns=COPIES.names))[1]


def _encode_passwords(
    made: Sequence[tuple[str, Recipient, str]], drawn: Mapping[str, str]
) -> bytes:
    rows = [
        {"file": name, "recipient": one.name, "password": drawn[one.name]}
        for name, one, __ in made
        if not one.password
    ]
    return encode_table(PASSWORDS, pd.DataFrame(rows, columns=PASSWORDS.names))[1]
