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
            "core": "fonts-noto-core",
            "cjk": "fonts-noto-cjk",
            "emoji": "fonts-noto-color-emoji",
        },
        "dnf": {
            "pango": "pango",
            "subset": "harfbuzz",
            "core": "google-noto-fonts-all",
            "cjk": "google-noto-sans-cjk-fonts",
            "emoji": "google-noto-color-emoji-fonts",
        },
        "brew": {
            "pango": "pango",
            "subset": "harfbuzz",
            # One cask for each script; macOS itself has letters for most.
            "core": "font-noto-sans-arabic font-noto-sans-hebrew font-noto-sans-devanagari "
            "font-noto-sans-thai",
            "cjk": "font-noto-sans-cjk",
            "emoji": "font-noto-color-emoji",
        },
    }
)
_ELSE: Final = MappingProxyType(
    {
        "pango": "install Pango 1.44 or newer",
        "subset": "install the library harfbuzz-subset",
        "core": "install the Noto fonts of these scripts",
        "cjk": "install Noto Sans CJK",
        "emoji": "install Noto Color Emoji",
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
    >>> say_install("pango", "brew"), say_install("pango", "")
    ('brew install pango', 'install Pango 1.44 or newer')
    >>> say_install("core cjk", "apt-get")
    'sudo apt-get install fonts-noto-core fonts-noto-cjk'
    """
    wanted = what.split()
    if installer not in _PACKAGES:
        return "; ".join(_ELSE[one] for one in wanted)
    as_root = "" if installer == "brew" else "sudo "
    packages = " ".join(_PACKAGES[installer][one] for one in wanted)
    return f"{as_root}{installer} install {packages}"


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
