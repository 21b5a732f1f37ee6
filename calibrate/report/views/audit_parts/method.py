"""How every figure was computed, in words, and what limits all of them."""

from __future__ import annotations

from calibrate.language import N_, _
from calibrate.report.document import Column, Section, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material
from calibrate.report.views.sections import write_section

TITLE = N_("How it was computed")
LEAD = N_(
    "Each figure in words, and after whom. The formulas with every symbol "
    "are in the engine’s method page, docs/method.md."
)
LIMITS_TITLE = N_("Limits, and notes on these data")

#: Figure, how it is computed, after whom.
METHODS = (
    (
        N_("Score"),
        N_(
            "A mark becomes points from 0 to 100 along its scale. A form’s score is "
            "the weighted mean of its criteria, the raw score the weighted mean of "
            "the forms."
        ),
        "–",
    ),
    (
        N_("Severity"),
        N_(
            "Points of a form = level of its source + team + person − severity of "
            "the rater + rest, all estimated together. Only raters who marked the "
            "same people can be compared. It is assumed that severity does not "
            "depend on the team: a lenient team cannot be told from a good one."
        ),
        N_("Linear mixed model; Patterson and Thompson 1971"),
    ),
    (
        N_("Rate, ratio, impact ratio"),
        N_(
            "Rate: counted people over all people of the group. Ratio: over the "
            "reference’s rate. Impact ratio: over the highest rate that the rule "
            "pack admits. The reference is named before any figure is computed."
        ),
        "29 CFR 1607.4(D)",
    ),
    (
        N_("Interval of a rate"),
        N_("Exact below 160 people, by the score method from there on."),
        N_("Clopper and Pearson 1934; Wilson 1927"),
    ),
    (
        N_("Interval of a ratio"),
        N_(
            "All ratios that a test of them would not reject. People count as "
            "independent, here and for rates: where those of one manager are alike "
            "it is too narrow. p by manager and the stricter test are not."
        ),
        N_("Koopman 1984"),
    ),
    (
        N_("p"),
        N_(
            "Probability of counts at most as likely as these if the groups did not "
            "differ; equally likely ones count half. For means Welch’s test of two "
            "means."
        ),
        N_("Fisher 1935, Lancaster 1961; Welch 1947"),
    ),
    (
        N_("p by manager"),
        N_(
            "The same question when people of one manager go together: a regression "
            "on the group with standard errors by manager, corrected for few "
            "managers."
        ),
        N_("Bell and McCaffrey 2002; Pustejovsky and Tipton 2018"),
    ),
    (
        N_("Stricter test"),
        N_(
            "The same question with the spread there would be if the groups did not "
            "differ: a small group in few teams shows its own spread badly. A "
            "verdict needs its q (q_null_imposed), too."
        ),
        N_("Donner and Klar 2000; Rao and Scott 1992"),
    ),
    (
        N_("q"),
        N_(
            "The larger of both p-values, corrected for all comparisons of its "
            "family: of the lines with q up to 0.05, about 1 in 20 is chance."
        ),
        N_("Benjamini and Hochberg 1995"),
    ),
    (
        N_("Verdict"),
        N_(
            "“Beyond”: q of at most 0.05, also in the stricter test, and a ratio "
            "below 0.80 or above 1.25 (means: 0.2 standard deviations), compared as "
            "whole numbers. “Significant only”: q alone. “Within”: the whole "
            "interval inside the bounds. “Inconclusive”: all else."
        ),
        N_("Rule pack; Hedges 1981"),
    ),
    (
        N_("Finds"),
        N_(
            "The ratio nearest to 1 that a test finds in 8 of 10 cases, at 0.05 over "
            "the number of tests of the family; in the annex at 0.05. People count "
            "as independent: where those of one manager are alike it takes more "
            "(simulated audits)."
        ),
        N_("Fleiss, Levin and Paik 2003; Bonferroni"),
    ),
    (
        N_("z, short of, one person"),
        N_(
            "z: the gap in standard deviations, pooled. Short of: the group’s people "
            "times the reference’s rate, less those counted. One person: would one "
            "more or fewer put the ratio or p across a bound?"
        ),
        N_("Castaneda v. Partida 1977; 44 FR 11996"),
    ),
    (
        N_("Within managers"),
        N_(
            "The gap among people of the same manager, weighted by how many could be "
            "compared; what is left comes from groups working under different "
            "managers. Test over all managers together."
        ),
        N_("Mantel and Haenszel 1959; Mantel and Fleiss 1980"),
    ),
    (
        N_("Without one manager"),
        N_("The whole rule is applied again without the people of each manager."),
        "–",
    ),
    (
        N_("With controls"),
        N_(
            "Regression of the outcome on the group and the controls, with errors "
            "that hold when the spread differs. The plain gap is split into what "
            "goes with the controls and the rest."
        ),
        N_("MacKinnon and White 1985; Oaxaca 1973, Blinder 1973, Jann 2008"),
    ),
    (
        N_("Common odds ratio"),
        N_(
            "Odds of the group over odds of the reference, over all combinations of "
            "the controls; withheld where they differ between combinations."
        ),
        N_("Mantel and Haenszel 1959; Breslow and Day 1980, Tarone 1985"),
    ),
    (
        N_("Association of a control"),
        N_(
            "How far a control differs by group: 0 not at all, 1 it tells the group. "
            "Corrected for chance."
        ),
        N_("Cramer 1946; Bergsma 2013"),
    ),
    (
        N_("Equal shares"),
        N_(
            "Every score counts the same share of people, so that stages can be "
            "compared. By probability: each person counts by the probability of "
            "being above the cut."
        ),
        "–",
    ),
    (
        N_("Share of a gap kept"),
        N_(
            "The group is passed through the fit as if it were a gap: in all forms "
            "about the group (real), or in the forms of raters who mark more of it "
            "(made by raters)."
        ),
        N_("Linear mixed model; Henderson 1975"),
    ),
    (
        N_("Moves"),
        N_(
            "Mean change of band, group less reference. The groups are dealt out "
            "anew among the people of each manager."
        ),
        N_("Fisher 1935 (permutation)"),
    ),
    (
        N_("Given the total"),
        N_(
            "Gap on one criterion among people with the same total score. Classes: A "
            "negligible or chance, B moderate, C large."
        ),
        N_("Mantel 1963; Zwick and Thayer 1996; Dorans and Holland 1993"),
    ),
    (
        N_("Raters on their own group"),
        N_(
            "How much more raters give people of their own group, beside what other "
            "raters give the same."
        ),
        N_("Cameron, Gelbach and Miller 2011"),
    ),
    (N_("Same gap everywhere?"), N_("Test that the gap is equal in all places."), N_("Welch 1951")),
    (
        N_("Can columns tell the group"),
        N_(
            "How often a column puts somebody of the group before somebody of the "
            "reference, for people it has not learned from, beside random deals of "
            "the groups."
        ),
        N_("Ojala and Garriga 2010"),
    ),
    (
        N_("All groups at once"),
        N_(
            "Smallest over largest rate, largest less smallest, mean distance; "
            "interval from 2,000 draws of the counts, beside the same if all groups "
            "were alike."
        ),
        N_("Efron and Tibshirani 1993"),
    ),
    (
        N_("Distributions"),
        N_(
            "Each part of the company beside people at the same levels elsewhere: "
            "exact where people are counted, drawn anew where scores are compared."
        ),
        N_("Hypergeometric law; Besag and Clifford 1991"),
    ),
    (
        N_("Unknown groups"),
        N_(
            "Smallest and largest ratio over every way to give people who have not "
            "stated an attribute to a group."
        ),
        N_("Manski 2003"),
    ),
    (
        N_("Simulated audits"),
        N_(
            "The same audit with groups dealt out anew (false alarms) and with a "
            "planted gap (power)."
        ),
        "–",
    ),
    (
        N_("Withheld groups"),
        N_(
            "Below the smallest group every figure goes. What may be handed on is "
            "tried by linear programming: no hidden count may be worked out."
        ),
        N_("Fischetti and Salazar-Gonzalez 2001"),
    ),
)
LIMITS = (
    N_("A gap says that groups fare differently here. It does not say why, nor whose doing it is."),
    N_(
        "Strict raters of one group and weaker work of that group leave the same "
        "marks. No calculation on marks alone tells them apart."
    ),
    N_(
        "Only attributes in the attributes file are looked at, and only what the "
        "marks and bands of this cycle show: not pay, hiring or leaving."
    ),
    N_(
        "A gap smaller than a line “finds” is likely to stay unseen. A verdict "
        "other than “beyond” is no proof that there is no gap."
    ),
)
_METHODS = (
    Column(N_("Figure"), 34),
    Column(N_("How it is computed")),
    Column(N_("After whom"), 48),
)


def build_method(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Every figure in words, then what the data and the method cannot carry."""
    lines = [tuple(_(text) for text in line) for line in METHODS]
    grid = build_table(say_columns(_METHODS), lines, size="fine")
    said = (*(_(text) for text in LIMITS), *audit.notes, *material.notes)
    return (
        write_section(_(TITLE), _(LEAD), (), (grid,)),
        write_section(_(LIMITS_TITLE), "", said, is_listed=True),
    )
