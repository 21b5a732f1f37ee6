"""Writes forms.csv: 84 people in 12 units, each with two or three forms of every source.

Usage: python make_forms.py      numpy 2.x, PCG64, seed 20261122

Known are the variances: employee 64, unit 36, rater 49, employee × source 36, residual 25
(manager), 64 (peer), 121 (direct_report). Points are rounded to two decimals, so that R and Python
read the same numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SOURCES = ("manager", "peer", "direct_report")
N_FORMS, RESIDUAL, LEVEL = (2, 3, 2), (5.0, 8.0, 11.0), (48.0, 52.0, 55.0)
N_UNITS, SIZE, N_RATERS = 12, 7, 40


def main() -> None:
    rng = np.random.default_rng(20261122)
    n = N_UNITS * SIZE
    unit = np.repeat(np.arange(N_UNITS), SIZE)
    person = rng.normal(0, 6, N_UNITS)[unit] + rng.normal(0, 8, n)
    severity = rng.normal(0, 7, N_RATERS)
    both = rng.normal(0, 6, (n, len(SOURCES)))
    lines = ["employee,unit,rater,source,points"]
    for i in range(n):
        raters = iter(rng.permutation(N_RATERS))
        for s, source in enumerate(SOURCES):
            for _ in range(N_FORMS[s]):
                j = next(raters)
                noise = rng.normal(0, RESIDUAL[s])
                points = LEVEL[s] + person[i] + both[i, s] - severity[j] + noise
                lines.append(f"{i},{unit[i]},{j},{source},{np.clip(points, 0, 100):.2f}")
    path = Path(__file__).with_name("forms.csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
