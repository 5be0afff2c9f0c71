"""The speaker role: the words of one act of a planned dialogue, made of the turn that it changes."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from synthtools_stream.embedded.invent.turn_wording import tone_of
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.prose import capital, stems, uncapital
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["speak_act"]

_ID = re.compile(r"[A-Z][A-Z0-9]*-\d+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2},? \d{4}|today|tomorrow")
_UNIT = re.compile(r" (?!(?:and|with|for|to|of|in|on|by|so|please|at|from|or|as|now|when)\b)([A-Za-z%][\w%/]{0,5})\b")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
_LONGEST_LABEL = 4
"""Words before a value that name it at most."""
_JOINTS = ("Also, ", "And ", "At the same time, ", "And while you are at it, ")
_SLIPS: Mapping[str, Sequence[str]] = {
    "brief": ("No, make that {0}, not {1}.", "Sorry, make that {0}, not {1}."),
    "polite": ("Sorry, I meant {0}, not {1}.", "Pardon, it should be {0}, not {1}."),
    "chatty": ("Oh, I mean {0}, not {1}.", "Wait, make that {0}, not {1}."),
}
_TOLD: Mapping[str, Sequence[str]] = {
    "brief": ("{0}.", "It is {0}."),
    "polite": ("It is {0}, please.", "That would be {0}, please."),
    "chatty": ("It's {0}.", "That would be {0}."),
}
_TALK: Mapping[str, Sequence[tuple[str, str]]] = {
    "brief": (
        ("Thanks so far.", "You're welcome."),
        ("Good, that helps.", "Glad to hear it."),
        ("Right, on we go.", "I am ready."),
        ("Thanks.", "Sure."),
    ),
    "polite": (
        ("Thank you very much for your help so far.", "You're very welcome."),
        ("Thank you for bearing with me.", "Not at all, it is a pleasure."),
        ("Thank you, I appreciate the time you take.", "With pleasure."),
        ("Thanks for being so patient.", "You're welcome, of course."),
    ),
    "chatty": (
        ("What a day this has been, and it is not over yet.", "I hope it gets calmer soon."),
        ("Great, we are getting somewhere.", "Good to hear."),
        ("Thanks, I'd be lost in my own lists without you.", "Happy to help."),
        ("Nice, the coffee is getting cold while we talk.", "Then let's not keep it waiting."),
    ),
}
_GREETINGS: Mapping[str, tuple[str, str]] = {
    "brief": ("Hello.", "Hello, go ahead."),
    "polite": ("Good morning, I hope you are well.", "Good morning, thank you; how can I be of service."),
    "chatty": ("Hi there, what a busy day we have.", "Hi, then let's get to it."),
}


def speak_act(job: Job) -> JsonObject:
    """Return the words of the act that is asked for."""
    turns, value, meaning = job.texts("turns"), job.text("value"), job.text("meaning")
    turn, tone = turns[0] if turns else "", tone_of(job.text("persona"))
    match job.text("act"):
        case "held_back":
            return _held(turn, value, meaning, tone, job.rng)
        case "corrected":
            wrong = _wrong(value, job.rng)
            reveal = job.rng.choice(_SLIPS[tone]).format(value, wrong)
            return _said(turn.replace(value, wrong, 1), first=wrong, reveal=reveal)
        case "together":
            return _said(f"{turn} {job.rng.choice(_JOINTS)}{uncapital(turns[-1])}")
        case _:
            said, talk = len(job.texts("said")), _TALK[tone]
            remark, reply = talk[said % len(talk)] if said else _GREETINGS[tone]  # nobody thanks twice in one way
            return _said(remark, reply=reply)


def _said(opening: str, **other: str) -> JsonObject:
    return {"opening": opening, "first": "", "reply": "", "reveal": "", **other}


def _held(turn: str, value: str, meaning: str, tone: str, rng: random.Random) -> JsonObject:
    """Speak of a thing or value without telling it: `a certain booking`, `a certain fee`."""
    start = turn.find(value)
    end = start + len(value)
    marked = turn[start - 1 : start] == '"' and turn[end : end + 1] == '"'
    start, end = (start - 1, end + 1) if marked else (start, end)
    said = turn[start:end]
    before, label = _label(turn[:start], meaning)
    unit = _UNIT.match(turn, end) if _NUMBER.fullmatch(value) else None
    what = label or _kind(value, measured=unit is not None)
    part = f" {'in' if label else 'of'} {unit[1]}" if unit is not None else ""
    if unit is None and _NUMBER.fullmatch(value) and label.endswith("s") and not label.endswith("ss"):
        what, part = "number", f" of {label}"
    rest = turn[unit.end() if unit is not None else end :]
    told = f"{said} {unit[1]}" if unit is not None else said
    return _said(
        capital(f"{before}a certain {what}{part}{rest}"),
        reply=f"Which {what}{part} do you mean?",
        reveal=rng.choice(_TOLD[tone]).format(told),
    )


def _label(before: str, meaning: str) -> tuple[str, str]:
    """Split what stands before a value: the words that name it, an article of theirs left out, and all before them."""
    known = set(stems(meaning))
    words = before.rstrip().split(" ")
    count = 0
    while count < min(_LONGEST_LABEL, len(words)):
        word = words[len(words) - count - 1]
        if not re.fullmatch(r"[\w%-]+", word) or word.lower() in _ARTICLES or not set(stems(word)) <= known:
            break
        count += 1
    label = " ".join(words[len(words) - count :]) if count else ""
    head = words[: len(words) - count]
    if label and head and head[-1].lower() in ("the", "a", "an"):
        head = head[:-1]
    return f"{' '.join(head)} " if head and any(head) else "", uncapital(label)


_ARTICLES = frozenset({"the", "a", "an", "of", "to", "by", "is", "in", "on", "for", "with", "at", "and", "or", "from"})


def _kind(value: str, *, measured: bool) -> str:
    """Return what a value is called where nothing beside it says so."""
    if _ID.fullmatch(value):
        return "one"
    if _DATE.match(value):
        return "date"
    return ("amount" if measured else "number") if _NUMBER.fullmatch(value) else "text"


def _wrong(value: str, rng: random.Random) -> str:
    """Return another value of the same form."""
    if _NUMBER.fullmatch(value):
        whole = "." not in value
        return str(int(value) + rng.choice((1, 2, 10))) if whole else f"{float(value) + rng.choice((1, 2)):g}"
    if found := re.fullmatch(r"(.*-)(\d+)", value) if _ID.fullmatch(value) else None:
        return f"{found[1]}{int(found[2]) + rng.choice((1, 3, 10))}"
    if found := _DAY.search(value if not re.match(r"\d{4}-", value) else value[8:10].rjust(len(value[:10]))):
        day = (int(found[1]) + rng.choice((0, 1, 4, 6))) % 28 + 1
        return f"{value[: found.start(1)]}{day:0{len(found[1])}d}{value[found.end(1) :]}"
    return f"{value} 2"
