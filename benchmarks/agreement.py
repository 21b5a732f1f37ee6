"""Outcomes of the engines as tables: cost, distance from ours, and which claims hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from document import table_of
from exchange import read_arrays

INSTEVAL = "InstEval"
POINTS = 25.0  # points of one mark on a scale of 1 to 5
OURS, PEERS = ("default", "two"), ("lme4", "gpboost", "statsmodels")
LABELS = {
    "default": "calibrate, model of a run",
    "two": "calibrate, two effects",
    "lme4": "lme4",
    "gpboost": "GPBoost",
    "statsmodels": "statsmodels",
}

#: R, lme4 1.1-31: lmer(y ~ 1 + (1|s) + (1|d), InstEval), in marks.
LME4 = {
    "sd rated": 0.5231968,
    "sd rater": 0.3259057,
    "sd residual": 1.1777859,
    "intercept": 3.2541583,
    "intercept se": 0.0183895,
    "REML criterion": 237783.880388,
}


@dataclass(frozen=True)
class Outcome:
    """What came of one engine on one network: facts and arrays in a folder, or why there are none.

    Parameters
    ----------
    failed
        Why there is no answer, empty if there is one.
    limit
        CPU seconds at which the fit was stopped, 0 if it was not.
    """

    facts: Mapping[str, str]
    folder: Path
    failed: str = ""
    limit: int = 0

    @property
    def seconds(self) -> float:
        return float(self.facts.get("seconds", "nan"))

    @property
    def mebibytes(self) -> float:
        return float(self.facts.get("mebibytes", "nan"))

    @property
    def variances(self) -> dict[str, float]:
        """Points squared by term."""
        terms = {k.partition(":")[2]: v for k, v in self.facts.items() if k.startswith("variance:")}
        return {term: float(value) for term, value in terms.items()}

    def arrays(self) -> dict[str, np.ndarray]:
        return read_arrays(self.folder)

    def network(self) -> dict[str, np.ndarray]:
        return read_arrays(self.folder.parent)


#: By network and engine.
Outcomes = Mapping[str, Mapping[str, Outcome]]


def tabulate_seconds(outcomes: Outcomes) -> str:
    rows = []
    for network, by_engine in outcomes.items():
        cells = [_cell(by_engine.get(engine), "seconds", ",.2f") for engine in LABELS]
        cells += [_ratio(by_engine, peer) for peer in PEERS[:2]]
        rows.append([network, _count_forms(by_engine), *cells])
    heads = ["employees", "forms", *LABELS.values(), "lme4 : ours", "GPBoost : ours"]
    return table_of(heads, rows)


def tabulate_memory(outcomes: Outcomes) -> str:
    rows = [
        [network, *(_cell(by_engine.get(engine), "mebibytes", ",.0f") for engine in LABELS)]
        for network, by_engine in outcomes.items()
    ]
    return table_of(["employees", *LABELS.values()], rows)


def _cell(outcome: Outcome | None, attribute: str, form: str) -> str:
    value = getattr(outcome, attribute) if outcome else np.nan
    if outcome and outcome.failed and attribute == "seconds":
        return outcome.failed
    return "–" if np.isnan(value) else format(value, form)


def _count_forms(by_engine: Mapping[str, Outcome]) -> str:
    return f"{len(next(iter(by_engine.values())).network()['points']):,}"


def _ratio(by_engine: Mapping[str, Outcome], peer: str) -> str:
    """CPU of a peer to that of our two-effect fit; at least the limit's where it was stopped."""
    ours, other = by_engine.get("two"), by_engine.get(peer)
    if ours is None or ours.failed or other is None:
        return "–"
    if other.limit:
        return f"> {other.limit / ours.seconds:,.0f}"
    return "–" if other.failed else f"{other.seconds / ours.seconds:,.1f}"


def tabulate_agreement(outcomes: Outcomes) -> str:
    rows = [
        [network, other.facts["version"], *_measure_gaps(ours, other)]
        for network, by_engine in outcomes.items()
        if (ours := by_engine.get("two")) is not None and not ours.failed
        for peer in PEERS
        if (other := by_engine.get(peer)) is not None and not other.failed
    ]
    heads = ["employees", "beside", "employees' effects", "raters' effects", "source means",
             "variances", "sd, relative"]  # fmt: skip
    return table_of(heads, rows)


def _measure_gaps(ours: Outcome, other: Outcome) -> list[str]:
    """Largest gaps of effects, means and variances in standard errors, and of sd in themselves."""
    mine, theirs = ours.variances, other.variances
    errors = variance_errors(ours.network(), mine)
    held, found = ours.arrays(), other.arrays()
    gaps = [np.max(np.abs(held[k] - found[k]) / held[f"{k}_se"]) for k in ("employee", "rater")]
    gaps.append(np.abs(held["source"] - found["source"]).max() / float(ours.facts["intercept_se"]))
    gaps.append(max(abs(mine[k] - theirs[k]) / errors[k] for k in errors))
    gaps.append(max(abs((mine[k] / theirs[k]) ** 0.5 - 1) for k in errors))
    return [f"{gap:.1e}" for gap in gaps]


