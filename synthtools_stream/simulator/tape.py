"""The tape: what a task's tools have answered once, they answer for ever.

An answer is kept under the canonical call and the digest of the collections that the tool reads and writes, so the same
call in the same situation gives the same answer, whatever else has happened and whoever asks. What programs answer is
kept under the whole state: they would say the same again, and it was checked against all of it. Equal calls in flight
are asked once. Answers are kept with placeholders for new ids; the runtime that plays one back mints its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b
from weakref import WeakValueDictionary

from synthtools_stream.asking.single_flight import SingleFlight
from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.task import Step, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.state import apply, as_state, digest, refuse_mint, rename
from synthtools_stream.toolcalls import Call, canonical, parse_call
from synthtools_stream.values.jsontypes import JsonObject, canonical_json

__all__ = ["Tape", "TapeShelf", "program_key", "tape_key"]


def tape_key(call: Call, tool: Tool, state: JsonObject | State | None) -> str:
    """Return the key of a canonical call in a state; `effects` None: the whole state counts."""
    touched = None if tool.effects is None else {*tool.effects.reads, *tool.effects.writes}
    said = canonical_json({"name": call.name, "arguments": call.arguments})
    return blake2b(said + b"\0" + digest(state, touched).encode(), digest_size=16).hexdigest()


def program_key(call: Call, state: JsonObject | State | None) -> str:
    """Return the key of a canonical call that a program answers in a state; it is no model's."""
    said = canonical_json({"program": call.name, "arguments": call.arguments})
    return blake2b(said + b"\0" + digest(state).encode(), digest_size=16).hexdigest()


class Tape:
    """The answers of one owner's tools."""

    def __init__(self, owner: str) -> None:
        """Start an empty tape; `owner` is the task that it belongs to."""
        self.owner = owner
        self._answers: dict[str, Answer] = {}
        # Each who asks has a model's reply to lose and a meter of its own: the failure of one is not the others'.
        self._asking: SingleFlight[Answer] = SingleFlight(shared_failures=False)

    def __contains__(self, key: str) -> bool:
        """Say whether the answer is on the tape."""
        return key in self._answers

    def __len__(self) -> int:
        """Return how many answers are on the tape."""
        return len(self._answers)

    def record(self, key: str, answer: Answer) -> None:
        """Keep an accepted answer; the first one stays."""
        self._answers.setdefault(key, answer)

    async def answer(self, key: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer on the tape, or ask for it once, whoever else wants it meanwhile.

        When the one who asks fails or is cancelled, the next who waits asks instead.
        """
        known = self._answers.get(key)
        return known if known is not None else await self._asking.once(key, partial(self._asked, key, ask))

    async def _asked(self, key: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        if key not in self._answers:  # who waited for a failure may come when another has asked already
            self.record(key, await ask())
        return self._answers[key]

    def prime(self, task: Task) -> None:
        """Record the answers of a task's steps; rows of other people have none, damaged ones are left out."""
        tools = {tool.tool_name: tool for tool in task.tools}
        try:
            state = as_state(task.initial_state)
            for step in task.steps:
                state = self._prime_step(step, tools, state)
        except (BadCall, StateProblem):
            return  # what was recorded up to here is sound; verifying says what is wrong with the rest

    def _prime_step(self, step: Step, tools: Mapping[str, Tool], state: State) -> State:
        call = parse_call(step.call)
        if call.name not in tools:
            raise BadCall(f"unknown tool '{call.name}'")
        after = apply(state, step.changes, mint=refuse_mint).state
        key = tape_key(canonical(call, tools[call.name]), tools[call.name], state)
        self.record(key, _unminted(step))
        return after


def _unminted(step: Step) -> Answer:
    created = [change.id for change in step.changes if change.op == "create"]
    names = {name: f"$new{number}" for number, name in enumerate(created, start=1)}
    changes: list[Change] = []
    for change in step.changes:
        attributes = rename(change.attributes, names)
        assert isinstance(attributes, dict)
        changes.append(change.model_copy(update={"id": names.get(change.id, change.id), "attributes": attributes}))
    response = rename(step.response, names)
    assert isinstance(response, dict)
    return Answer(step.status_code, response, None, tuple(changes))


class TapeShelf:
    """One tape per task for as long as somebody holds it, so that all attempts at a task meet the same world."""

    def __init__(self) -> None:
        """Start an empty shelf."""
        self._tapes: WeakValueDictionary[str, Tape] = WeakValueDictionary()

    def tape(self, task: Task) -> Tape:
        """Return the task's tape, primed with its steps; it lives as long as the longest holder."""
        found = self._tapes.get(task.id)
        if found is None:
            found = self._tapes[task.id] = Tape(task.id)
            found.prime(task)
        return found

    @contextmanager
    def borrow(self, task: Task) -> Generator[Tape]:
        """Hold the task's tape for the length of a `with` block."""
        yield self.tape(task)

    def __len__(self) -> int:
        """Return how many tapes are held."""
        return len(self._tapes)
