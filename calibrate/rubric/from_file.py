"""What a rubric and a strategy remember of the file they were read from."""

from __future__ import annotations

from pydantic import PrivateAttr

from calibrate.config.explain import Strict


class FromFile(Strict):
    """A YAML document; ``file`` is its name in the cycle, ``sha256`` that of its bytes."""

    _file: str = PrivateAttr(default="")
    _sha256: str = PrivateAttr(default="")

    @property
    def file(self) -> str:
        return self._file

    @property
    def sha256(self) -> str:
        return self._sha256
