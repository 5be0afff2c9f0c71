"""Planted requests: a good request altered in one known way, so that it no longer asks for its calls.

A way takes a task and a source of chance and returns the altered request, or None where it has nothing to alter. It
finds its place by the task's own quotes; what it puts there is of the same world, so that only who compares notices.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from synthtools_stream.bench.defects.request_places import (
    enums,
    is_day,
    is_number,
    is_text,
    leading,
    once,
    quotes,
    quotes_of,
    sentences,
    shuffled,
    siblings,
    unquoted,
    wishes_of,
)
from synthtools_stream.bench.defects.spoiled_scene import altered_scalar
from synthtools_stream.records import ProvenanceKind, Task
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import leaf_values, resolve
from synthtools_stream.values.jsontypes import Json

__all__ = ["REQUEST_WAYS", "RequestWay"]

RequestWay: TypeAlias = Callable[[Task, random.Random], str | None]

_ASKING = re.compile(
    r"[,;:]?(?: and| then| but)? (?:tell me|let me know|give me|report(?= (?:the|its|how))|i(?:'d| would) like to know|"
    r"i need(?: to know)?(?= (?:the|its|how))) [^.?!;:]*",
    re.I,
)
_FIRST = re.compile(r"\bfirst(?= (?!of all)[a-z])|(?<=comes )first\b|(?<=at the )top\b", re.I)
_OPPOSITES = (
    *(("raise", "lower"), ("increase", "decrease"), ("boost", "cut"), ("add", "remove"), ("extend", "shorten")),
    *(("top up", "draw down"), ("open", "close"), ("confirm", "cancel"), ("accept", "reject"), ("attach", "detach")),
    *(("assign", "withdraw"), ("start", "stop"), ("book", "cancel"), ("create", "delete"), ("file", "discard")),
    *(("reserve", "release"), ("approve", "refuse"), ("move", "keep"), ("reduce", "raise"), ("finish", "begin")),
)
_BOUNDS = (
    *(("at least", "at most"), ("or more", "or less"), ("or later", "or earlier"), ("on or after", "on or before")),
    *(("not before", "not after"), ("more than", "less than")),
)
_REVOKED = (
    "Ignore all of the above.",
    "On second thoughts, forget everything I said before.",
    "Please do none of this.",
    "Disregard what I asked for above.",
)
_UNITS = ("EUR", "GBP", "kg", "t", "km", "hours", "days", "litres", "m2", "percent")
_UNIT = r"(?<![\w.-]){number} ?(?P<unit>[A-Z]{{3}}|%|[a-zµ°][\w/°%]{{0,5}})(?=[\s.,;?!]|$)"
_NO_UNIT = re.compile(r"(?:and|as|or|of|to|with|by|for|on|in|at|from|until|up|x|so|it|then|that)\Z", re.I)


def quantity(task: Task, rng: random.Random) -> str | None:
    """Say another number."""
    return _requoted(task, rng, is_number, lambda value: str(altered_scalar(value, rng)))


def aside(task: Task, rng: random.Random) -> str | None:
    """Say another number, and that it is not the right one."""
    return _requoted(task, rng, is_number, lambda value: f"{altered_scalar(value, rng)}, not the usual {value},")


def day(task: Task, rng: random.Random) -> str | None:
    """Say another day."""
    return _requoted(
        task,
        rng,
        is_day,
        lambda value: (date.fromisoformat(str(value)[:10]) + timedelta(days=rng.randint(1, 20))).isoformat(),
    )


def other_id(task: Task, rng: random.Random) -> str | None:
    """Name another entity of the same kind."""
    return _requoted(task, rng, lambda value: bool(siblings(task, value)), lambda v: rng.choice(siblings(task, v)))


def other_member(task: Task, rng: random.Random) -> str | None:
    """Say another member of an enum."""
    members = {value: [other for other in enum if other != value] for enum in enums(task) for value in enum}

    def others(value: Json) -> list[str]:
        return members.get(value, []) if isinstance(value, str) else []

    return _requoted(task, rng, lambda v: bool(others(v)), lambda v: rng.choice(others(v)).replace("_", " "))


def other_text(task: Task, rng: random.Random) -> str | None:
    """Dictate another text."""
    return _requoted(task, rng, is_text, lambda value: f"{str(value).rsplit(' ', 1)[0]} nothing")


def flag(task: Task, rng: random.Random) -> str | None:
    """Turn a do into a don't, or the other way."""
    said = [quote for quote, value in quotes(task) if isinstance(value, bool) and quote in task.summary]
    if not said:
        return None
    quote = rng.choice(said)
    turned = re.sub(r"\b(?:not|no) ", "", quote, count=1)
    turned = turned if turned != quote else re.sub(r"^(it is |that are |it has |that have |do )?", r"\1not ", quote)
    return once(task.summary, quote, turned)


def unit(task: Task, rng: random.Random) -> str | None:
    """Measure in another unit."""
    for quote, value in shuffled(quotes(task), rng):
        if is_number(value):
            for found in re.finditer(_UNIT.format(number=re.escape(quote)), task.summary):
                if not _NO_UNIT.match(found["unit"]):
                    other = rng.choice([other for other in _UNITS if other != found["unit"]])
                    return f"{task.summary[: found.start('unit')]}{other}{task.summary[found.end('unit') :]}"
    return None


def never(task: Task, rng: random.Random) -> str | None:
    """Forbid one of the wishes."""
    parts, wishes = sentences(task.summary), wishes_of(task)
    if not wishes:
        return None
    place = rng.choice(wishes)
    lead, said = leading(parts[place])
    parts[place] = f"{lead}{rng.choice(('never ', 'do not '))}{said[:1].lower()}{said[1:]}"
    return "".join(parts)


