"""The evolver role: the next user turn and the call that it asks for, on the state as it stands.

The goal says which things the step is about; everything else is chosen here, so that the call succeeds. Ids that an
earlier step returned are pointed at ("the new booking"), ids that the user knows are said; every value stands word
for word in the turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthtools_stream.embedded.invent.back_references import Reference, find_references, speak_of, was_listed
from synthtools_stream.embedded.invent.call_choice import Caller, Preferences
from synthtools_stream.embedded.invent.clause_wording import Clause, ClauseWriter, as_written
from synthtools_stream.embedded.invent.foresight import foresee
from synthtools_stream.embedded.invent.turn_wording import act_turn, read_turn, tone_of
from synthtools_stream.embedded.invent.wished_values import Wish, wish_for
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import spans
from synthtools_stream.embedded.read import Meaning, MeaningKind, ToolReading, entities_of, read_tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["evolve_step"]

_SEARCHES = 16
"""Calls that are tried for a step, until one can be put into words and be served."""


@dataclass(frozen=True)
class _Scene:
    """What the step is written from."""

    job: Job
    reading: ToolReading
    caller: Caller
    goal: str
    dialogue: list[JsonObject]
    state: JsonObject

    @property
    def plain(self) -> bool:
        """Say whether an earlier version was not understood, so that this one must be plain."""
        return bool(self.job.texts("problems"))

    @property
    def spoken(self) -> str:
        """Return all that the user said so far."""
        return "\n".join(str(turn.get("user", "")) for turn in self.dialogue)


def evolve_step(job: Job) -> JsonObject:
    """Return the turn and the call of the step that comes next, or why there is none."""
    scene = _scene(job)
    arguments = _arguments(scene)
    if arguments is None:
        return _blocked(f"nothing in the world lets a user {scene.reading.description[:160].rstrip('.').lower()}")
    names, pointed = _names(scene, arguments)
    clause = ClauseWriter(scene.reading, arguments, names, job.rng, plain=scene.plain).write()
    wish = _wish(scene, arguments)
    tone = tone_of(job.text("persona"))
    if wish is None:
        turn = act_turn(clause.text, tone, job.rng, plain=scene.plain)
    else:
        turn = read_turn(clause.text, wish.words, tone, job.rng, plain=scene.plain)
    return {
        "user_turn": turn[:1200],
        "arguments": arguments,
        "grounding": [*_grounding(scene, arguments, clause, pointed)[:24]],
        "answer": [*(wish.pointers if wish else ())],
    }


def _blocked(reason: str) -> JsonObject:
    return {"blocked": reason[:300], "user_turn": "", "arguments": {}, "grounding": [], "answer": []}


def _scene(job: Job) -> _Scene:
    tool, state = job.object("tool"), job.object("state")
    reading = read_tool(tool, [], state)
    goals, step = job.objects("goals"), job.integer("step")
    goal = str(goals[step].get("goal", "")) if 0 <= step < len(goals) else ""
    caller = Caller(reading, state, job.rng)
    return _Scene(job, reading, caller, goal, job.objects("dialogue"), state)


def _wishes(scene: _Scene) -> dict[str, list[str]]:
    """Return the ids that the goal names, and those that it points at, by collection."""
    wishes: dict[str, list[str]] = {}
    for collection in scene.state:
        if collection == "clock":
            continue
        known = list(entities_of(scene.state, collection))
        named = [name for name in known if any(spans(name, scene.goal, "_-"))]
        if named:
            wishes[collection] = named
        elif any(spans(f"new {_noun(scene, collection)}", scene.goal)):
            wishes[collection] = [ref.id for ref in find_references(scene.dialogue, known) if _is_new(scene, ref)][:1]
    return wishes


def _noun(scene: _Scene, collection: str) -> str:
    kind = scene.reading.vocabulary.kind(collection)
    told = next((item.noun for item in scene.reading.meanings if item.collection == collection and item.noun), "")
    return as_written(told or (kind.noun if kind else collection), scene.reading)


def _is_new(scene: _Scene, reference: Reference) -> bool:
    """Say whether a step made the thing: its id came back first, and nobody had said or listed it."""
    made = any(_made(turn, reference.id) for turn in scene.dialogue)
    return made and reference.id not in scene.spoken and not was_listed(scene.dialogue, reference.id)


def _made(turn: JsonObject, identifier: str) -> bool:
    response = turn.get("response")
    first = next(iter(response.values()), None) if isinstance(response, dict) else None
    return first == identifier and identifier not in str(turn.get("call", ""))


def _arguments(scene: _Scene) -> JsonObject | None:
    wishes = _wishes(scene)
    optional = 0.55 if scene.reading.operation is not Operation.search else 0.45
    strict = Preferences(ids=wishes, only=True, optional=optional)
    if scene.reading.operation is Operation.search:
        found = _search(scene, wishes, strict)
        if found is not None:
            return found
    return scene.caller.valid(strict) or scene.caller.valid(Preferences(ids=wishes, optional=optional))


def _search(scene: _Scene, wishes: Mapping[str, list[str]], strict: Preferences) -> JsonObject | None:
    """Return a search that finds what is wished for first, best among few others."""
    wished = wishes.get(scene.reading.collection, [])
    fallback: JsonObject | None = None
    for _ in range(_SEARCHES):
        arguments = scene.caller.valid(strict)
        if arguments is None:
            return None
        found = foresee(scene.reading, scene.caller.with_defaults(arguments), scene.state).found
        if found and (not wished or found[0] == wished[0]) and arguments:
            return arguments
        fallback = fallback or (arguments if found else None)
    return fallback


def _wish(scene: _Scene, arguments: JsonObject) -> Wish | None:
    if not scene.reading.operation.reads_only:
        return None
    found = foresee(scene.reading, scene.caller.with_defaults(arguments), scene.state).found
    fixed = {
        item.attribute
        for item in scene.reading.of_kind(MeaningKind.filter)
        if item.op == "eq" and arguments.get(item.parameter) is not None
    }
    return wish_for(scene.reading, found[0], scene.state, fixed, scene.job.rng) if found else None


def _names(scene: _Scene, arguments: JsonObject) -> tuple[dict[str, str], dict[str, Reference]]:
    """Return how ids are spoken of where not by themselves, and which responses they are pointed at in."""
    names: dict[str, str] = {}
    pointed: dict[str, Reference] = {}
    for item in scene.reading.meanings:
        value = arguments.get(item.parameter)
        if not item.takes_id or not isinstance(value, str) or item.kind is MeaningKind.filter:
            continue
        reference = _reference(scene, item, value)
        spoken = _spoken(scene, item, reference) if reference else ""
        if reference and spoken:
            names[item.parameter] = spoken
            pointed[item.parameter] = reference
    return names, pointed


def _reference(scene: _Scene, item: Meaning, value: str) -> Reference | None:
    """Return where an earlier response holds the id, if pointing there is not ambiguous."""
    known = list(entities_of(scene.state, item.collection))
    references = find_references(scene.dialogue, known)
    own = next((reference for reference in references if reference.id == value), None)
    if own is None:
        return None
    rivals = [other for other in references if other.step > own.step or (other.step == own.step and other is not own)]
    return own if not rivals or (_is_new(scene, own) and not any(_is_new(scene, other) for other in rivals)) else None


def _spoken(scene: _Scene, item: Meaning, reference: Reference) -> str:
    said = reference.id in scene.spoken
    if said and (scene.plain or scene.job.rng.random() < 0.4):
        return ""
    noun, new = _noun(scene, item.collection), _is_new(scene, reference)
    return speak_of(reference, noun, len(scene.dialogue), said=said, new=new, rng=scene.job.rng)


def _grounding(
    scene: _Scene, arguments: JsonObject, clause: Clause, pointed: Mapping[str, Reference]
) -> list[JsonObject]:
    grounding: list[JsonObject] = []
    for item in scene.reading.meanings:
        argument = f"/{item.parameter}"
        value = arguments.get(item.parameter)
        if value is None:
            if item.default is not None:
                grounding.append({"argument": argument, "kind": "default"})
        elif item.parameter in pointed:
            reference = pointed[item.parameter]
            grounding.append(
                {"argument": argument, "kind": "response", "step": reference.step, "pointer": reference.pointer}
            )
        else:
            grounding += _said(
                argument, value, clause.quotes[item.parameter].quote if item.parameter in clause.quotes else ""
            )
    return grounding


def _said(argument: str, value: Json, quote: str) -> list[JsonObject]:
    if isinstance(value, bool):
        return [{"argument": argument, "kind": "choice", "quote": quote[:300]}]
    if isinstance(value, dict):
        return [part for name, inner in value.items() for part in _said(f"{argument}/{name}", inner, _bare(inner))]
    if isinstance(value, list):
        return [part for place, inner in enumerate(value) for part in _said(f"{argument}/{place}", inner, _bare(inner))]
    return [{"argument": argument, "kind": "user", "quote": quote[:300]}]


def _bare(value: Json) -> str:
    """Return a value as it stands in a turn: numbers without a needless fraction."""
    return f"{value:g}" if isinstance(value, float) and abs(value) < 100000 else str(value)
