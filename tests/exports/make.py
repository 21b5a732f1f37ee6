"""Write the invented exports of this folder: seven small companies, one per product.

Nobody in these files exists. Run it again after a change: ``python tests/exports/make.py``.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

HERE = Path(__file__).resolve().parent

FIRST = (
    "Anouk", "Björn", "Carla", "Deniz", "Eszter", "Farid", "Greta", "Håkon", "Inès", "Jürgen",
    "Kasia", "Leandro", "Maëlle", "Nikos", "Oluwaseun", "Priya", "Quirin", "Rósa", "Sørine",
    "Tomáš", "Ulla", "Vikram",
)  # fmt: skip
LAST = (
    "Abendroth", "Brzęk", "Castellón", "Dağlı", "Eriksdóttir", "Faßbender", "Grünwald", "Haverkamp",
    "Iwaszko", "Jäger", "Kühnemann", "Lindqvist", "Marrón", "Nørby", "O'Halloran", "Prüß",
    "Quintela", "Rømer", "Szélpál", "Tønnesen", "Übelhör", "Vågen",
)  # fmt: skip
#: Letters that do not come apart into a letter and an accent.
SPELT = str.maketrans({"ß": "ss", "ø": "o", "å": "a", "ı": "i", "ł": "l", "æ": "ae"})
TEAMS = 2
HEAD = 0


@dataclass(frozen=True)
class Person:
    """Somebody invented; ``manager`` is a position in the company, None for the head."""

    at: int
    first: str
    last: str
    manager: int | None
    department: str
    job_family: str
    level: str
    hired: date
    gender: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def username(self) -> str:
        spelt = f"{self.first}.{self.last}".lower().translate(SPELT)
        plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore")
        return plain.decode().replace("'", "")

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"


@dataclass(frozen=True)
class Answer:
    """One mark; None where the rater found it too early to say."""

    employee: Person
    rater: Person
    source: str
    criterion: str
    mark: int | None


def invent_company(random: Random, n_people: int = 16) -> list[Person]:
    """A head, two managers, and a team of six or seven below each."""
    first, last = random.sample(FIRST, n_people), random.sample(LAST, n_people)
    people = []
    for at in range(n_people):
        team = (at - 1) % TEAMS if at <= TEAMS else (at - 1 - TEAMS) % TEAMS
        manager = None if at == HEAD else HEAD if at <= TEAMS else 1 + team
        department = "Service" if at and team == TEAMS - 1 else "Product"
        people.append(
            Person(
                at, first[at], last[at], manager, department,
                job_family="Support" if department == "Service" else "Engineering",
                level="L6" if at == HEAD else "L5" if at <= TEAMS else f"L{2 + at % 3}",
                hired=date(2015, 1, 5) + timedelta(days=random.randrange(3900)),
                gender=random.choice(("Female", "Male", "Female", "Male", "Non-binary", "")),
            )
        )  # fmt: skip
    return people


def invent_answers(
    people: Sequence[Person], criteria: Sequence[str], sources: Sequence[str], random: Random
) -> list[Answer]:
    """Every form of the wanted sources, marks 1 to 5, a few too new to rate."""
    skill = {p.at: random.gauss(0, 0.8) for p in people}
    severity = {p.at: random.gauss(0, 0.4) for p in people}
    answers = []
    for employee, rater, source in list_forms(people, random):
        if source not in sources:
            continue
        for criterion in criteria:
            drawn = 3.3 + skill[employee.at] - severity[rater.at] + random.gauss(0, 0.5)
            mark = None if random.random() < 0.03 else min(5, max(1, round(drawn)))
            answers.append(Answer(employee, rater, source, criterion, mark))
    return answers


def list_forms(people: Sequence[Person], random: Random) -> list[tuple[Person, Person, str]]:
    """Who fills in a form on whom: managers, three peers, two reports, oneself."""
    forms = []
    for employee in people:
        reports = [p for p in people if p.manager == employee.at]
        peers = [p for p in people if p.manager == employee.manager and p.at != employee.at]
        others = [p for p in people if p.at > TEAMS and p not in (*peers, employee)]
        if employee.manager is not None:
            forms.append((employee, people[employee.manager], "manager"))
            near = random.sample(peers, min(2, len(peers)))
            forms += [(employee, p, "peer") for p in (*near, *random.sample(others, 1))
                      if p not in reports]  # fmt: skip
        forms += [
            (employee, p, "direct_report") for p in random.sample(reports, min(3, len(reports)))
        ]
        forms.append((employee, employee, "self"))
    return forms


def write_csv(
    path: Path, rows: Iterable[Sequence[Any]], *, encoding: str = "utf-8", delimiter: str = ","
) -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)


def write_xlsx(path: Path, sheets: dict[str, Iterable[Sequence[Any]]]) -> None:
    """Write sheets; a date is a real date cell, a number a number."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "mm/dd/yyyy"})
    book.set_properties({"created": datetime(2026, 1, 1)})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif value is not None:
                    sheet.write(at, column, value)
    book.close()


