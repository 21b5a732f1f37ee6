"""Locked copies outside the run: AES-256, signed if there is a certificate."""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from calibrate.config.new_folder import check_empty, fill_new_folder
from calibrate.errors import DiskError, IntegrityError, MachineError, RunError
from calibrate.manifest import hash_bytes
from calibrate.report.files import encode_table
from calibrate.secure.recipients import Recipient, read_recipients
from calibrate.tables import Column, Contract

#: Holds the passphrase of the certificate: a command line is seen by others.
PASSPHRASE = "CALIBRATE_CERTIFICATE_PASSPHRASE"
_INDEX = "packets/index.csv"
_FIELD = "Signature"
_AGAIN = "move the folder of the run away, and run again"
COPIES = Contract(
    "copies",
    ("copy",),
    (
        Column("copy", "text", "file in this folder"),
        Column("recipient", "text", "who gets it"),
        Column("file", "text", "packet in the run"),
        Column("packet_id", "text", "number printed on each page"),
        Column("sha256", "text", "hash of the copy"),
        Column("is_signed", "boolean", "it has a signature"),
    ),
    meaning="locked copies; one row a file",
)
PASSWORDS = Contract(
    "passwords",
    ("copy",),
    (
        Column("copy", "text", "file in this folder"),
        Column("recipient", "text", "who gets it"),
        Column("password", "text", "opens it"),
    ),
    meaning="passwords that were made here; one row a file",
)


@dataclass(frozen=True)
class Secured:
    """Where the copies are.

    Parameters
    ----------
    n_copies
        How many were made.
    passwords
        The list of passwords that were made here; None if all were given.
    """

    folder: Path
    n_copies: int
    passwords: Path | None


def secure_packets(
    run: Path, recipients: Path, out: Path, certificate: Path | None = None
) -> Secured:
    """Make the copies: all of them, or none.

    Parameters
    ----------
    run
        Folder of a finished run; nothing in it changes.
    recipients
        CSV: packet, recipient, password.
    out
        New or empty folder outside the run; for its owner alone.
    certificate
        PKCS#12 file; its passphrase stands in the environment.

    Raises
    ------
    MachineError
        If the extra is not installed.
    RunError
        If the folder is no run, or the certificate cannot be opened.
    IntegrityError
        If a packet is not the one the run made.
    InputError
        If the list has rows that cannot be used.
    DiskError
        If the folder is not empty, lies in the run, or cannot be written.
    """
    lock = _load_lock()
    run = run.resolve()
    listed = _read_index(run)
    _refuse_place(run, out)
    check_empty(out)
    # An archive that is locked is none: PDF/A forbids it.
    packets = [file for file, row in listed.items() if row["kind"] != "archive"]
    wanted = read_recipients(recipients, packets)
    sign = _open_certificate(certificate) if certificate else None
    contents = {item.file: _read_packet(run, item.file, listed) for item in wanted}
    rows, made = [], []
    with fill_new_folder(out) as folder:
        folder.chmod(0o700)
        for at, item in enumerate(wanted, 1):
            name = f"{at:04d}-{Path(item.file).name}"
            copy = lock(contents[item.file], item.password)
            if sign is not None:
                copy = sign(copy, item.password)
            _write(folder / name, copy)
            rows.append(_describe(name, item, listed[item.file], copy, sign is not None))
            if item.is_made:
                row = {"copy": name, "recipient": item.recipient, "password": item.password}
                made.append(row)
        _write(folder / "copies.csv", encode_table(COPIES, pd.DataFrame(rows))[1])
        if made:
            _write(folder / "passwords.csv", encode_table(PASSWORDS, pd.DataFrame(made))[1])
    out.chmod(0o700)
    return Secured(out, len(rows), out / "passwords.csv" if made else None)


def _refuse_place(run: Path, out: Path) -> None:
    """Runs never change, and the folder of all runs holds nothing else."""
    place = out.resolve()
    if any(parent == run.parent or (parent / "manifest.json").is_file()
           for parent in (place, *place.parents)):  # fmt: skip
        raise DiskError(f"{out} lies among the runs, which never change; name a folder outside")


def _describe(
    name: str, item: Recipient, listed: Mapping[str, str], copy: bytes, is_signed: bool
) -> dict[str, object]:
    return {
        "copy": name, "recipient": item.recipient, "file": item.file,
        "packet_id": listed["packet_id"], "sha256": hash_bytes(copy), "is_signed": is_signed,
    }  # fmt: skip


