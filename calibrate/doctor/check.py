"""One thing that was looked at: its state, and what to type to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

#: ok: as it should be. look: a run works, something is worse. fail: a run will not work.
State = Literal["ok", "look", "fail"]


@dataclass(frozen=True)
class Check:
    """What was found, in words, and how to mend it where it is not ``ok``."""

    name: str
    state: State
    found: str
    fix: str = ""


#: What to install, by the program that installs it.
_PACKAGES: Final = MappingProxyType(
    {
        "apt-get": {
            "pango": "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
            "subset": "libharfbuzz-subset0",
            "fonts": "fonts-noto-core fonts-noto-cjk fonts-noto-extra",
        },
        "dnf": {
            "pango": "pango",
            "subset": "harfbuzz",
            "fonts": "google-noto-fonts-all google-noto-sans-cjk-fonts",
        },
        "brew": {
            "pango": "pango",
            "subset": "harfbuzz",
            "fonts": "--cask font-noto-sans font-noto-sans-cjk",
        },
    }
)
_ELSE: Final = MappingProxyType(
    {
        "pango": "install Pango 1.44 or newer",
        "subset": "install the library harfbuzz-subset",
        "fonts": "install the Noto fonts",
    }
)
#: Programs that install system packages, the one to name first.
INSTALLERS: Final = tuple(_PACKAGES)


def say_install(what: str, installer: str) -> str:
    """Say what to type.

    Examples
    --------
    >>> say_install("subset", "apt-get")
    'sudo apt-get install libharfbuzz-subset0'
    >>> say_install("pango", "brew"), say_install("fonts", "")
    ('brew install pango', 'install the Noto fonts')
    """
    if installer not in _PACKAGES:
        return _ELSE[what]
    as_root = "" if installer == "brew" else "sudo "
    return f"{as_root}{installer} install {_PACKAGES[installer][what]}"


def say_bytes(size: int) -> str:
    """Write a size for people.

    Examples
    --------
    >>> say_bytes(512), say_bytes(3_400_000), say_bytes(76_891_000_000)
    ('1 MB', '3 MB', '76.9 GB')
    """
    if size >= 10**9:
        return f"{size / 10**9:,.1f} GB"
    return f"{max(1, round(size / 10**6))} MB"
