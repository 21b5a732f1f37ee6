"""Words that exports use: whose column it is, what it holds, and which source a form is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["person", "rater", "manager", "facilitator"]
Kind = Literal["id", "email", "username", "name", ""]

#: How well a kind of identifier tells people apart, the best first.
KINDS: Final[tuple[Kind, ...]] = ("id", "email", "username", "name")

_ROLES: Final[tuple[tuple[Role, str], ...]] = (
    ("facilitator", r"facilitator"),
    ("manager", r"manager|supervisor|reports to|reporting to|boss|team lead"),
    ("rater", r"rater|reviewer|evaluator|assessor|appraiser|respondent|provider"
              r"|(?:completed|reviewed|rated|assessed|submitted|given) by"),
    ("person", r"employee|worker|subject|reviewee|ratee|participant|recipient|associate|staff"
               r"|person|user|member|personnel"),
)  # fmt: skip
_KINDS: Final[tuple[tuple[Kind, str], ...]] = (
    ("email", r"e ?mail(?: address)?"),
    ("username", r"user ?name|login|handle"),
    ("id", r"user ?id|id|number|no|num|key"),
    ("name", r"(?:first |last |full |preferred |legal |display )?name|first|last"),
)  # fmt: skip

#: Words that say what one of our columns is called elsewhere; the more telling first.
COLUMN_WORDS: Final = {
    "department": r"department|supervisory organi[sz]ation|cost cent(?:er|re)|business unit",
    "job_family": r"job family|job (?:title|code|profile)|title|position|role name|job",
    "level": r"(?:management |job |custom )?level|(?:job |pay )?grade|seniority|career level",
    "location": r"location|site|office|work ?place|city",
    "work_mode": r"work (?:mode|model|arrangement)|remote",
    "hired_on": (
        r"(?:original )?hire ?date|(?:employment |company )?start date|hired on|date of hire"
    ),
    "left_on": r"(?:termination|leaving|exit|end) date|left on",
    "session": r"calibration (?:session|group)|session",
    "proposed_band": r"proposed (?:band|rating)|initial rating",
}
COMMENT: Final = r"comments?|remarks?|rationale|justification"
RATED_ON: Final = (
    r"(?:submitted|completed|reviewed|rated) (?:at|on)|(?:submission|completion|review|rating) date"
)
SOURCE: Final = (
    r"relation(?:ship)?|(?:rater|reviewer|participant) (?:category|type|group|relation(?:ship)?)"
    r"|review (?:type|direction|group)|direction|category|assessment(?: type)?|perspective|source"
)
CRITERION: Final = (
    r"(?:question|competency|criterion|criteria|item|prompt|skill|dimension|attribute|value)"
    r"(?: (?:name|text|title))?"
)
MARK: Final = r"rating|score|mark|grade|response|answer|result|points|code|evaluation|overall"
ANSWER_TYPE: Final = r"(?:question|answer|response|item) (?:type|format|kind)"
_WRITTEN: Final = r"text|open|comment|written|essay|free|narrative|long answer"

#: What a source is called in exports, by whole words; the first that is found counts.
_SOURCES: Final = (
    ("self", r"self|own|employee|myself|reflection"),
    ("skip_level", r"skip|second level|manager s manager|grand"),
    ("direct_report", r"upwards?|direct reports?|subordinates?|reportees?|reports?|team members?"),
    ("peer", r"peers?|colleagues?|co ?workers?|lateral"),
    ("manager", r"managers?|supervisors?|downwards?|facilitators?|boss|line manager|lead"),
    ("other", r"others?|external|customers?|stakeholders?|guest"),
)
_NULLS: Final = (
    r"too new.*|n ?a|not (?:applicable|sure|observed|rated|able.*|enough.*)|unable.*|no answer"
    r"|don t know|cannot.*|unrated|none|skip(?:ped)?|unknown|prefer not.*|insufficient.*"
)
_NOBODY: Final = r"no (?:manager|mgr|one|supervisor)|none|n ?a|nobody|null"


@dataclass(frozen=True)
class Identity:
    """Whom a column names, and by what; a bare "Manager" has no kind until its texts are seen."""

    role: Role
    kind: Kind


def spell(text: str) -> str:
    """Write a name in small letters and single spaces, signs left out.

    Examples
    --------
    >>> spell("Supervisor Employee #"), spell("hireDate"), spell("USER_ID")
    ('supervisor employee number', 'hire date', 'user id')
    """
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("#", " number "))
    return " ".join(re.sub(r"[\W_]+", " ", split).casefold().split())


def find_identity(name: str) -> Identity | None:
    """Understand a column name such as ``Reviewer email``; ``None`` if it names nobody.

    Examples
    --------
    >>> find_identity("Manager Employee ID")
    Identity(role='manager', kind='id')
    >>> find_identity("Email"), find_identity("Manager comment")
    (Identity(role='person', kind='email'), None)
    """
    spelt = spell(name)
    if ":" in name or len(spelt.split()) > 5:
        return None
    rest, kind = spelt, ""
    for each, words in _KINDS:
        match = re.search(rf"(?:^| )(?:{words})$", spelt)
        if match:
            rest, kind = spelt[: match.start()].strip(), each
            break
    if not rest and kind:
        return Identity("person", _as_kind(kind))
    # "Worker's Manager" names the manager of the worker, "Reviewer employee ID" the reviewer.
    for role, words in _ROLES:
        if re.fullmatch(rf"(?:(?:{_any_role()}|s|work|full|line|direct) )*(?:{words})"
                        rf"(?: (?:{_any_role()}))*", rest):  # fmt: skip
            return Identity(role, _as_kind(kind))
    return None


def _any_role() -> str:
    return "|".join(words for _, words in _ROLES)


def _as_kind(kind: str) -> Kind:
    return next((each for each in KINDS if each == kind), "")


def is_called(name: str, words: str) -> bool:
    """Is the whole name one of these words?"""
    return re.fullmatch(words, spell(name)) is not None


def speaks_of(name: str, words: str) -> bool:
    """Is one of these words in the name?"""
    return re.search(rf"\b(?:{words})\b", spell(name)) is not None


def find_source(text: str) -> str:
    """Return our word for a relationship, "" if the text is none.

    Examples
    --------
    >>> find_source("Direct Reports"), find_source("Downward"), find_source("Dotted line")
    ('direct_report', 'manager', '')
    """
    return next((source for source, words in _SOURCES if speaks_of(text, words)), "")


def strip_source(name: str) -> str:
    """Take words of a source and of marking away; what remains names the criterion.

    Examples
    --------
    >>> strip_source("Facilitator Code: Lives our values"), strip_source("Rating - Manager")
    ('Lives our values', '')
    """
    front, colon, behind = name.partition(":")
    if colon and behind.strip():
        return behind.strip()
    words = "|".join(found for _, found in _SOURCES)
    kept = [
        w for w in re.split(r"[^\w']+", front) if not re.fullmatch(rf"{words}|{MARK}", spell(w))
    ]
    return " ".join(word for word in kept if word)


def is_null(label: str) -> bool:
    """Does a label seem to say that somebody could not answer?"""
    return re.fullmatch(_NULLS, spell(label)) is not None


def find_mark(label: str) -> str:
    """Return the mark a label begins with, "" if it begins with none.

    Examples
    --------
    >>> find_mark("4 - Exceeds"), find_mark("3.5"), find_mark("Meets"), find_mark("31.12.2026")
    ('4', '3.5', '', '')
    """
    match = re.match(r"(?:0|[1-9]\d{0,3})(?:\.\d{1,6})?(?!\d)(?![/.:-]\d)", label, re.ASCII)
    return match[0] if match else ""


def strip_mark(label: str) -> str:
    """Take the mark a label begins with away.

    Examples
    --------
    >>> strip_mark("4 - Exceeds"), strip_mark("5: Outstanding"), strip_mark("3"), strip_mark("Good")
    ('Exceeds', 'Outstanding', '', 'Good')
    """
    return label.removeprefix(find_mark(label)).strip(" \t-–—:.)")


def is_nobody(text: str) -> bool:
    """Does a text in a manager's column say that there is none?"""
    return re.fullmatch(_NOBODY, spell(text)) is not None


def is_written(answer_type: str) -> bool:
    """Is this the type of questions that are answered by writing?"""
    return speaks_of(answer_type, _WRITTEN)


def make_id(text: str, taken: Sequence[str] = ()) -> str:
    """Make the id of a criterion from its text.

    Examples
    --------
    >>> make_id("Über Grenzen hinweg arbeiten"), make_id("Ownership", ["ownership"])
    ('uber-grenzen-hinweg-arbeiten', 'ownership-2')
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "criterion"
    number = 2
    chosen = name
    while chosen in taken:
        chosen, number = f"{name}-{number}", number + 1
    return chosen