def variance_errors(
    network: Mapping[str, np.ndarray], variance: Mapping[str, float]
) -> dict[str, float]:
    """Standard error of each variance were all else known: a floor, so that ratios are a ceiling.

    The information of a factor alone is half the sum of (n / (n v + residual))² over its levels.
    """
    residual = variance["residual"]
    errors = {"residual": residual * (2 / len(network["points"])) ** 0.5}
    for factor in ("employee", "rater"):
        n = np.bincount(network[factor])
        information = ((n / (n * variance[factor] + residual)) ** 2).sum() / 2
        errors[factor] = float(information**-0.5)
    return errors


def describe_insteval(ours: Outcome) -> dict[str, float]:
    """The figures lme4 publishes of InstEval, brought back from points to marks."""
    sd = {k: v**0.5 / POINTS for k, v in ours.variances.items()}
    df = len(ours.network()["points"]) - 1
    return {
        "sd rated": sd["employee"],
        "sd rater": sd["rater"],
        "sd residual": sd["residual"],
        "intercept": float(ours.arrays()["source"][0]) / POINTS + 1,
        "intercept se": float(ours.facts["intercept_se"]) / POINTS,
        "REML criterion": float(ours.facts["criterion"]) - 2 * df * np.log(POINTS),
    }


def tabulate_insteval(outcomes: Outcomes) -> str:
    ours = outcomes.get(INSTEVAL, {}).get("two")
    if ours is None or ours.failed:
        return "InstEval was not measured: `--insteval` names the folder of its ratings."
    rows = [
        [name, f"{value:.7f}", f"{LME4[name]:.7f}", f"{value / LME4[name] - 1:.1e}"]
        for name, value in describe_insteval(ours).items()
    ]
    return table_of(["InstEval, in marks", "calibrate", "lme4 1.1-31", "relative"], rows)


def judge_claims(outcomes: Outcomes) -> str:
    """Each claim with its figure; a figure that was not measured is no claim.

    A peer that was stopped counts with the seconds it had used: the ratio is at least that.
    """

    def cost(network: str, engine: str, attribute: str = "seconds") -> float:
        one = outcomes.get(network, {}).get(engine)
        if one is None or (one.failed and not one.limit):
            return np.nan
        return one.limit or getattr(one, attribute)

    ours = outcomes.get(INSTEVAL, {}).get("two")
    off = np.nan
    if ours is not None and not ours.failed:
        off = max(abs(value / LME4[name] - 1) for name, value in describe_insteval(ours).items())
    lme4 = cost("10,000", "lme4") / cost("10,000", "two")
    gpboost = cost("100,000", "gpboost") / cost("100,000", "two")
    growth = cost("1,000,000", "default") / cost("100,000", "default")
    held = max(cost("1,000,000", engine, "mebibytes") for engine in OURS)
    claims = [
        ("InstEval within 1e-4 of lme4, relative", off, off <= 1e-4, ".1e"),
        ("10,000: lme4 takes at least 500 times our CPU", lme4, lme4 >= 500, ",.0f"),
        ("100,000: GPBoost takes at least 30 times our CPU", gpboost, gpboost >= 30, ",.1f"),
        ("1,000,000: at most 12 times the CPU of 100,000", growth, growth <= 12, ".1f"),
        ("1,000,000: at most 2,048 MiB", held, held <= 2048, ",.0f"),
    ]
    rows = [
        [claim, "–", "not measured"]
        if np.isnan(figure)
        else [claim, format(figure, form), "yes" if is_held else "**no**"]
        for claim, figure, is_held, form in claims
    ]
    slow = outcomes.get("10,000", {}).get("lme4")
    if slow is not None and slow.limit and not np.isnan(lme4):
        rows[1][1] = f"> {rows[1][1]}"
    return table_of(["claim", "measured", "holds"], rows)


def report(outcomes: Outcomes, seed: int) -> str:
    """All tables, in Markdown."""
    versions = {
        one.facts["version"]
        for by_engine in outcomes.values()
        for one in by_engine.values()
        if "version" in one.facts
    }
    parts = [
        f"{' · '.join(sorted(versions))} · seed {seed}",
        judge_claims(outcomes),
        "CPU seconds, one thread; the ratios are to our two-effect fit:",
        tabulate_seconds(outcomes),
        "Most memory the whole process held, MiB:",
        tabulate_memory(outcomes),
        "Largest gap to our two-effect fit, in its standard errors (last column: in itself):",
        tabulate_agreement(outcomes),
        tabulate_insteval(outcomes),
    ]
    return "\n\n".join(parts)