def make_workday() -> None:
    """One row per worker, a title above the header, labels that begin with a digit."""
    random = Random(71)
    people = invent_company(random)
    labels = {
        None: "Too New to Rate", 1: "1 - Does Not Meet", 2: "2 - Partially Meets",
        3: "3 - Meets Expectations", 4: "4 - Exceeds Expectations", 5: "5 - Outstanding",
    }  # fmt: skip
    answers = invent_answers(people, ["overall"], ["manager", "self"], random)
    mark = {(a.employee.at, a.source): labels[a.mark] for a in answers}
    rows: list[Sequence[Any]] = [
        ["Performance Review Ratings"], ["Review Template", "Annual Review 2026"],
        ["Review Period", "01/01/2026 - 12/31/2026"], [],
        [
            "Worker", "Employee ID", "Worker's Manager", "Manager Employee ID",
            "Supervisory Organization", "Job Family", "Management Level", "Location", "Hire Date",
            "Gender", "Rating - Employee", "Rating - Manager", "Manager Comment",
        ],
    ]  # fmt: skip
    for p in people:
        boss = None if p.manager is None else people[p.manager]
        rows.append([
            p.name, f"{100 + p.at:06}", boss.name if boss else "",
            f"{100 + boss.at:06}" if boss else "", p.department, p.job_family, p.level,
            "Rotterdam" if p.at % 2 else "Porto", p.hired, p.gender, mark[p.at, "self"],
            mark.get((p.at, "manager"), ""), "Agreed in the talk of 10 December." if boss else "",
        ])  # fmt: skip
    write_xlsx(HERE / "workday/reviews.xlsx", {"Performance Reviews": rows})


def make_successfactors() -> None:
    """User data with two header rows; a 360 report with semicolons and decimal commas."""
    random = Random(72)
    people = invent_company(random)
    users: list[Sequence[Any]] = [
        [
            "STATUS", "USERID", "USERNAME", "FIRSTNAME", "LASTNAME", "GENDER", "MANAGER", "HR",
            "DEPARTMENT", "JOBCODE", "LOCATION", "HIREDATE",
        ],
        [
            "STATUS", "USERID", "Username", "First Name", "Last Name", "Gender", "Manager",
            "Human Resource", "Department", "Job Code", "Location", "Hire Date",
        ],
    ]  # fmt: skip
    for p in people:
        users.append([
            "active", f"SF{p.at + 1:04}", p.username, p.first, p.last, p.gender[:1],
            "NO_MGR" if p.manager is None else f"SF{p.manager + 1:04}", "NO_HR", p.department,
            p.job_family, "Graz", p.hired.strftime("%m/%d/%Y"),
        ])  # fmt: skip
    write_csv(HERE / "successfactors/users.csv", users)
    categories = {"manager": "Manager", "peer": "Peers", "direct_report": "Direct Reports",
                  "self": "Self"}  # fmt: skip
    ratings: list[Sequence[Any]] = [[
        "Form Title", "Subject User ID", "Subject Name", "Rater User ID", "Rater Category",
        "Section", "Competency", "Rating", "Rater Comment",
    ]]  # fmt: skip
    for a in invent_answers(
        people, ["Planen und liefern", "Klar mitteilen", "Über Grenzen hinweg arbeiten"],
        tuple(categories), random,
    ):  # fmt: skip
        rating = "-1971,0" if a.mark is None else f"{a.mark},0"
        ratings.append([
            "360 Review 2026", f"SF{a.employee.at + 1:04}", f"{a.employee.first[0]}. (subject)",
            f"SF{a.rater.at + 1:04}", categories[a.source], "Core Competencies", a.criterion,
            rating, "Kurz und klar." if a.source == "peer" else "",
        ])  # fmt: skip
    write_csv(HERE / "successfactors/ratings.csv", ratings, encoding="cp1252", delimiter=";")


