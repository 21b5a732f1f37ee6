"""Copies that a password opens: locked, signed, and nothing half done."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pypdf import PdfReader

from calibrate.cli.main import run_command
from calibrate.errors import DiskError, InputError, IntegrityError, MachineError, RunError
from calibrate.report.press import Draft, print_packet
from calibrate.secure import PASSPHRASE, secure_packets
from calibrate.secure.recipients import make_password

PAGE = (
    '<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>For Ann</title></head>'
    "<body><h1>For Ann</h1><p>Only for Ann.</p></body></html>"
)
CHOSEN = "correct horse battery"
SECRET = "open sesame"
FILE = "packets/manager-1.pdf"
BOARD = "executive.pdf"
ARCHIVE = "audit/audit-archive.pdf"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A folder with what the command reads of a run: manifest, index and two packets."""
    folder = tmp_path / "out" / "runs" / "one"
    pdf = print_packet(Draft("manager", "", "M1", "0123456789ab", PAGE)).pdf
    rows = []
    for file, kind in ((ARCHIVE, "archive"), (BOARD, "executive"), (FILE, "manager")):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf)
        digest = hashlib.sha256(pdf).hexdigest()
        rows.append(f"{file},{kind},,M1,0123456789ab,{digest},1,one,Ann,x")
    head = "file,kind,session,manager_id,packet_id,sha256,pages,run_id,manager,content"
    index = "\n".join([head, *rows, ""]).encode()
    (folder / "packets" / "index.csv").write_bytes(index)
    subject = {"name": "packets/index.csv", "digest": {"sha256": hashlib.sha256(index).hexdigest()}}
    (folder / "manifest.json").write_text(json.dumps({"subject": [subject]}), encoding="utf-8")
    return folder


@pytest.fixture
def listing(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str, head: str = "file,recipient,password", ending: str = "\n") -> Path:
        path = tmp_path / "who.csv"
        path.write_text(ending.join([head, *rows, ""]), encoding="utf-8-sig", newline="")
        return path

    return write


def issue(days: int = 1) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key and its own certificate, good until so many days from now."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tidewright HR")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return key, certificate


def write_p12(path: Path, key: rsa.RSAPrivateKey, signed: x509.Certificate) -> Path:
    wall = BestAvailableEncryption(SECRET.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"hr", key, signed, None, wall))
    return path


@pytest.fixture(scope="module")
def authority() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    return issue()


