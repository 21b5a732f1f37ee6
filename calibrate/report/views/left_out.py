"""Rows that were left out, counted by the rule that they break."""

from __future__ import annotations

from calibrate.language import N_, _
from calibrate.report.document import Fact
from calibrate.report.material import Material
from calibrate.report.words import say_code, write_count

#: Rules that can leave a row out; one that is missing here is named by its code.
RULE_WORDS = {
    "blank_id": N_("blank id"),
    "blank_text": N_("blank text"),
    "control_character": N_("control character"),
    "criterion_not_in_rubric": N_("criterion not in rubric"),
    "date_order": N_("date order"),
    "decimal_point": N_("decimal point"),
    "digits_lost": N_("digits lost"),
    "duplicate_id": N_("duplicate id"),
    "duplicate_row": N_("duplicate row"),
    "error_value": N_("error value"),
    "id_spelling": N_("id spelling"),
    "manager_contradiction": N_("manager contradiction"),
    "manager_loop": N_("manager loop"),
    "mark_off_step": N_("mark off step"),
    "mark_out_of_scale": N_("mark out of scale"),
    "no_rubric": N_("no rubric"),
    "no_share_left": N_("no share left"),
    "not_a_date": N_("not a date"),
    "not_a_mark": N_("not a mark"),
    "not_a_number": N_("not a number"),
    "not_in_cycle": N_("not in cycle"),
    "not_the_manager": N_("not the manager"),
    "not_yes_or_no": N_("not yes or no"),
    "outside_cycle": N_("outside cycle"),
    "overlapping_assignment": N_("overlapping assignment"),
    "own_manager": N_("own manager"),
    "parent_loop": N_("parent loop"),
    "person_without_employee": N_("person without employee"),
    "ragged_row": N_("ragged row"),
    "self_by_another": N_("self by another"),
    "self_under_other_source": N_("self under other source"),
    "several_line_managers": N_("several line managers"),
    "share_range": N_("share range"),
    "share_sum": N_("share sum"),
    "source_not_declared": N_("source not declared"),
    "surrounding_space": N_("surrounding space"),
    "unknown_band": N_("unknown band"),
    "unknown_criterion": N_("unknown criterion"),
    "unknown_employee": N_("unknown employee"),
    "unknown_kind": N_("unknown kind"),
    "unknown_outcome": N_("unknown outcome"),
    "unknown_parent": N_("unknown parent"),
    "unknown_source": N_("unknown source"),
}


def count_left_out(material: Material) -> tuple[Fact, ...]:
    """How many rows each rule left out, by the name of the rule."""
    problems = material.tables["problems"]
    counts = problems.loc[problems["level"] == "error", "rule"].value_counts(sort=False)
    return tuple(
        Fact(_say_rule(str(rule)), write_count(int(n))) for rule, n in counts.sort_index().items()
    )


def _say_rule(rule: str) -> str:
    return _(RULE_WORDS[rule]) if rule in RULE_WORDS else say_code(rule)