def make_bamboohr() -> None:
    """An employee report, and assessments with one column per question, answered in words."""
    random = Random(73)
    people = invent_company(random)
    employees: list[Sequence[Any]] = [[
        "Employee #", "Name", "Job Title", "Reports To", "Supervisor Employee #", "Department",
        "Division", "Location", "Hire Date", "Employment Status", "Gender", "Ethnicity",
        "Birth Date",
    ]]  # fmt: skip
    for p in people:
        boss = None if p.manager is None else people[p.manager]
        employees.append([
            str(p.at + 1), f"{p.last}, {p.first}", p.job_family, boss.name if boss else "",
            str(boss.at + 1) if boss else "", p.department, "Main", "Boise",
            p.hired.strftime("%m/%d/%Y"), "Full-Time", p.gender, random.choice("ABC"),
            date(1970 + p.at, 3, 1 + p.at).strftime("%m/%d/%Y"),
        ])  # fmt: skip
    write_csv(HERE / "bamboohr/employees.csv", employees, encoding="utf-8-sig")
    questions = ["Produces work of high quality", "Can be relied on", "Helps the team succeed"]
    words = {None: "Not sure", 1: "Strongly Disagree", 2: "Disagree", 3: "Neutral", 4: "Agree",
             5: "Strongly Agree"}  # fmt: skip
    forms: dict[tuple[int, int], list[Answer]] = {}
    for a in invent_answers(people, questions, ["manager", "self", "peer"], random):
        forms.setdefault((a.employee.at, a.rater.at), []).append(a)
    kinds = {"manager": "Manager Assessment", "self": "Self Assessment", "peer": "Peer Feedback"}
    rows: list[Sequence[Any]] = [[
        "Review Cycle", "Employee #", "Employee", "Assessment", "Completed By Employee #",
        "Completed By", "Completed On", *questions, "What should this person do more of?",
    ]]  # fmt: skip
    for number, form in enumerate(forms.values()):
        first = form[0]
        rows.append([
            "2026 Year End", str(first.employee.at + 1), first.employee.name, kinds[first.source],
            str(first.rater.at + 1), first.rater.name, f"12/{1 + number % 28:02}/2026",
            *(words[a.mark] for a in form), "Ask earlier for help, and offer it.",
        ])  # fmt: skip
    write_csv(HERE / "bamboohr/assessments.csv", rows, encoding="utf-8-sig")


def make_fifteenfive() -> None:
    """One row per competency and review, in a spreadsheet, people known by their email."""
    random = Random(74)
    people = invent_company(random)
    kinds = {"self": "Self", "manager": "Manager", "peer": "Peer", "direct_report": "Upward"}
    rows: list[Sequence[Any]] = [[
        "Review cycle name", "Participant first name", "Participant last name",
        "Participant email", "Manager first name", "Manager last name", "Review type",
        "Reviewer email", "Competency name", "Competency score", "Competency label",
    ]]  # fmt: skip
    labels = ["Not observed", "Learning", "Developing", "Practising", "Leading", "Teaching"]
    for a in invent_answers(people, ["Ownership", "Listening", "Judgement"], tuple(kinds), random):
        boss = None if a.employee.manager is None else people[a.employee.manager]
        rows.append([
            "H2 2026", a.employee.first, a.employee.last, a.employee.email,
            boss.first if boss else "", boss.last if boss else "", kinds[a.source], a.rater.email,
            a.criterion, a.mark, labels[a.mark or 0],
        ])  # fmt: skip
    users: list[Sequence[Any]] = [[
        "First name", "Last name", "Email", "Employee ID", "Job title", "Manager email",
        "Department", "Hire date", "Gender",
    ]]  # fmt: skip
    for p in people:
        users.append([
            p.first, p.last, p.email, str(5000 + p.at), p.job_family,
            "" if p.manager is None else people[p.manager].email, p.department,
            p.hired.isoformat(), p.gender,
        ])  # fmt: skip
    write_xlsx(HERE / "fifteenfive/competencies.xlsx", {"Competency assessment": rows})
    write_csv(HERE / "fifteenfive/people.csv", users)


def make_lattice() -> None:
    """One row per question, written answers among them, directions for sources."""
    random = Random(75)
    people = invent_company(random)
    directions = {"manager": "Downward", "peer": "Peer", "direct_report": "Upward", "self": "Self"}
    labels = {
        None: "Too new to rate", 1: "Well below expectations", 2: "Below expectations",
        3: "Meets expectations", 4: "Above expectations", 5: "Well above expectations",
    }  # fmt: skip
    rows: list[Sequence[Any]] = [[
        "Review cycle", "Reviewee", "Reviewee email", "Reviewer", "Reviewer email", "Direction",
        "Question", "Question type", "Response", "Comment", "Submitted at",
    ]]  # fmt: skip
    asked = set()
    for a in invent_answers(
        people,
        ["Delivers what was agreed", "Makes colleagues better", "Learns from mistakes"],
        tuple(directions), random,
    ):  # fmt: skip
        start = [
            "2026 H2", a.employee.name, a.employee.email, a.rater.name, a.rater.email,
            directions[a.source],
        ]  # fmt: skip
        if (a.employee, a.rater) not in asked:
            asked.add((a.employee, a.rater))
            said = 'Said "yes, and" more often,\nand meant it.'
            rows.append([*start, "What went well?", "Text", said, "", "2026-12-09"])
        rows.append([*start, a.criterion, "Rating", labels[a.mark], "", "2026-12-09"])
    users: list[Sequence[Any]] = [[
        "Name", "Email", "Title", "Manager email", "Department", "Start date", "Gender",
        "Custom: Level",
    ]]  # fmt: skip
    for p in people:
        users.append([
            p.name, p.email, p.job_family, "" if p.manager is None else people[p.manager].email,
            p.department, p.hired.isoformat(), p.gender, p.level,
        ])  # fmt: skip
    write_csv(HERE / "lattice/responses.csv", rows)
    write_csv(HERE / "lattice/employees.csv", users)


