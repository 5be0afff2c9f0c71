"""Forms that a parameter states for its texts, and what is wrong with a text that is in none of them.

A form is stated by the schema's `format`, by a mask in the description (`YYYY-MM-DD`), or by a sentence of the tool's
usage that names the parameter beside a mask. An example is no statement: `such as 2026-04-23` excludes no other form,
nor does `such as BK-1042` (whether an id exists is for the state to say). Where a text is loose (`YYYY-MM-DD or
tomorrow`), or speaks of a form that is not known here, nothing is stated: a right call must never be refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from synthtools_stream.records.tool import Parameter
from synthtools_stream.wording.clocks import parse_clock
from synthtools_stream.wording.dates import parse_date

__all__ = ["Form", "form_problem", "format_stated", "stated_forms"]

_KEPT = 1024
"""Texts whose reading is remembered: the parameters of some hundred tools."""
_SHOWN = 80
"""Characters of a value that a problem shows: its writer knows the rest."""
_EXAMPLE = "2026-04-23T09:30:00"
"""A moment of which every field looks different, so that nobody takes one for another."""
_TIME_AT = _EXAMPLE.index("T")
_FIELDS = "[YMDHS]{2,4}"
_MASK = re.compile(
    rf"(?<![\w/:.+-]){_FIELDS}(?:(?:[-/.:]|'?T'?| (?=HH)){_FIELDS})+(?:\.S+)?Z?(?![\w/:+]|[-.]\w| ?am?\b| ?pm\b)",
    re.IGNORECASE,
)
"""Any mask, known or not: two fields or more, with what stands between them."""
_ISO_MASK = re.compile(r"(?:YYYY-MM-DD(?:[T ]HH:MM(?::SS)?Z?)?|HH:MM(?::SS)?)\Z")
_LOOSE = re.compile(
    r"\b(?:(?:any|other) (?:\w+ )?(?:forms?|formats?|ways?|style|notation)|free[- ](?:form|text)|relative|natural|loose"
    r"|flexible|various|preferabl[ey]|ideally|usually|typically|normally|comma"
    r"|tomorrow|yesterday|weekday|asap|text|message|note|wording|duration|elapsed|range|interval|between|list"
    r"|[ap]\.?m|12[- ]hours?|empty|blank)\b|\bor (?:just )?(?:today|now)\b|\b(?:today|now) or\b|['\"`‘“][a-z]+['\"`’”]",
    re.IGNORECASE,
)
"""Words of descriptions that leave other forms open or speak of a longer text, and words in quotation marks."""
_EXAMPLE_OF = re.compile(
    r"(?:\bsuch as|\be\. ?g\.?,?|\bfor (?:example|instance),?|\blike|\bexamples?:?)\W*(?:\w+ ){0,2}\W*\Z", re.IGNORECASE
)
_COMPARED = re.compile(
    r"\bon or (?:after|before)\b|\bor (?:later|earlier|after|before|more|less|above|below)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"(?<=[.;]) ")
_CONDITION = re.compile(r"\b(?:if|when|whenever|unless|only|where)\b", re.IGNORECASE)
_ISO = re.compile(r"\bISO[ -]?8601\b(?!.*\b(?:duration|interval|week|period|zone|or)\b)", re.IGNORECASE)
_WITH_TIME = re.compile(r"\btime\b|timestamp|date-?time|\bmoment\b", re.IGNORECASE)
_EMAIL_HEAD = re.compile(
    r"(?:(?!\b(?:of|for|whose|with|to|by|from|in|or|and|name)\b)[\w' -])*?\be-?mail address\b", re.I
)
_UUID_HEAD = re.compile(r"(?:the |an? )?(?:UUID|universally unique identifier)\b", re.I)
_CURRENCY = re.compile(
    r"\bISO[ -]?4217\b|\b(?:three|3)-letter (?:ISO )?currency code|\bcurrency code of (?:three|3) letters", re.I
)
_PREFIX = re.compile(r"\b(?:begin|start)(?:s|ning|ing)? with (?:the prefix )?['\"`]?([A-Z][A-Z0-9]{0,7}-)")


@dataclass(frozen=True)
class Form:
    """One form: what it is called where a value has not got it, a value that has, and the test."""

    wanted: str
    example: str
    fits: Callable[[str], bool]
    format: str | None = None
    """Its name among the formats of JSON Schema and of OpenAPI's registry, where there is one."""


def form_problem(value: str, forms: tuple[Form, ...]) -> str | None:
    """Say what a text must be; None where it has one of the forms, or none is stated."""
    if not forms or any(form.fits(value) for form in forms):
        return None
    shown = value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…"
    wanted = " or ".join(form.wanted for form in forms)
    exists = " and exist" if any(_looks_like(value, form.wanted) for form in forms) else ""
    return f"must be {wanted}{exists}, for example {forms[0].example}; got {shown!r}"


def stated_forms(name: str, parameter: Parameter, usage: str = "") -> tuple[Form, ...]:
    """Return the forms of which a text argument must have one; empty where none is stated.

    `usage` is the tool's, for a parameter of its own rather than a part of one.
    """
    schema = parameter.json_schema or {}
    declared = _FORMATS.get(str(parameter.format or schema.get("format") or ""))
    told = _told(parameter.description)
    forms = told if declared is None or told else (declared,)
    if declared is not None and declared not in forms and all(form.format != declared.format for form in forms):
        forms = (*forms, declared)  # they say two things: either is right
    return forms or (_ruled(name, usage) if "YYYY-" in usage or "HH:MM" in usage else ())


def format_stated(description: str) -> str | None:
    """Return the `format` that a description amounts to, where it states one form and that has a name."""
    forms = _told(description)
    return forms[0].format if len(forms) == 1 else None