@pytest.fixture
def certificate(
    tmp_path: Path,
    authority: tuple[rsa.RSAPrivateKey, x509.Certificate],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    monkeypatch.setenv(PASSPHRASE, SECRET)
    return write_p12(tmp_path / "hr.p12", *authority)


def read_copies(folder: Path) -> list[dict[str, Any]]:
    frame = pd.read_csv(folder / "copies.csv", dtype=str, keep_default_na=False)
    return frame.to_dict("records")  # type: ignore[return-value]


def read_problems(error: pytest.ExceptionInfo[InputError]) -> list[tuple[int | None, str]]:
    return [(problem.row, problem.rule) for problem in error.value.problems]


def test_each_copy_opens_with_its_own_password_and_no_other(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    who = listing(f"{FILE},Ann,{CHOSEN}", f"{BOARD},Board,")
    made = secure_packets(run, who, tmp_path / "send")
    assert made.n_copies == 2
    first, second = read_copies(made.folder)
    assert (first["recipient"], first["file"], first["packet_id"]) == ("Ann", FILE, "0123456789ab")
    (told,) = pd.read_csv(made.folder / "passwords.csv").to_dict("records")
    assert (told["copy"], told["recipient"]) == (second["copy"], "Board")
    for row, password in ((first, CHOSEN), (second, told["password"])):
        path = made.folder / row["copy"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
        for wrong in ("", "correct horse", told["password"] if password == CHOSEN else CHOSEN):
            with pytest.raises(pikepdf.PasswordError):
                pikepdf.open(path, password=wrong)
        reader = PdfReader(io.BytesIO(path.read_bytes()), password=password)
        assert "Only for Ann." in reader.pages[0].extract_text()
    # A password that was chosen stands nowhere.
    assert CHOSEN not in (made.folder / "copies.csv").read_text("utf-8")
    assert CHOSEN not in (made.folder / "passwords.csv").read_text("utf-8")


def test_a_copy_is_locked_with_aes_256_and_may_be_read_aloud(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    made = secure_packets(run, listing(f"{FILE},Ann,{CHOSEN}"), tmp_path / "send")
    with pikepdf.open(made.folder / "0001-manager-1.pdf", password=CHOSEN) as pdf:
        # ISO 32000-2, 7.6.4: revision 6 with 256 bits.
        assert (pdf.encryption.R, pdf.encryption.bits) == (6, 256)
        assert pdf.encryption.stream_method == pikepdf.models.EncryptionMethod.aesv3
        assert pdf.allow.accessibility
        assert pdf.allow.print_highres
        assert not pdf.allow.extract
        assert not pdf.allow.modify_other
        # Tags are still there.
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.open_metadata()["pdfuaid:part"] == "1"


def test_what_is_written_is_for_its_owner_alone_and_the_run_stays_as_it_is(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    made = secure_packets(run, listing(f"{FILE},Ann,"), tmp_path / "send")
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o755)
    secure_packets(run, listing(f"{FILE},Ann,"), empty)
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700
    files = sorted(made.folder.iterdir())
    assert [path.name for path in files] == ["0001-manager-1.pdf", "copies.csv", "passwords.csv"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert before == {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}


def test_a_signature_covers_the_locked_file_and_holds(
    run: Path,
    listing: Callable[..., Path],
    tmp_path: Path,
    certificate: Path,
    authority: tuple[rsa.RSAPrivateKey, x509.Certificate],
) -> None:
    from asn1crypto.x509 import Certificate  # type: ignore[import-untyped]
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    made = secure_packets(run, listing(f"{FILE},Ann,{CHOSEN}"), tmp_path / "send", certificate)
    (row,) = read_copies(made.folder)
    assert row["is_signed"] == "true"
    content = (made.folder / row["copy"]).read_bytes()
    root = Certificate.load(authority[1].public_bytes(Encoding.DER))

    def check(data: bytes) -> Any:
        reader: Any = PdfFileReader(io.BytesIO(data))
        reader.decrypt(CHOSEN.encode())
        (signature,) = reader.embedded_signatures
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        return validate_pdf_signature(signature, context)

    told = check(content)
    assert told.intact
    assert told.valid
    assert told.trusted
    assert told.coverage.name == "ENTIRE_FILE"
    with pikepdf.open(io.BytesIO(content), password=CHOSEN) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert int(field.F) & 2, "hidden: what can be reached would need a tag"
        # ISO 32000-1, 12.8.2.2: 1 allows no change.
        (reference,) = pdf.Root.Perms.DocMDP.Reference
        assert int(reference.TransformParams.P) == 1

    def still_holds(data: bytes) -> bool:
        try:
            return bool(check(data).intact)
        except Exception:  # a reader may also refuse the file at once
            return False

    assert still_holds(content)
    at = len(content) // 3
    assert not still_holds(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def test_a_certificate_that_does_not_open_leaves_nothing_behind(
    run: Path, listing: Callable[..., Path], tmp_path: Path, certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    who = listing(f"{FILE},Ann,")
    monkeypatch.setenv(PASSPHRASE, "wrong")
    (tmp_path / "text.p12").write_text("no certificate")
    for path in (certificate, tmp_path / "none.p12", tmp_path / "text.p12"):
        with pytest.raises(RunError, match=PASSPHRASE):
            secure_packets(run, who, tmp_path / "send", path)
    assert not (tmp_path / "send").exists()


def test_a_file_that_is_no_certificate_is_told_in_one_sentence(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "text.p12").write_text("no certificate")
    program = Path(sys.executable).with_name("calibrate")
    told = subprocess.run(
        [program, "secure", run, "--recipients", listing(f"{FILE},Ann,"), "--out",
         tmp_path / "send", "--sign", tmp_path / "text.p12"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 3
    assert "Traceback" not in told.stderr
    assert told.stderr.startswith("calibrate: ")


def test_a_recipient_that_cannot_be_printed_is_refused(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(InputError) as error:
        secure_packets(run, listing(f"{FILE},An\x1bn,"), tmp_path / "send")
    assert read_problems(error) == [(2, "control_character")]


def test_a_certificate_that_is_over_signs_nothing(
    run: Path, listing: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE, SECRET)
    old = write_p12(tmp_path / "old.p12", *issue(days=-1))
    with pytest.raises(RunError, match="use one of today"):
        secure_packets(run, listing(f"{FILE},Ann,"), tmp_path / "send", old)
    assert not (tmp_path / "send").exists()


def test_every_row_that_cannot_be_used_is_told_at_once(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    who = listing(
        "packets/manager-9.pdf,Ann,",
        f"{FILE},,",
        f"{FILE},Ann,short",
        f"{FILE},Bob,{'x' * 128}",
        f"{FILE},Cem,käsekuchen und mehr",
        f"{FILE},Dan,",
        f"{FILE},Dan,",
        f"{ARCHIVE},Eva,",
    )
    with pytest.raises(InputError) as error:
        secure_packets(run, who, tmp_path / "send")
    assert read_problems(error) == [
        (2, "unknown_packet"), (3, "missing_value"), (4, "password_length"),
        (5, "password_length"), (6, "password_letters"), (8, "repeated_row"),
        (9, "unknown_packet"),
    ]  # fmt: skip
    said = " ".join(map(str, error.value.problems))
    assert "packets/manager-1.pdf" in said
    assert "short" not in said.replace("shorter", "")
    assert "käse" not in said
    assert not (tmp_path / "send").exists()


@pytest.mark.parametrize(
    ("head", "rule"), [("file,name", "missing_column"), ("", "missing_column")]
)
def test_a_list_without_its_columns_is_refused(
    run: Path, listing: Callable[..., Path], tmp_path: Path, head: str, rule: str
) -> None:
    with pytest.raises(InputError) as error:
        secure_packets(run, listing(f"{FILE},Ann", head=head), tmp_path / "send")
    assert [found for __, found in read_problems(error)] == [rule]


def test_lists_as_spreadsheets_save_them_are_read(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    who = listing(f"{FILE};Ann;x;", "; ; ;", head="file;recipient;kind;password", ending="\r\n")
    assert secure_packets(run, who, tmp_path / "send").n_copies == 1


def test_an_empty_list_and_one_that_is_no_text_are_refused(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no recipient"):
        secure_packets(run, listing(), tmp_path / "send")
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        secure_packets(run, bad, tmp_path / "send")
    with pytest.raises(InputError, match="is not there"):
        secure_packets(run, tmp_path / "none.csv", tmp_path / "send")


def test_a_packet_or_a_list_that_was_touched_is_not_sent(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    who = listing(f"{FILE},Ann,")
    path = run / FILE
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match=r"manager-1\.pdf is not the one"):
        secure_packets(run, who, tmp_path / "send")
    path.unlink()
    with pytest.raises(IntegrityError, match="is gone"):
        secure_packets(run, who, tmp_path / "send")
    index = run / "packets" / "index.csv"
    index.write_bytes(index.read_bytes().replace(b"Ann", b"Bob"))
    with pytest.raises(IntegrityError, match=r"index\.csv is not the one"):
        secure_packets(run, who, tmp_path / "send")
    with pytest.raises(RunError, match="is no finished run"):
        secure_packets(tmp_path, who, tmp_path / "send")


def test_copies_never_stand_in_the_run_nor_on_top_of_files(
    run: Path, listing: Callable[..., Path], tmp_path: Path
) -> None:
    who = listing(f"{FILE},Ann,")
    for inside in (run, run / "send", run.parent, run.parent / "send"):
        with pytest.raises(DiskError, match="lies among the runs"):
            secure_packets(run, who, inside)
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DiskError, match="is not empty"):
        secure_packets(run, who, full)
    assert [path.name for path in full.iterdir()] == ["mine.txt"]


def test_without_the_extra_it_says_what_to_install(
    run: Path, listing: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pikepdf", None)
    with pytest.raises(MachineError, match=r"review-calibrate\[secure\]"):
        secure_packets(run, listing(f"{FILE},Ann,"), tmp_path / "send")


def test_the_command_says_where_copies_and_passwords_are(
    run: Path, listing: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who, out = listing(f"{FILE},Ann,"), tmp_path / "send"
    assert run_command(["secure", str(run), "--recipients", str(who), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert f"{out}  (1 copy;" in said
    assert "passwords.csv" in said
    (told,) = pd.read_csv(out / "passwords.csv").to_dict("records")
    assert told["password"] not in said
    again = ["secure", str(run), "--recipients", str(who), "--out", str(tmp_path / "b"), "--json"]
    assert run_command(again) == 0
    assert json.loads(capsys.readouterr().out)["copies"] == 1


def test_passwords_that_are_made_differ_and_are_easy_to_read_out() -> None:
    made = {make_password() for __ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01ilo")