def make_cultureamp() -> None:
    """One file per kind of review, so that no file says whose view it holds."""
    random = Random(76)
    people = invent_company(random)
    answers = invent_answers(
        people, ["Impact", "Collaboration"], ["manager", "peer", "direct_report", "self"], random
    )
    for source, name, rater in (
        ("manager", "manager_reviews", "Manager Email"),
        ("peer", "peer_feedback", "Reviewer Email"),
        ("direct_report", "upward_feedback", "Reviewer Email"),
        ("self", "self_reflections", None),
    ):
        rows: list[Sequence[Any]] = [[
            "Employee Email", *([rater] if rater else []), "Question", "Rating", "Comment"
        ]]  # fmt: skip
        for a in answers:
            if a.source == source:
                who = [a.employee.email, a.rater.email] if rater else [a.employee.email]
                rows.append([*who, a.criterion, "" if a.mark is None else a.mark, ""])
        write_csv(HERE / f"cultureamp/{name}.csv", rows)
    users: list[Sequence[Any]] = [[
        "Employee ID", "Name", "Email", "Manager Email", "Department", "Job Title", "Location",
        "Start Date", "Gender",
    ]]  # fmt: skip
    for p in people:
        users.append([
            str(9000 + p.at), p.name, p.email,
            "" if p.manager is None else people[p.manager].email, p.department, p.job_family,
            "Melbourne", p.hired.strftime("%d/%m/%Y"), p.gender,
        ])  # fmt: skip
    write_csv(HERE / "cultureamp/employees.csv", users)


def make_quantum() -> None:
    """A workbook with tabs; each row holds the own answers beside the facilitator's."""
    random = Random(77)
    people = invent_company(random)
    prompts = ["Reaches agreed goals", "Lives our values"]
    found = {
        (a.employee.at, a.source, a.criterion): a.mark
        for a in invent_answers(people, prompts, ["manager", "self"], random)
    }
    overview: list[Sequence[Any]] = [[
        "Cycle", "Employee ID", "Employee Username", "Employee First Name", "Employee Last Name",
        "Facilitator ID", "Facilitator First Name", "Facilitator Last Name",
        "Employee Share Date", "Facilitator Share Date",
    ]]  # fmt: skip
    responses: list[Sequence[Any]] = [[
        "Employee ID", "Employee Username", "Facilitator ID", "Facilitator Username",
        *(f"{who} {kind}: {prompt}" for prompt in prompts
          for kind in ("Code", "Comment") for who in ("Employee", "Facilitator")),
    ]]  # fmt: skip
    for p in people:
        if p.manager is None:
            continue
        boss = people[p.manager]
        overview.append([
            "2026 Annual", 1000 + p.at, p.username, p.first, p.last, 1000 + boss.at, boss.first,
            boss.last, date(2026, 11, 20), date(2026, 12, 4),
        ])  # fmt: skip
        row: list[Any] = [1000 + p.at, p.username, 1000 + boss.at, boss.username]
        for prompt in prompts:
            row += [found[p.at, "self", prompt], found[p.at, "manager", prompt], "", "See notes."]
        responses.append(row)
    write_xlsx(
        HERE / "quantumworkplace/review-export.xlsx",
        {"Overview": overview, "Responses": responses},
    )


MAKERS = {
    "workday": make_workday, "successfactors": make_successfactors, "bamboohr": make_bamboohr,
    "fifteenfive": make_fifteenfive, "lattice": make_lattice, "cultureamp": make_cultureamp,
    "quantumworkplace": make_quantum,
}  # fmt: skip


def main() -> None:
    """Write all exports anew."""
    for name, make in MAKERS.items():
        (HERE / name).mkdir(exist_ok=True)
        make()


if __name__ == "__main__":
    main()