@lru_cache(maxsize=_KEPT)
def _told(text: str) -> tuple[Form, ...]:
    """Return what a description states."""
    masks = list(_MASK.finditer(text))
    if masks:
        return _masked(text, masks)
    if _ISO.search(text) and not _LOOSE.search(text):
        return (_FORMATS["date-time"],) if _WITH_TIME.search(text) else (_ISO_DAY_OR_MOMENT,)
    if found := _PREFIX.search(text):
        return (_prefixed(found[1]),)
    if re.search(r"\bor\b", text):
        return ()
    heads = ((_EMAIL_HEAD, _FORMATS["email"]), (_UUID_HEAD, _FORMATS["uuid"]))
    named = tuple(form for head, form in heads if head.match(text))
    return named or ((_CODE,) if _CURRENCY.search(text) else ())


@lru_cache(maxsize=_KEPT)
def _ruled(name: str, usage: str) -> tuple[Form, ...]:
    """Return what the sentences of a usage state of a parameter that they name."""
    spoken = re.compile(rf"(?<![\w'-]){re.escape(name)}(?![\w'-])")
    for clause in _CLAUSE.split(usage):
        masks = list(_MASK.finditer(clause))
        if masks and spoken.search(clause) and not _CONDITION.search(clause):
            return _masked(clause, masks)
    return ()


def _masked(text: str, masks: list[re.Match[str]]) -> tuple[Form, ...]:
    """Return the forms of the masks in a text, if they are all that it allows."""
    words = _MASK.sub(" ", text)
    between = [text[one.end() : two.start()] for one, two in pairwise(masks)]
    if _LOOSE.search(words) or any(not re.fullmatch(r"['\"`]?,? or ['\"`]?", part) for part in between):
        return ()
    if any(_EXAMPLE_OF.search(text[: mask.start()]) for mask in masks):
        return ()
    after = _CLAUSE.split(_COMPARED.sub(" ", text[masks[-1].end() :]))[0]
    known = [_ISO_MASK.match(mask[0].upper()) for mask in masks]
    if re.search(r"\bor\b", after) or not all(known):
        return ()
    return tuple(dict.fromkeys(_of_mask(mask[0].upper()) for mask in masks))


@lru_cache(maxsize=16)
def _of_mask(mask: str) -> Form:
    pattern = re.compile(re.sub("[YMDHS]+", lambda field: rf"\d{{{len(field[0])}}}", mask))
    length = len(mask.removesuffix("Z"))
    example = _EXAMPLE[:length] if mask.startswith("Y") else _EXAMPLE[_TIME_AT + 1 :][:length]
    if mask[_TIME_AT : _TIME_AT + 1] == " ":
        example = example.replace("T", " ")
    format_name = {
        "YYYY-MM-DD": "date",
        "YYYY-MM-DDTHH:MM:SS": "date-time-local",
        "YYYY-MM-DDTHH:MM:SSZ": "date-time",
        "HH:MM:SS": "time-local",
    }.get(mask)

    def fits(text: str) -> bool:
        return pattern.fullmatch(text) is not None and _exists(text)

    return Form(mask, example + mask[length:], fits, format_name)


def _looks_like(text: str, wanted: str) -> bool:
    """Say whether a text has a mask's shape, so that only its numbers can be wrong."""
    return _ISO_MASK.match(wanted) is not None and re.sub(r"\d", "0", text) == re.sub("[YMDHS]", "0", wanted)


def _exists(text: str) -> bool:
    """Say whether a date, moment or time of day is one that exists; a day may end at 24:00."""
    if ":" in text[:3]:
        return parse_clock(text) is not None or text in ("24:00", "24:00:00")
    return parse_date(text.removesuffix("Z").replace(" ", "T")) is not None


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_iso_moment(text: str) -> bool:
    return len(text) > _TIME_AT and text[_TIME_AT] in "Tt " and _is_iso(text)


def _is_iso_time(text: str) -> bool:
    return _is_iso(f"{_EXAMPLE[:_TIME_AT]}T{text.removeprefix('T')}")


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _prefixed(prefix: str) -> Form:
    return Form(f"an id that begins with {prefix}", f"{prefix}1042", _matches(rf"{re.escape(prefix)}\S+"))


_ISO_DAY_OR_MOMENT = Form("an ISO 8601 date", _EXAMPLE[:_TIME_AT], _is_iso)
_CODE = Form("a currency code of three letters", "EUR", _matches("[A-Za-z]{3}"))
_EMAIL = Form("an e-mail address", "ana@example.org", _matches(r"[^@\s]+@[^@\s]+"), "email")
_URI = Form("a URI", "https://example.org/a", _matches(r"[A-Za-z][A-Za-z0-9+.-]*:\S+"), "uri")
_FORMATS = {
    "date": _of_mask("YYYY-MM-DD"),
    "date-time": Form("an ISO 8601 date and time", f"{_EXAMPLE}Z", _is_iso_moment, "date-time"),
    "datetime": Form("an ISO 8601 date and time", _EXAMPLE, _is_iso_moment),
    "date-time-local": _of_mask("YYYY-MM-DDTHH:MM:SS"),
    "time": Form("an ISO 8601 time of day", _EXAMPLE[_TIME_AT + 1 :], _is_iso_time, "time"),
    "time-local": _of_mask("HH:MM:SS"),
    "email": _EMAIL,
    "idn-email": _EMAIL,
    "uri": _URI,
    "url": _URI,
    "iri": _URI,
    "uuid": Form(
        "a UUID",
        "3f2b8c1e-5d47-4a90-9c6e-1b7f0a2d8e35",
        _matches("(?i:[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})"),
        "uuid",
    ),
}
"""What the formats mean that are checked; of others nothing is said. A zone may be left out, as most callers do."""
