"""A packet behind a password: AES-256, tags and bookmarks as they were."""

from __future__ import annotations

import secrets
from io import BytesIO

import pikepdf

#: No letter or digit that looks like another one: 32 of them, 5 bits each.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _LENGTH = 5, 5


def make_password() -> str:
    """Draw a password of 125 bits that can be read out on the telephone.

    Examples
    --------
    >>> [len(group) for group in make_password().split("-")]
    [5, 5, 5, 5, 5]
    """
    return "-".join(
        "".join(secrets.choice(_ALPHABET) for __ in range(_LENGTH)) for __ in range(_GROUPS)
    )


def encrypt_packet(content: bytes, password: str) -> bytes:
    """Give the same document encrypted with AES-256; title and tags are encrypted with it.

    Printing and reading aloud stay allowed; changing and copying out do not. Nobody keeps
    the owner's password, so that no second key exists.

    Parameters
    ----------
    content
        A packet as the run wrote it.
    password
        Opens the copy; plain ASCII, 127 characters at most.
    """
    allowed = pikepdf.Permissions(
        accessibility=True, print_lowres=True, print_highres=True, extract=False,
        modify_annotation=False, modify_assembly=False, modify_form=False, modify_other=False,
    )  # fmt: skip
    key = pikepdf.Encryption(
        user=password, owner=secrets.token_urlsafe(32), R=6, allow=allowed, aes=True, metadata=True
    )
    copy = BytesIO()
    with pikepdf.open(BytesIO(content)) as packet:
        packet.save(copy, encryption=key)
    return copy.getvalue()