def _read_index(run: Path) -> dict[str, dict[str, str]]:
    """Packets by their place; the list itself is held against the manifest."""
    try:
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
        subjects = {item["name"]: item["digest"]["sha256"] for item in manifest["subject"]}
        content = (run / _INDEX).read_bytes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{run} is no finished run; name a folder below out/runs, or out/latest"
        ) from error
    if subjects.get(_INDEX) != hash_bytes(content):
        raise IntegrityError(f"{run / _INDEX} is not the one the run wrote; {_AGAIN}")
    frame = pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False)
    return {str(row["file"]): {str(k): str(v) for k, v in row.items()} for row in
            frame.to_dict("records")}  # fmt: skip


def _read_packet(run: Path, file: str, listed: Mapping[str, Mapping[str, str]]) -> bytes:
    try:
        content = (run / file).read_bytes()
    except OSError as error:
        raise IntegrityError(f"{run / file} is gone; {_AGAIN}") from error
    if hash_bytes(content) != listed[file]["sha256"]:
        raise IntegrityError(f"{run / file} is not the one the run wrote; {_AGAIN}")
    return content


def _load_lock() -> Callable[[bytes, str], bytes]:
    """Give what locks a PDF.

    Its owner's password is thrown away: nobody needs to change a copy. Reading aloud stays
    allowed, printing too.
    """
    try:
        import pikepdf
    except ImportError as error:
        raise MachineError(_say_missing("pikepdf")) from error

    def lock(content: bytes, password: str) -> bytes:
        allowed = pikepdf.Permissions(
            accessibility=True, extract=False, modify_annotation=False, modify_assembly=False,
            modify_form=False, modify_other=False, print_lowres=True, print_highres=True,
        )  # fmt: skip
        wall = pikepdf.Encryption(
            owner=secrets.token_urlsafe(32), user=password, R=6, allow=allowed
        )
        output = BytesIO()
        with pikepdf.open(BytesIO(content)) as pdf:
            pdf.save(output, encryption=wall)
        return output.getvalue()

    return lock


def _open_certificate(path: Path) -> Callable[[bytes, str], bytes]:
    """Give what signs a locked PDF.

    The signature comes last: it is about the bytes that are sent.
    """
    try:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
        from pyhanko.sign.fields import (
            InvisSigSettings,
            MDPPerm,
            SigFieldSpec,
            SigSeedSubFilter,
        )
    except ImportError as error:
        raise MachineError(_say_missing("pyHanko")) from error
    passphrase = os.environ.get(PASSPHRASE, "")
    kinds: Any = SimpleSigner
    signer = None
    # It logs a traceback where the file is none; without a handler that is printed.
    logging.getLogger("pyhanko").addHandler(logging.NullHandler())
    if path.is_file():
        signer = kinds.load_pkcs12(str(path), passphrase=passphrase.encode() or None)
    if signer is None:
        raise RunError(
            f"{path} cannot be opened as a certificate (PKCS#12); check the file, and its "
            f"passphrase in {PASSPHRASE}"
        )
    valid = signer.signing_cert["tbs_certificate"]["validity"]
    first, last = valid["not_before"].native, valid["not_after"].native
    if not first <= datetime.now(UTC) <= last:
        raise RunError(
            f"{path} is a certificate for {first:%Y-%m-%d} to {last:%Y-%m-%d}; use one of today"
        )
    about = PdfSignatureMetadata(
        field_name=_FIELD, subfilter=SigSeedSubFilter.PADES, certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    # Hidden: what can be reached on a page would need a tag.
    hidden = InvisSigSettings(set_hidden_flag=True)
    place = SigFieldSpec(_FIELD, readable_field_name=_FIELD, invis_sig_settings=hidden)

    def sign(content: bytes, password: str) -> bytes:
        writer: Any = IncrementalPdfFileWriter(BytesIO(content))
        writer.encrypt(password.encode())
        output = BytesIO()
        sign_pdf(writer, about, signer, new_field_spec=place, output=output)
        return output.getvalue()

    return sign


def _say_missing(package: str) -> str:
    return f"calibrate secure needs {package}; install review-calibrate[secure]"


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
