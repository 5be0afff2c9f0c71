"""Closing messages that tell all that is asked, in every form in which people and models write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from synthtools_stream.proof.told.asked_values import Asked
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.wording.dates import parse_date
from tests.proof.wordings import Told, Words, all_told, is_number, label, numbers_as, once, sentence, value

__all__ = ["RIGHT"]


def _deeds(told: Told) -> str:
    lines: list[str] = []
    for step in told.task.steps:
        call = parse_call(step.call)
        words = "".join(f" {c.lower()}" if c.isupper() else c for c in call.name).strip()
        given = ", ".join(
            f"{name.replace('_', ' ')} {held}"
            for name, held in call.arguments.items()
            if not isinstance(held, list | dict)
        )
        lines.append(f"- **{words.capitalize()}** with {given}" if given else f"- **{words.capitalize()}**")
    return "\n".join(lines)


def _polite(told: Told) -> Iterator[str]:
    bold = all_told(told, lambda one: f"- **{label(one).capitalize()}**: {value(one)}", "\n")
    yield f"All done! Here is what I found:\n\n{bold}\n\nLet me know if there is anything else I can help you with."
    done, wanted = f"### What I did\n{_deeds(told)}", f"### What you wanted to know\n{bold}"
    yield f"Everything you asked for has been completed.\n\n{done}\n\n{wanted}"
    plain = all_told(told, sentence)
    steps = len(told.task.steps)
    yield f"I have completed all {steps} steps of your request. {plain} No other changes were made. Anything else?"
    yield f"Certainly! {plain}\n\nI did not change anything else."


def _echoed(told: Told) -> Iterator[str]:
    steps = "\n".join(f"{n}. {step.turn}" for n, step in enumerate(told.task.steps, 1))
    yield f"You asked me to:\n{steps}\n\nThat is all done. {all_told(told, sentence)}"
    yield f"Request: {told.task.summary}\n\nOutcome: {all_told(told, sentence)}"


def _entities(told: Told) -> Iterator[str]:
    parts = list[str]()
    for one in told.asked:
        own = next(
            (e for e in told.known.entities if e.lower() in one.owners and one.key in told.known.entities[e][1]), None
        )
        if own is None:
            parts.append(sentence(one))
        else:
            parts.append(f"The {label(one)} of {own} is {value(one)}.")
    yield " ".join(parts)
    yield "\n".join(part.removeprefix("The ").replace(" is ", ": ") for part in parts)


def _table(told: Told) -> Iterator[str]:
    yield "| Item | Value |\n|---|---|\n" + all_told(
        told, lambda one: f"| {label(one).capitalize()} | {value(one)} |", "\n"
    )
    if len({one.key for one in told.asked}) == len(told.asked):
        heads, cells = " | ".join(map(label, told.asked)), " | ".join(map(value, told.asked))
        yield f"Here you are:\n\n| {heads} |\n|{'---|' * len(told.asked)}\n| {cells} |\n"


def _json(told: Told) -> Iterator[str]:
    keys = [one.key for one in told.asked]
    if len(set(keys)) == len(keys):
        held = {one.key: one.value for one in told.asked}
        yield json.dumps(held, separators=(",", ":"))
        yield f"```json\n{json.dumps(held, indent=2)}\n```"
        yield f"Here it is: {json.dumps(held)}"


_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "a dozen"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def _words_of(number: int) -> str | None:
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    if number < 100:
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    return "one hundred" if number == 100 else None


def _worded(one: Asked) -> str | None:
    return (
        _words_of(int(one.value))
        if isinstance(one.value, int | float) and float(one.value).is_integer() and one.value >= 0
        else None
    )


def _grouped(mark: str) -> Words:
    def words(told: Told) -> Iterator[str]:
        def form(one: Asked) -> str | None:
            assert isinstance(one.value, int | float)
            return (
                f"{one.value:,}".removesuffix(".0").replace(",", mark)
                if one.value >= 1000 and float(one.value).is_integer()
                else None
            )

        yield from numbers_as(told, form)

    return words


def _money(form: str) -> Words:
    signs = {"EUR": "€", "USD": "$", "GBP": "£"}

    def words(told: Told) -> Iterator[str]:
        def money(one: Asked) -> str | None:
            code = next((unit for unit in signs if unit in one.units), None)
            return form.format(code=code, sign=signs[code], n=value(one)) if code else None

        yield from numbers_as(told, money)

    return words


def _hyphened(told: Told) -> Iterator[str]:
    names = {
        "min": "minute",
        "h": "hour",
        "day": "day",
        "month": "month",
        "kg": "kg",
        "m": "metre",
        "km": "km",
        "cm": "cm",
    }
    if not any(is_number(one) and one.units & names.keys() for one in told.asked):
        return
    yield " ".join(
        f"It has a {value(one)}-{names[next(u for u in sorted(one.units) if u in names)]} {label(one)}."
        if is_number(one) and one.units & names.keys()
        else sentence(one)
        for one in told.asked
    )


def _dates(told: Told) -> Iterator[str]:
    days = [
        parse_date(one.value) if isinstance(one.value, str) and "T" not in one.value else None for one in told.asked
    ]
    if not any(days):
        return
    forms: tuple[Callable[[date], str], ...] = (
        lambda d: f"{d.day} {d:%B %Y}",
        lambda d: f"{d:%B} {d.day}, {d.year}",
        lambda d: f"{d:%b} {_ordinal(d.day)}",
        lambda d: f"{d:%b} {_ordinal(d.day)}, {d.year}",
        lambda d: f"{d:%A}, {d:%B} {d.day}, {d.year}",
        lambda d: f"the {_ordinal(d.day)} of {d:%B %Y}",
        lambda d: f"{d.day}/{d.month}/{d.year}",
        lambda d: f"{d:%d.%m.%Y}",
        lambda d: f"{d:%Y/%m/%d}",
        lambda d: f"{d:%d-%b-%Y}",
        lambda d: f"{d:%B} {d.day}",
    )
    for form in forms:
        yield " ".join(sentence(one, form(day) if day else None) for one, day in zip(told.asked, days, strict=True))


def _ordinal(number: int) -> str:
    return f"{number}{'th' if 10 < number % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _inflected(told: Told) -> Iterator[str]:
    def form(one: Asked) -> str | None:
        if not isinstance(one.value, str) or not one.value.islower():
            return None
        for a, b in (("celled", "celed"), ("celed", "celled"), ("_", " "), ("_", "-")):
            if a in one.value:
                return one.value.replace(a, b)
        return None

    forms = [form(one) for one in told.asked]
    if any(forms):
        yield " ".join(sentence(one, said) for one, said in zip(told.asked, forms, strict=True))


def _spaced(mark: str) -> Words:
    def words(told: Told) -> Iterator[str]:
        message = all_told(told, sentence)
        if any(" " in value(one) for one in told.asked):
            yield message.replace(" ", mark)

    return words


def _unbroken(told: Told) -> Iterator[str]:
    if any("-" in value(one) for one in told.asked):
        yield all_told(told, lambda one: sentence(one, value(one).replace("-", "\u2011")))


RIGHT: Mapping[str, Words] = {
    "a sentence each": once(lambda t: all_told(t, sentence)),
    "values alone": once(lambda t: all_told(t, value, "\n")),
    "values in one sentence": once(lambda t: f"Here you go: {all_told(t, value, ', ')}."),
    "polite and long": _polite,
    "the request repeated": _echoed,
    "of which thing": _entities,
    "in a table": _table,
    "_italics_": once(lambda t: all_told(t, lambda one: sentence(one, f"_{value(one)}_"))),
    "**bold**": once(lambda t: all_told(t, lambda one: sentence(one, f"**{value(one)}**"))),
    "`code`": once(lambda t: all_told(t, lambda one: sentence(one, f"`{value(one)}`"))),
    "in quotes": once(lambda t: all_told(t, lambda one: sentence(one, f"“{value(one)}”"))),
    "no-break spaces": _spaced("\u00a0"),
    "thin spaces": _spaced("\u2009"),
    "line breaks": _spaced("\n"),
    "U+2011": _unbroken,
    "JSON": _json,
    "key:value": once(lambda t: all_told(t, lambda one: f"{one.key}:{value(one)}", "\n")),
    "key=value": once(lambda t: all_told(t, lambda one: f"{one.key}={value(one)}", "; ")),
    "key: value": once(lambda t: all_told(t, lambda one: f"{label(one).title()}: {value(one)}", ", ")),
    "value is the key": once(lambda t: all_told(t, lambda one: f"{value(one)} is the {label(one)}.")),
    "EUR31": _money("{code}{n}"),
    "31EUR": _money("{n}{code}"),
    "€31": _money("{sign}{n}"),
    "31 EUR": _money("{n} {code}"),
    "31-minute": _hyphened,
    "number words": lambda t: numbers_as(t, _worded),
    "41'970": _grouped("'"),
    "41,970": _grouped(","),
    "41.970": _grouped("."),
    "41 970 (thin)": _grouped("\u2009"),
    "41 970 (narrow)": _grouped("\u202f"),
    "dates": _dates,
    "inflected": _inflected,
    "upper case": once(lambda t: all_told(t, sentence).upper()),
}
"""Messages that tell all that is asked, in the order of the issue."""
