"""Distinct texts of a column over all chunks; each is understood once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pandera.pandas as pa

from calibrate.errors import Problem
from calibrate.ingest.contracts import Contract, check_contract
from calibrate.ingest.values import IntArray


class Vocabulary:
    """The texts of one column in order of first appearance, and what was found out about each.

    Parameters
    ----------
    column
        Our name of the column.
    contract
        Rules for its texts.

    Examples
    --------
    >>> words = Vocabulary("source")
    >>> words.encode(pd.Categorical(["peer", "self", "peer"])).tolist()
    [0, 1, 0]
    >>> words.encode(pd.Categorical(["self", "other"])).tolist(), words.texts
    ([1, 2], ['peer', 'self', 'other'])
    """

    def __init__(self, column: str, contract: Contract | None = None) -> None:
        self.column = column
        self.texts: list[str] = []
        self._code: dict[str, int] = {}
        self._facts: dict[str, IntArray] = {}
        self._faults: dict[int, list[Problem]] = {}
        self._contract = _single_out(contract, column)

    def encode(self, column: pd.Categorical) -> IntArray:
        """Return the code of each row's text; new texts get the next codes."""
        texts = column.categories.tolist()
        known = list(map(self._code.get, texts))
        if None in known:
            n_before = len(self.texts)
            new = [text for text, code in zip(texts, known, strict=True) if code is None]
            self._code.update(zip(new, range(n_before, n_before + len(new)), strict=True))
            self.texts += new
            self._check(n_before)
            known = list(map(self._code.get, texts))
        if not known:
            return np.empty(0, dtype=np.int64)
        per_row: IntArray = np.array(known, dtype=np.int64)[column.codes]
        return per_row

    def find(self, fact: str, look_up: Callable[[str], int]) -> IntArray:
        """Return a number for each text, looked up once; ``fact`` names what it says."""
        known = self._facts.get(fact, np.empty(0, dtype=np.int64))
        if len(known) < len(self.texts):
            new = self.texts[len(known) :]
            found = np.fromiter(map(look_up, new), np.int64, len(new))
            known = self._facts[fact] = np.concatenate([known, found])
        return known

    def faults(self, codes: IntArray) -> Iterator[tuple[int, Problem]]:
        """Yield the position of each row whose text breaks a rule, and the broken rule."""
        if not self._faults:
            return
        is_bad = np.zeros(len(self.texts), dtype=bool)
        is_bad[list(self._faults)] = True
        for at in np.flatnonzero(is_bad[codes]).tolist():
            for fault in self._faults[int(codes[at])]:
                yield at, fault

    def _check(self, start: int) -> None:
        if self._contract is None:
            return
        new = pd.Categorical.from_codes(
            np.arange(len(self.texts) - start),
            categories=pd.Index(self.texts[start:], dtype=object),
        )
        frame = pd.DataFrame({self.column: new})
        for problem in check_contract(frame, self._contract, lambda index: ("", index)):
            self._faults.setdefault(start + (problem.row or 0), []).append(problem)


def _single_out(contract: Contract | None, column: str) -> Contract | None:
    if contract is None or column not in contract.schema.columns:
        return None
    rules = pa.DataFrameSchema({column: contract.schema.columns[column]})
    return Contract(rules, contract.known)