def opposite(task: Task, rng: random.Random) -> str | None:
    """Wish for the opposite of a deed."""
    parts = sentences(task.summary)
    for place in shuffled(wishes_of(task), rng):
        lead, said = leading(parts[place])
        for one, other in _both_ways(_OPPOSITES):
            if said.casefold().startswith(f"{one} "):
                parts[place] = f"{lead}{other}{said[len(one) :]}"
                return "".join(parts)
    return None


def other_bound(task: Task, rng: random.Random) -> str | None:
    """Bound a value from the other side."""
    plain = unquoted(task.summary)
    found = [(at, other) for one, other in _both_ways(_BOUNDS) for at in re.finditer(rf"\b{one}\b", plain)]
    if not found:
        return None
    at, other = rng.choice(found)
    return f"{task.summary[: at.start()]}{other}{task.summary[at.end() :]}"


def _both_ways(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for one, other in pairs for pair in ((one, other), (other, one))]


def goal_removed(task: Task, rng: random.Random) -> str | None:
    """Leave one of the wishes out."""
    parts, wishes = sentences(task.summary), wishes_of(task)
    if len(wishes) < 2:
        return None
    place = rng.choice(wishes)
    return "".join(parts[:place] + parts[place + 1 :]).strip()


def goal_added(task: Task, rng: random.Random) -> str | None:
    """Wish the same for another entity."""
    for step in shuffled([step for step in task.steps if step.changes], rng):
        for quote, value in quotes_of(step):
            if others := [other for other in siblings(task, value) if other not in task.summary]:
                turn = once(step.turn, quote, rng.choice(others))
                return f"{task.summary} Also, {turn[:1].lower()}{turn[1:]}" if turn else None
    return None


def other_attribute(task: Task, rng: random.Random) -> str | None:
    """Ask to be told another attribute of the same thing."""
    for answer in shuffled(task.answer, rng):
        *path, key = answer.pointer.split("/")
        beside = resolve(task.steps[answer.step].response, "/".join(path))
        asked = {pointer.rsplit("/", 1)[-1] for pointer in task.steps[answer.step].answer}
        keys = list(beside) if isinstance(beside, dict) else []
        others = [name for name in keys if name not in asked and not name.endswith("_id")]
        for at in _ASKING.finditer(task.summary) if others else ():
            text = once(at[0], key.replace("_", " "), rng.choice(others).replace("_", " "))
            if text:
                return f"{task.summary[: at.start()]}{text}{task.summary[at.end() :]}"
    return None


def telling_removed(task: Task, rng: random.Random) -> str | None:
    """Ask no longer to be told."""
    found = [at for at in _ASKING.finditer(task.summary) if at.start() and task.answer]
    if not found:
        return None
    at = rng.choice(found)
    return f"{task.summary[: at.start()]}{task.summary[at.end() :]}"


def given_away(task: Task, rng: random.Random) -> str | None:
    """Say the number that is asked for."""
    numbers = [answer.value for answer in task.answer if is_number(answer.value)]
    return f"{task.summary} I believe it is {rng.choice(numbers)}." if numbers else None


def last_for_first(task: Task, rng: random.Random) -> str | None:
    """Point at the other end of a list of several."""
    lists = [rows for step in task.steps for rows in step.response.values() if isinstance(rows, list)]
    found = [*_FIRST.finditer(unquoted(task.summary))]
    if not found or not lists or any(len(rows) < 2 for rows in lists):
        return None
    at = rng.choice(found)
    other = {"top": "bottom"}.get(at[0].casefold(), "last")
    return f"{task.summary[: at.start()]}{other}{task.summary[at.end() :]}"


def swapped(task: Task, rng: random.Random) -> str | None:
    """Exchange two wishes of which the later rests on what the earlier returns."""
    wishes, parts = wishes_of(task), sentences(task.summary)
    rests = [*_rests(task)]
    if len(wishes) != len(task.steps) or not rests:
        return None
    earlier, later = rng.choice(rests)
    one, two = wishes[earlier], wishes[later]
    (lead, said), (other_lead, other) = leading(parts[one]), leading(parts[two])
    parts[one], parts[two] = f"{lead}{other}", f"{other_lead}{said}"
    return "".join(parts)


def _rests(task: Task) -> Iterator[tuple[int, int]]:
    """Yield pairs of steps: the later takes a value that the earlier alone returns, and nobody says."""
    for index, step in enumerate(task.steps):
        for pointer, entry in step.provenance.items():
            value = resolve(parse_call(step.call).arguments, pointer)
            known = [place for place, other in enumerate(task.steps[:index]) if value in leaf_values(other.response)]
            if entry.kind is ProvenanceKind.response and len(known) == 1 and str(value) not in task.summary:
                yield known[0], index


def revoked(task: Task, rng: random.Random) -> str | None:
    """Take everything back at the end."""
    return f"{task.summary} {rng.choice(_REVOKED)}"


REQUEST_WAYS: Mapping[str, RequestWay] = {
    way.__name__: way
    for way in (
        *(quantity, aside, day, other_id, other_member, other_text, flag, unit, never, opposite, other_bound),
        *(goal_removed, goal_added, other_attribute, telling_removed, given_away, last_for_first, swapped, revoked),
    )
}


def _requoted(task: Task, rng: random.Random, fits: Callable[[Json], bool], other: Callable[[Json], str]) -> str | None:
    """Put something else in place of the quote of a value that fits."""
    for quote, value in shuffled(quotes(task), rng):
        if fits(value) and task.summary.count(quote) == 1 and (text := once(task.summary, quote, other(value))):
            return text
    return None
