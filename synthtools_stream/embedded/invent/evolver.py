"""The evolver role: the next user turn and the call that it asks for, on the state as it stands.

The goal says which things the step is about; everything else is chosen here, so that the call succeeds. Ids that an
earlier step returned are pointed at ("the new booking"), ids that the user knows are said; every value stands word
for word in the turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthtools_stream.embedded.invent.back_references import Conversation, Reference
from synthtools_stream.embedded.invent.call_choice import Caller, Preferences
from synthtools_stream.embedded.invent.clause_wording import Clause, ClauseWriter, as_written
from synthtools_stream.embedded.invent.deeds import LIFE_CYCLE_NAMES
from synthtools_stream.embedded.invent.foresight import foresee
from synthtools_stream.embedded.invent.formula_wording import Derived, derivations
from synthtools_stream.embedded.invent.implicit_wording import Meant, Told, as_meant, meant_values
from synthtools_stream.embedded.invent.turn_wording import act_turn, check_turn, read_turn, tone_of, with_purpose
from synthtools_stream.embedded.invent.wished_values import Wish, wish_for
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import spans
from synthtools_stream.embedded.read import Meaning, MeaningKind, ToolReading, entities_of, read_tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["evolve_step"]

_SEARCHES = 16
"""Calls that are tried for a step, until one can be put into words and be served."""
_NAMED_AGAIN = 0.4
"""How often a thing whose id the user has said is named by it once more, though it could be pointed at."""
_WAYS = 40
"""Ways of meaning a value that are tried: most tools let one of the first few pass."""
_WORKED_OUT = 0.7
"""How often a value is worked out of what an earlier step told of the thing, where that can be."""
_CHECKED = 0.4
"""How often a look-up at what the next goal is about only checks it, where there is a state to be checked."""
_OF_IT = frozenset({Operation.transition, Operation.delete, Operation.update, Operation.adjust})
"""What may be done to `it`: the clause then speaks of nothing else."""


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

    def conversation(self, collection: str) -> Conversation:
        """Return the finished steps, as far as things of a collection occur in them."""
        return Conversation(self.dialogue, list(entities_of(self.state, collection)))


def evolve_step(job: Job) -> JsonObject:
    """Return the turn and the call of the step that comes next, or why there is none."""
    scene = _scene(job)
    arguments = _arguments(scene)
    if arguments is None:
        return _blocked(f"nothing in the world lets a user {scene.reading.description[:160].rstrip('.').lower()}")
    meant = {way.parameter: way for way in _meant(scene, arguments)}
    arguments = {**arguments, **{name: way.value for name, way in meant.items()}}
    names, pointed = _names(scene, arguments, meant)
    phrases = {name: way.said for name, way in meant.items()}
    clause = ClauseWriter(scene.reading, arguments, names, job.rng, plain=scene.plain, derived=phrases).write()
    wish = _wish(scene, arguments)
    tone = tone_of(job.text("persona"))
    checked = _checked(scene, arguments) if wish is not None else ""
    if checked:
        wish, turn = None, check_turn(clause, checked, job.rng)
    elif wish is None:
        turn = act_turn(clause, tone, job.rng, plain=scene.plain)
    else:
        turn = read_turn(clause, wish, tone, job.rng, plain=scene.plain)
    if not scene.plain:
        turn = with_purpose(turn, job.rng, first=not scene.dialogue)
    return {
        "user_turn": turn[:1200],
        "arguments": arguments,
        "grounding": [*_grounding(scene, arguments, clause, pointed, meant)[:24]],
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
            wishes[collection] = [name for name in reversed(known) if scene.conversation(collection).is_new(name)][:1]
    return wishes


def _noun(scene: _Scene, collection: str) -> str:
    kind = scene.reading.vocabulary.kind(collection)
    told = next((item.noun for item in scene.reading.meanings if item.collection == collection and item.noun), "")
    return as_written(told or (kind.noun if kind else collection), scene.reading)


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


def _checked(scene: _Scene, arguments: JsonObject) -> str:
    """Return what a look-up is to check for the next goal, which names the same thing; empty where it is to be told."""
    goals, following = scene.job.objects("goals"), scene.job.integer("step") + 1
    target = scene.reading.target
    if scene.plain or target is None or following >= len(goals) or scene.job.rng.random() >= _CHECKED:
        return ""
    goal = str(goals[following].get("goal", ""))
    if not any(spans(str(arguments.get(target.parameter)), goal, "_-")):
        return ""
    shown = {
        name for output in scene.reading.outputs for name in (output.attribute, *(pair[1] for pair in output.keys))
    }
    return next((name for name in LIFE_CYCLE_NAMES if name in shown), "")


def _names(
    scene: _Scene, arguments: JsonObject, meant: Mapping[str, Meant]
) -> tuple[dict[str, str], dict[str, Reference]]:
    """Return how ids are spoken of where not by themselves, and which responses they are pointed at in."""
    names: dict[str, str] = {}
    pointed: dict[str, Reference] = {}
    for item in scene.reading.meanings:
        value = arguments.get(item.parameter)
        if not item.takes_id or not isinstance(value, str) or item.kind is MeaningKind.filter:
            continue
        if item.parameter in meant:
            names[item.parameter] = meant[item.parameter].said.text
            continue
        reference = scene.conversation(item.collection).reference(value)
        spoken = _spoken(scene, item, reference) if reference else ""
        if reference and spoken:
            names[item.parameter] = spoken
            pointed[item.parameter] = reference
    return names, pointed


def _spoken(scene: _Scene, item: Meaning, reference: Reference) -> str:
    said = any(reference.id in str(turn.get("user", "")) for turn in scene.dialogue)
    if said and (scene.plain or scene.job.rng.random() < _NAMED_AGAIN):
        return ""
    reading = scene.reading
    may_be_it = not scene.plain and item is reading.target and reading.operation in _OF_IT
    conversation = scene.conversation(item.collection)
    return conversation.words_for(reference, _noun(scene, item.collection), scene.job.rng, may_be_it=may_be_it)


def _meant(scene: _Scene, arguments: JsonObject) -> list[Meant]:
    """Return which values are meant in words that are not the value: those wished for, else one that offers itself."""
    found: list[Meant] = []
    wish = scene.job.object("implicit") if not scene.plain else {}
    wanted, count = wish.get("arguments"), wish.get("count")
    for one in wanted if isinstance(wanted, list) else ():
        if isinstance(one, dict) and isinstance(count, int) and len(found) < count:
            way = _wished(scene, {**arguments, **{other.parameter: other.value for other in found}}, one)
            found += [way] if way is not None else []
    if found:
        return found
    derived = _derived(scene, arguments)
    return [as_meant(derived)] if derived is not None else []


def _wished(scene: _Scene, arguments: JsonObject, wish: JsonObject) -> Meant | None:
    """Return a way to mean one value as it is wished, which leaves the step what it is."""
    item = scene.reading.meaning(str(wish.get("argument", "")).removeprefix("/"))
    kinds = wish.get("kinds")
    if item is None or not isinstance(kinds, list):
        return None
    told = Told(scene.state, scene.dialogue, scene.caller.today)
    ways = meant_values(scene.reading, item, [str(kind) for kind in kinds], arguments, told, scene.job.rng)
    return next((way for way in ways[:_WAYS] if _suits(scene, item, arguments, way)), None)


def _suits(scene: _Scene, item: Meaning, arguments: JsonObject, way: Meant) -> bool:
    """Say whether the call with such a value passes, changes something, and is about the same things."""
    changed = {**arguments, way.parameter: way.value}
    if item.takes_id and changed != arguments and (item is scene.reading.target or item.collection in _wishes(scene)):
        return False
    if not scene.caller.succeeds(changed) or way.value == _present(scene, item, arguments):
        return False
    if scene.reading.operation is not Operation.search:
        return True
    before, after = (
        foresee(scene.reading, scene.caller.with_defaults(given), scene.state).found for given in (arguments, changed)
    )
    return bool(after) and after[:1] == before[:1]


def _present(scene: _Scene, item: Meaning, arguments: JsonObject) -> Json:
    """Return what the thing acted on has already; nothing where nothing is set."""
    target = scene.reading.target
    if target is None or item.kind is not MeaningKind.sets:
        return None
    held = entities_of(scene.state, target.collection or scene.reading.collection)
    return held.get(str(arguments.get(target.parameter)), {}).get(item.attribute)


def _derived(scene: _Scene, arguments: JsonObject) -> Derived | None:
    """Return how one value of the call is worked out, where the words of a user may say so."""
    if scene.plain or scene.reading.operation.reads_only or scene.job.rng.random() >= _WORKED_OUT:
        return None
    ways = derivations(scene.reading, arguments, scene.state, scene.dialogue, scene.job.rng)
    return next(
        (way for way in ways if scene.caller.succeeds({**arguments, way.parameter: way.value})),
        None,
    )


def _grounding(
    scene: _Scene,
    arguments: JsonObject,
    clause: Clause,
    pointed: Mapping[str, Reference],
    meant: Mapping[str, Meant],
) -> list[JsonObject]:
    grounding: list[JsonObject] = []
    for item in scene.reading.meanings:
        argument = f"/{item.parameter}"
        value = arguments.get(item.parameter)
        if value is None:
            if item.default is not None:
                grounding.append({"argument": argument, "kind": "default"})
        elif item.parameter in meant:
            grounding.append({"argument": argument, **meant[item.parameter].grounding})
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
