"""What is wrong with a logo."""

from __future__ import annotations


class LogoError(ValueError):
    """``rule`` names the fault, ``what`` says it, ``fix`` how to mend it."""

    def __init__(self, rule: str, what: str, fix: str) -> None:
        super().__init__(f"{what}; {fix}")
        self.rule, self.what, self.fix = rule, what, fix
