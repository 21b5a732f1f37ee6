"""A signature that says who made a copy, and that nothing was changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from calibrate.errors import InputError, Problem
from calibrate.secure.recipients import UNDONE

#: The variable that holds the passphrase of the certificate's file.
PASSPHRASE = "CALIBRATE_SIGN_PASSPHRASE"
_FIELD = "Signature"


@dataclass(frozen=True)
class Signature:
    """Key and certificate of who signs."""

    name: str
    signer: signers.Signer = field(repr=False)


def read_signature(path: Path, variables: Mapping[str, str]) -> Signature:
    """Open a PKCS#12 file with the passphrase of the environment.

    Raises
    ------
    InputError
        If the file cannot be opened, holds no key, or its certificate is not valid today.
    """

    def refuse(what: str, fix: str) -> InputError:
        problem = Problem(path.name, None, "", "signature_file", what, fix, whole=True)
        return InputError([problem], UNDONE)

    try:
        content = path.read_bytes()
    except OSError as error:
        raise refuse(f"cannot be read ({error.strerror})", "name a PKCS#12 file") from error
    passphrase = variables[PASSPHRASE].encode() if PASSPHRASE in variables else None
    try:
        key, certificate, __ = pkcs12.load_key_and_certificates(content, passphrase)
        if key is None or certificate is None:
            raise refuse("holds no key with its certificate", "export both from your store")
        signer = signers.SimpleSigner.load_pkcs12_data(content, [], passphrase)
    except (ValueError, TypeError) as error:
        raise refuse(
            "cannot be opened as PKCS#12 (.p12, .pfx)",
            f"check the file, and its passphrase in the variable {PASSPHRASE}",
        ) from error
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not first <= datetime.now(UTC) <= last:
        raise refuse(
            f"its certificate is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d}, not today",
            "use one that is",
        )
    return Signature(signer.subject_name or path.name, signer)


def sign_copy(content: bytes, password: str, signature: Signature) -> bytes:
    """Add an invisible PAdES-B signature that allows no change, without any network.

    Parameters
    ----------
    content
        An encrypted copy; the signature comes last, over all its bytes.
    password
        Opens the copy.
    """
    writer = IncrementalPdfFileWriter(BytesIO(content))
    writer.encrypt(password)
    place = fields.SigFieldSpec(
        _FIELD,
        readable_field_name=_FIELD,
        # Hidden: an annotation that can be reached would need a tag in PDF/UA.
        invis_sig_settings=fields.InvisSigSettings(set_hidden_flag=True),
    )
    meta = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        name=signature.name,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    signed = BytesIO()
    signers.sign_pdf(writer, meta, signature.signer, new_field_spec=place, output=signed)
    return signed.getvalue()
