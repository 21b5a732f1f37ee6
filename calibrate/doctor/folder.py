"""Judgements about the folders a run writes to; nothing is read here."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from calibrate.doctor.check import Check, say_bytes

#: File systems on other computers. Locks and databases cannot be trusted there.
NETWORK: Final = frozenset(
    {
        "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.davfs2",
        "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "glusterfs", "lustre",
        "ncpfs", "nfs", "nfs4", "prl_fs", "smb", "smb2", "smb3", "smbfs", "vboxsf", "webdav",
    }
)  # fmt: skip

#: Bytes written per byte read: 16 to 19 for the sample company, nearly all of them packets.
OUT_PER_INPUT: Final = 20
_LEAST_SPACE: Final = 50_000_000
_ABILITIES: Final = {
    "write": "you may not write here",
    "rename": "a folder cannot be renamed here",
    "link": "links cannot be made here",
    "lock": "files cannot be locked here",
}


def find_file_system(mounts: str, folder: str) -> str:
    """Return the type of file system that holds a folder; "" if it is not told.

    Parameters
    ----------
    mounts
        The text of ``/proc/mounts``, or what ``mount`` prints on macOS.
    folder
        Absolute path without links.

    Examples
    --------
    >>> table = "/dev/sda1 / ext4 rw 0 0\\nhr:/x /mnt/hr\\\\040files nfs4 rw 0 0"
    >>> find_file_system(table, "/mnt/hr files/out"), find_file_system(table, "/mnt/hr")
    ('nfs4', 'ext4')
    """
    best, found = -1, ""
    for line in mounts.splitlines():
        place, kind = _parse_mount(line)
        is_above = folder == place or folder.startswith(place.rstrip("/") + "/")
        # Later mounts hide earlier ones of the same place.
        if place and is_above and len(place) >= best:
            best, found = len(place), kind
    return found


def _parse_mount(line: str) -> tuple[str, str]:
    macos = re.match(r".* on (/.*) \(([^,)]+)", line)
    if macos:
        return macos[1], macos[2]
    words = line.split(" ")
    if len(words) < 3:
        return "", ""
    place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), words[1])
    return place, words[2]


def check_drive(kind: str) -> Check:
    """A network drive may lose locks, and a database on it may break."""
    if kind in NETWORK:
        found = f"{kind}, a network drive: locks and databases are not safe there"
        return Check("drive", "look", found, "choose --out on a disk of this machine")
    return Check("drive", "ok", kind or "its kind is not told here")


def check_abilities(lacking: Collection[str]) -> Check:
    """A run is written beside, locked, renamed and linked; each was tried.

    Parameters
    ----------
    lacking
        Of ``write``, ``rename``, ``link``, ``lock``: what did not work.
    """
    wrong = [said for ability, said in _ABILITIES.items() if ability in lacking]
    if not wrong:
        return Check("output folder", "ok", "writing, renaming, linking and locking work")
    # Where nothing can be written, nothing else could be tried.
    found = wrong[0] if "write" in lacking else "; ".join(wrong)
    return Check("output folder", "fail", found, "choose another --out")


def check_space(free: int | None, input_bytes: int) -> Check:
    """Compare free space with what a run of this size writes.

    Parameters
    ----------
    free
        Bytes; ``None`` if it is not told.
    input_bytes
        Size of all input files; 0 without a cycle.
    """
    needed = _LEAST_SPACE + OUT_PER_INPUT * input_bytes
    if free is None:
        return Check("disk", "look", "free space is not told here", "look for yourself")
    found = f"{say_bytes(free)} free, a run takes about {say_bytes(needed)}"
    if free < needed:
        return Check("disk", "fail", found, "free some space or choose another --out")
    if free < 3 * needed:
        return Check("disk", "look", f"{found}: room for few runs", "free some space soon")
    return Check("disk", "ok", found)


def check_temporary(folder: str, free: int | None, text_bytes: int) -> Check:
    """Large text files are staged in the temporary folder.

    Parameters
    ----------
    folder
        Where it is; "" if none can be written.
    free
        Bytes; ``None`` if it is not told.
    text_bytes
        Size of all text files of the cycle.
    """
    fix = "export TMPDIR=/path/of/a/folder/with/room"
    if not folder:
        return Check("temporary files", "fail", "no temporary folder can be written", fix)
    if free is None:
        return Check("temporary files", "ok", folder)
    found = f"{say_bytes(free)} free in {folder}"
    if free < text_bytes:
        found += f", up to {say_bytes(text_bytes)} needed"
        return Check("temporary files", "fail", found, fix)
    return Check("temporary files", "ok", found)
