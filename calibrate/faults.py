"""What it means when a rule is broken, in words."""

from __future__ import annotations

from collections.abc import Mapping

_MEANINGS: Mapping[str, str] = {
    # files
    "missing_file": "a file is not where the cycle says",
    "unreadable_file": "a file cannot be opened",
    "empty_file": "a file is empty or has no column names",
    "no_rows": "a file has no row below its column names",
    "nothing_left": "no row of the ratings could be used",
    "same_name": "two files of different folders have one name",
    "binary_file": "a file is no text",
    "not_utf8": "a file is not written in UTF-8",
    "not_decodable": "a file is not written in the declared encoding",
    "csv_syntax": "a quote is never closed, or the delimiter is another",
    "ragged_row": "a row has more or fewer cells than there are column names",
    "columns_differ": "files of one table have different columns",
    # columns
    "wrong_delimiter": "the columns of a file are parted by another sign",
    "wrong_header": "a file has none of the columns that the cycle names",
    "unknown_column": "a column is neither known, mapped nor ignored",
    "missing_column": "a required column is missing",
    "mapped_column_missing": "a column that the cycle maps is not in the file",
    "ignored_column_missing": "a column that the cycle ignores is not in the file",
    "joined_column_missing": "a column that join puts together is not in the file",
    "left_out_column_missing": "a column that leave_out names is not in the file",
    "column_twice": "two columns are the same",
    "duplicate_column": "two columns are the same",
    "blank_column": "a column has no name",
    "no_criterion": "no column of a wide table is a criterion",
    "attribute_column": "a protected attribute stands outside the attributes file",
    "group_name": "the name of a group holds a *, which joins groups that are crossed",
    "column_not_there": "a setting needs a column that the employees do not have",
    # ids and people
    "blank_id": "an id is blank",
    "surrounding_space": "a text has blanks around it",
    "spaces": "a text has blanks around it",
    "control_character": "a text has a character that cannot be printed",
    "unknown_id": "an option names somebody who is not there",
    "idle_option": "an option chooses among packets that are not made",
    "duplicate_id": "an id stands twice",
    "duplicate": "an id stands twice",
    "id_spelling": "an id looks like another one and is stored with other characters",
    "duplicate_row": "two rows are about the same thing",
    "unknown_employee": "the person is not among the employees",
    "employee_left_out": "the person's own row among the employees is at fault; mend that one",
    "not_in_cycle": "the person is not in this cycle; the row is not used",
    "own_manager": "somebody is the own manager",
    "manager_loop": "managers manage each other in a circle",
    "not_the_manager": "a manager form comes from somebody who was never the manager",
    "several_line_managers": "a person has several line managers at once",
    "manager_contradiction": "employees and assignments name different line managers",
    "overlapping_assignment": "a person and manager stand twice for the same days",
    "share_sum": "shares of a person sum to more than 1",
    "no_share_left": "the shares of a person leave nothing for a manager without one",
    "outside_cycle": "an assignment does not touch the cycle; the row is not used",
    "rated_all_the_same": "somebody has marks although none were expected; they count",
    "self_by_another": "a self-rating is signed by somebody else",
    "self_under_other_source": "somebody rates the own person under another source",
    "no_rubric": "no rubric applies to the person",
    "not_yes_or_no": "an answer is neither yes nor no",
    # marks
    "unknown_source": "the source is not one of the six",
    "source_not_declared": "the source has no weight in this cycle",
    "unknown_criterion": "the criterion is in no rubric",
    "criterion_not_in_rubric": "the criterion is not in the rubric of this person",
    "mark_out_of_scale": "a mark lies outside the rubric's scale",
    "mark_off_step": "a mark lies between the steps of the scale",
    "nan_text": "a mark is a text for 'nothing', such as nan",
    "not_a_mark": "a mark is no plain number",
    "too_many_decimals": "a mark has more than 6 decimals",
    "decimal_point": "a number has a point where the cycle declares a comma",
    "unmapped_label": "a label is not in the scale",
    "null_label": "a label counts as not answered, as the scale declares",
    "repeated_mark": "a mark stands twice; it counts once",
    "conflicting_marks": "two rows give different marks for the same question",
    "form_below_half": "a form answers less than half of the rubric's weight",
    "form_without_mark": "a form says why it has no mark, such as too new to rate",
    "left_out": "rows are left out, as the cycle declares",
    # other cells
    "blank_text": "a cell that is needed is blank",
    "unknown_format": "the ending of a file is not known",
    "unknown_rules": "there is no such rule pack",
    "rules_list": "no rule pack is named, or one twice",
    "count_range": "a count of people is no whole number, or more than there are",
    "several_references": "two groups of one comparison are marked as the reference",
    "not_a_date": "a cell is no date",
    "date_order": "an end lies before its start",
    "not_a_number": "a cell is no plain number",
    "share_range": "a share is not from 0 to 1",
    "unknown_band": "a band is not one of the cycle",
    "points_range": "a score is not from 0 to 100 points",
    "score_missing": "a row of earlier scores has no score",
    "looks_like_marks": "scores of an earlier cycle look like marks, not points",
    "criterion_retired": "a criterion of an earlier cycle is in no rubric now; it is not used",
    "unknown_kind": "a kind is not one of those allowed",
    "person_without_employee": "a goal of a person names nobody",
    "unknown_parent": "a goal stands below one that is not there",
    "parent_loop": "goals stand below each other in a circle",
    "unknown_outcome": "an outcome is not in the strategy",
    # spreadsheets
    "several_sheets": "a spreadsheet has several sheets, and the cycle names none",
    "unknown_sheet": "a spreadsheet has no sheet of that name",
    "error_value": "a cell holds a spreadsheet's error, such as #N/A",
    "digits_lost": "a number has lost its last digits in a spreadsheet",
    "merged_cells": "cells are merged across rows",
    "not_a_spreadsheet": "a file is something else than its name says",
    "old_spreadsheet": "a spreadsheet is in the old format .xls",
    "protected_spreadsheet": "a spreadsheet is protected by a password",
    "damaged_spreadsheet": "a spreadsheet is damaged",
    "spreadsheet_too_large": "a spreadsheet would need too much memory",
    # Parquet and databases
    "damaged_parquet": "a Parquet file is damaged",
    "nested_column": "a column holds lists, bytes or other values that are no plain text",
    "database_variable": "the variable with the database's address is not set",
    "database_url": "the database's address cannot be read",
    "database_package": "a package to reach the database is not installed",
    "database_connection": "the database cannot be reached",
    "database_permission": "the database user may not read the table",
    "database_statement": "the database does not understand the query",
    "database_reading": "the database gave up while reading",
    "unknown_table": "the database has no table of that name",
    "not_a_query": "a query does more than read",
    # recipients of copies
    "missing_value": "a cell that is needed is blank",
    "unknown_packet": "the run has no such packet",
    "password_length": "a password is too short or too long",
    "password_letters": "a password cannot be typed everywhere",
    "repeated_row": "two rows ask for the same copy",
    # cycle, rubrics and strategy
    "yaml_syntax": "a file is not valid YAML",
    "repeated_key": "a key stands twice",
    "unknown_key": "a key is not known",
    "missing_key": "a key is missing",
    "wrong_type": "a value has the wrong type",
    "not_allowed": "a value is not one of those allowed",
    "not_used": "a key would do nothing here",
    "unknown_formats": "there are no number formats of this name",
    "not_yet": "this version does not do that yet",
    "weight_sum": "weights do not add up to 100",
}

#: Rules that are broken because another one is: once that is mended, they are gone.
FOLLOWING = frozenset({"employee_left_out"})


def say_fault(rule: str) -> str:
    """Say what is wrong where the rule is broken; a rule not listed speaks for itself.

    Examples
    --------
    >>> say_fault("unmapped_label"), say_fault("seed_range")
    ('a label is not in the scale', 'seed range')
    """
    return _MEANINGS.get(rule, rule.replace("_", " "))
