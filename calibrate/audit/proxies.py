"""Can the other columns tell the group? Then a rule on such a column may act on the group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.special import ndtr
from threadpoolctl import threadpool_limits

from calibrate.audit.attributes import NOT_STATED
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.comments import measure_comments
from calibrate.audit.origins.lines import Pair, code_sources, list_pairs, list_records
from calibrate.audit.origins.slices import SLICE_WORDS, SLICES
from calibrate.bands.guideline import false_discovery_rate
from calibrate.config import SOURCE_WORDS
from calibrate.language import N_, _
from calibrate.language.figures import write_figure
from calibrate.tables import PROXIES

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

#: People of both groups at most; more change the second decimal of the score no longer.
SAMPLE = 2_000
DEALS = 499
FOLDS = 5
#: Two people of each side in each of two folds.
FEWEST = 4
#: Ridge penalty on columns of 0 and 1: as much as this many people of the mean.
PENALTY = 10.0
#: Numbers are cut into this many parts of equal size.
PARTS = 5
TOGETHER = "all"
ALPHA = 0.05
#: A score that matters: of ten pairs six are put right.
PROXY_SCORE = 0.6


def build_proxies(inquiry: Inquiry) -> pd.DataFrame:
    """Score every column, and all together, by how well they tell each group from its reference.

    Returns
    -------
    frame as :data:`calibrate.tables.PROXIES`
    """
    features = list_features(inquiry)
    if not features:
        return PROXIES.empty()
    rows = [
        row
        for __, pair in list_pairs(inquiry)
        for row in _score_pair(pair.narrow(inquiry.population.rated), features, inquiry)
    ]
    if not rows:
        return PROXIES.empty()
    table = pd.DataFrame(rows)
    for inside in table.groupby("attribute", sort=False).indices.values():
        at = table.index[inside]
        table.loc[at, "q_value"] = false_discovery_rate(table.loc[at, "p_value"].to_numpy(float))
    return table


FEATURE_WORDS = {
    TOGETHER: N_("All columns together"),
    "n_forms": N_("Number of forms"),
    **SLICE_WORDS,
    "comments: length": N_("Words in a comment"),
    "comments: says what to do": N_("Comments that say what to do"),
    "comments: words on the person's nature": N_("Words of comments on what the person is like"),
}


def list_features(inquiry: Inquiry) -> dict[str, IntArray]:
    """Columns of the employees and habits of their reviews, each as (I,) codes."""
    background = inquiry.background
    if background is None:
        return {}
    features = {
        name: _encode(background.strata[name]) for name in SLICES if name in background.strata
    }
    n_people = len(inquiry.population.employee_ids)
    forms = background.forms
    numbers: dict[str, FloatArray] = {"n_forms": background.n_forms.astype(np.float64)}
    n_all = np.maximum(1, np.bincount(forms.employee, minlength=n_people))
    sources, source_of = code_sources(forms)
    for code, source in enumerate(sources):
        own = np.bincount(forms.employee[source_of == code], minlength=n_people)
        numbers[f"share of {source} forms"] = own / n_all
    numbers |= {
        f"comments: {item}": values for (item, __), values in measure_comments(inquiry).items()
    }
    features |= {name: cut_number(values) for name, values in numbers.items()}
    return {name: code for name, code in features.items() if int(code.max(initial=0)) > 0}


def _encode(texts: tuple[str, ...]) -> IntArray:
    return np.unique(np.array(texts, dtype=object).astype(str), return_inverse=True)[1].astype(
        np.int64
    )


def cut_number(values: FloatArray) -> IntArray:
    """Cut a number into five parts of about equal size; equal values stay together.

    Examples
    --------
    >>> cut_number(np.array([1.0, 2, 3, 4, 5, np.nan])).tolist()
    [0, 1, 2, 3, 4, 5]
    """
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.arange(1, PARTS) / PARTS)) if len(known) else known
    part = np.searchsorted(edges, values, side="left")
    part = np.where(np.isnan(values), len(edges) + 1, part)
    return np.unique(part, return_inverse=True)[1].astype(np.int64)


def _score_pair(
    pair: Pair, features: Mapping[str, IntArray], inquiry: Inquiry
) -> Iterator[dict[str, object]]:
    names = [TOGETHER, *features]
    small = pair.is_small or min(pair.n, pair.n_reference) < FEWEST
    start: dict[str, object] = {
        "attribute": pair.attribute, "group": pair.group, "reference": pair.reference,
        "n": None if pair.is_small else pair.n,
        "n_reference": None if pair.is_small else pair.n_reference,
        "suppressed": pair.is_small,
    }  # fmt: skip
    nothing = dict.fromkeys(("score", "baseline", "baseline_high", "p_value", "q_value"), np.nan)
    if small:
        yield from (start | nothing | {"feature": name, "n_used": None} for name in names)
        return
    # By a person of the group, not by its place among the names: another name deals the same.
    first = int(np.flatnonzero(pair.is_group)[0])
    rng = np.random.default_rng([inquiry.settings.seed, 54, first])
    people, fold = draw_sample(pair, rng)
    deals = deal_groups(pair.is_group[people], fold, rng)
    for name in names:
        areas = (
            score_together([code[people] for code in features.values()], fold, deals)
            if name == TOGETHER
            else score_column(features[name][people], fold, deals)
        )
        score, dealt = float(areas[0]), areas[1:]
        yield start | nothing | {
            "feature": name, "n_used": len(people), "score": score,
            "baseline": float(dealt.mean()), "baseline_high": float(np.quantile(dealt, 0.95)),
            "p_value": judge_score(score, dealt),
        }  # fmt: skip


def judge_score(score: float, dealt: FloatArray) -> float:
    r"""Share of random deals that score as high; of a score above all of them, the normal tail.

    .. math:: p = \frac{1 + \#\{d : a_d \ge a\}}{1 + D}, \quad\text{above every } a_d:\;
              p = \min\Bigl( \frac{1}{1 + D},\; \Phi\bigl(-(a - \bar a_d) / s_d\bigr) \Bigr)

    With 499 deals alone p is never below 0.002, which no correction for some
    fifty columns and groups would let through. Scores of deals reach less far
    above their mean than a normal law has it, so that the tail is not too small.

    Parameters
    ----------
    score
        Of the groups as they are.
    dealt : (D,)
        Of the deals.

    Examples
    --------
    >>> dealt = np.linspace(0.4, 0.6, 499)
    >>> judge_score(0.5, dealt), judge_score(1.0, dealt) < 1e-15
    (0.502, True)
    """
    n_above = int((dealt >= score - 1e-12).sum())
    p_value = (1 + n_above) / (1 + len(dealt))
    spread = float(dealt.std(ddof=1))
    if n_above or not spread > 0:
        return p_value
    return min(p_value, float(ndtr((float(dealt.mean()) - score) / spread)))


def draw_sample(pair: Pair, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """At most 2,000 people of both groups, half and half where there are enough, and their fold.

    Folds hold both groups in equal parts.
    """
    sides = [rng.permutation(np.flatnonzero(side)) for side in (pair.is_group, pair.is_reference)]
    half = SAMPLE // 2
    room = [max(half, SAMPLE - len(sides[1])), max(half, SAMPLE - len(sides[0]))]
    sides = [side[:most] for side, most in zip(sides, room, strict=True)]
    n_folds = max(2, min(FOLDS, min(len(side) for side in sides) // 2))
    fold = np.concatenate([np.arange(len(side)) % n_folds for side in sides])
    people = np.concatenate(sides)
    order = np.lexsort([rng.permutation(len(people)), fold])
    return people[order], fold[order].astype(np.int64)


def deal_groups(
    is_group: npt.NDArray[np.bool_], fold: IntArray, rng: np.random.Generator
) -> FloatArray:
    """The groups as they are, then 499 times dealt out at random within each fold.

    Parameters
    ----------
    is_group, fold : (P,)
        Sorted by fold.

    Returns
    -------
    (P, 500) of 1 and 0
    """
    dealt = np.repeat(is_group.astype(np.float64)[:, None], DEALS + 1, axis=1)
    for number in range(int(fold.max()) + 1):
        inside = np.flatnonzero(fold == number)
        dealt[inside, 1:] = rng.permuted(dealt[inside, 1:], axis=0)
    return np.asarray(dealt)


def score_column(code: IntArray, fold: IntArray, deals: FloatArray) -> FloatArray:
    r"""Area under the curve of one column, on people it has not learned from.

    A value c of the column is ranked by the shrunken surplus of the group among
    the people of the other folds; the areas of the folds are averaged.

    .. math:: s_c = \frac{\sum_{i \in c} (y_i - \bar y)}{n_c + \lambda}

    Parameters
    ----------
    code, fold : (P,)
    deals : (P, D) of 1 and 0
        The groups, and the random deals.

    Returns
    -------
    (D,) areas, 0 to 1

    Examples
    --------
    A column that is the group:

    >>> groups = np.array([1, 1, 0, 0] * 4)
    >>> score_column(groups, np.repeat([0, 1], 8), groups[:, None].astype(float)).tolist()
    [1.0]
    """
    n_values, n_folds = int(code.max()) + 1, int(fold.max()) + 1
    cell = fold * n_values + code
    members = sparse.csr_matrix(
        (np.ones(len(cell)), (cell, np.arange(len(cell)))), shape=(n_folds * n_values, len(cell))
    )
    counted = np.asarray(members @ deals).reshape(n_folds, n_values, -1)
    people = np.bincount(cell, minlength=n_folds * n_values).reshape(n_folds, n_values, 1)
    learned, seen = counted.sum(axis=0) - counted, people.sum(axis=0) - people
    rate = learned.sum(axis=1, keepdims=True) / seen.sum(axis=1, keepdims=True)
    surplus = (learned - seen * rate) / (seen + PENALTY)
    order = np.argsort(np.round(surplus, 9), axis=1, kind="stable")
    n1 = np.take_along_axis(counted, order, axis=1)
    n0 = np.take_along_axis(people - counted, order, axis=1)
    below = np.cumsum(n0, axis=1) - n0 / 2
    areas = (n1 * below).sum(axis=1) / (n1.sum(axis=1) * n0.sum(axis=1))
    return np.asarray(areas.mean(axis=0))


def score_together(codes: Sequence[IntArray], fold: IntArray, deals: FloatArray) -> FloatArray:
    """Area under the curve of a ridge regression on all columns, on people not learned from.

    Every value of every column becomes a 0/1 variable; one factorisation a fold
    serves the groups and all random deals. As :func:`score_column` otherwise.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12; Ojala and Garriga (2010), Journal
    of Machine Learning Research 11.
    """
    from sklearn.linear_model import Ridge

    x = np.hstack([np.eye(int(code.max()) + 1)[code] for code in codes])
    n_folds = int(fold.max()) + 1
    areas = np.zeros(deals.shape[1])
    # One thread: sums in another order could turn two people round.
    with threadpool_limits(1):
        for number in range(n_folds):
            test = fold == number
            model = Ridge(alpha=PENALTY, solver="cholesky").fit(x[~test], deals[~test])
            ranked = np.asarray(model.predict(x[test])).reshape(int(test.sum()), -1)
            areas += measure_area(ranked, deals[test]) / n_folds
    return areas


def measure_area(ranked: FloatArray, is_group: FloatArray) -> FloatArray:
    """How often somebody of the group is ranked above somebody of the reference.

    Parameters
    ----------
    ranked, is_group : (P, D)
        In an order drawn at random, which settles ties.

    Returns
    -------
    (D,) shares, 0 to 1

    Examples
    --------
    >>> measure_area(np.array([[1.0], [2.0], [3.0]]), np.array([[0.0], [1.0], [0.0]])).tolist()
    [0.5]
    """
    order = np.argsort(np.round(ranked.T, 9), axis=1, kind="stable")
    own = np.take_along_axis(np.ascontiguousarray(is_group.T), order, axis=1)
    n1 = own.sum(axis=1)
    n0 = own.shape[1] - n1
    ranks = own @ np.arange(1.0, own.shape[1] + 1)
    return np.asarray((ranks - n1 * (n1 + 1) / 2) / (n1 * n0))


def find_proxies(inquiry: Inquiry, table: pd.DataFrame) -> list[dict[str, str]]:
    """Note each group that the columns tell apart: at least 0.6 where a coin has 0.5."""
    found = []
    is_told = (table["q_value"] < ALPHA) & (table["score"] >= PROXY_SCORE)
    for (attribute, group), rows in table[is_told].groupby(["attribute", "group"], sort=True):
        best = list_records(rows.sort_values("score", ascending=False, kind="stable"))
        if group == NOT_STATED:
            continue
        named = ", ".join(
            f"{say_feature(row['feature'])} ({write_figure(row['score'], 2)})" for row in best[:4]
        )
        found.append(
            {
                "finding_id": f"proxy:{attribute}:{group}",
                "kind": "origin",
                "scope": "group",
                "scope_id": f"{attribute}: {group}",
                "level": "note",
                "headline": _(
                    "{attribute}: other columns tell the group '{group}' from '{reference}'. A "
                    "rule on such a column may act on the group.",
                    attribute=str(attribute), group=str(group), reference=best[0]["reference"],
                ),
                "evidence": _(
                    "Told apart by: {columns}. A coin has {half}; with groups dealt out at random "
                    "95 of 100 scores lie below {bound}.",
                    columns=named, half=write_figure(0.5, 2),
                    bound=write_figure(best[0]["baseline_high"], 2),
                ),
            }
        )  # fmt: skip
    return found


def say_feature(feature: str) -> str:
    """Name a column or a habit of the reviews.

    Examples
    --------
    >>> say_feature("job_family"), say_feature("share of peer forms")
    ('Job family', 'Share of forms: Peers')
    """
    if feature in FEATURE_WORDS:
        return _(FEATURE_WORDS[feature])
    source = feature.removeprefix("share of ").removesuffix(" forms")
    return _("Share of forms: {source}", source=_(SOURCE_WORDS[source]))


def note_proxies(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say where a sample was used."""
    if not len(table) or not (table["n_used"] < table["n"] + table["n_reference"]).any():
        return []
    return [
        _(
            "Whether other columns tell a group was learned from a seeded sample of at most {n} "
            "people of each pair of groups.",
            n=int(table["n_used"].max()),
        )
    ]
