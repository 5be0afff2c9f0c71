"""The simulated user of a planned dialogue: code says what is planned, and a model only answers what nobody foresaw.

The user knows the plan and the values that it holds back, and tells each when the agent asks for it. It does not go on
about what never happened: where the next line points to what a call should have told or made, and none did in this
attempt, the conversation is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import BadCall, Rejection
from synthtools_stream.proof.exchanges import Exchange, exchanges
from synthtools_stream.proof.leaks import Secrets
from synthtools_stream.proof.told.declined import asks, questions, words_for
from synthtools_stream.proof.variants.base_task import proven_row
from synthtools_stream.records import Provenance, Step, Task, ToolTurn
from synthtools_stream.records.dialogue import ActKind
from synthtools_stream.roles.rollout_roles import USER, UserInput, UserOutput, Utterance
from synthtools_stream.toolcalls import called_tool, parse_call
from synthtools_stream.values.json_pointers import leaf_values, resolve
from synthtools_stream.values.jsontypes import Json, same_json

__all__ = ["SimulatedUser"]

UNFORESEEN = 2
"""Questions about one line that are answered beyond the plan: who asks more will not come to it."""


@dataclass
class SimulatedUser:
    """One user in one conversation, who begins with `opening`."""

    task: Task
    place: int = 0
    """Which exchange the conversation is at."""
    followed: bool = False
    """Whether its follow-up was said."""
    since: int = 0
    """How many calls had been made when it began."""
    answered: int = 0
    """Questions beyond the plan that were answered since then."""
    plan: Sequence[Exchange] = field(init=False)
    steps: Sequence[Step] = field(init=False)

    def __post_init__(self) -> None:
        """Read the plan; the steps of a task that cannot be done whole are its base's."""
        self.plan = list(exchanges(self.task.dialogue))
        self.steps = proven_row(self.task).steps
        self._shun_small_talk(())

    @property
    def opening(self) -> str:
        """The user's first message."""
        return self._first_words()

    async def reply(
        self, said: Sequence[Utterance], turns: Sequence[ToolTurn], key: str, context: Context
    ) -> str | None:
        """Return what the user says to the agent's latest message; None where it says no more.

        :raises UnusableReply: when the answer to an unforeseen question stays unusable.
        """
        message = said[-1].text
        current = self.plan[self.place]
        if current.follow_up and not self.followed and self._calls_for_more(current, message, turns):
            self.followed = True
            return current.follow_up
        if self.answered < UNFORESEEN and questions(message) and not self._acted_on(current, turns):
            self.answered += 1
            return await self._answer(said, turns, key, context)
        return self._next(turns)

    def _calls_for_more(self, current: Exchange, message: str, turns: Sequence[ToolTurn]) -> bool:
        """Say whether the agent's message is the one that the follow-up answers."""
        if current.kind is not ActKind.held_back:
            return True
        tools = [tool for tool in self.task.tools if tool.tool_name == _tool_of(self.steps[current.steps[0]])]
        return not self._acted_on(current, turns) and asks(message, words_for(current.held, tools))

    def _acted_on(self, current: Exchange, turns: Sequence[ToolTurn]) -> bool:
        """Say whether the tool of each step that is asked for has answered well since it was asked for."""
        made = {called_tool(turn.call) for turn in turns[self.since :] if _went_well(turn)}
        return all(_tool_of(self.steps[step]) in made for step in current.steps)

    def _next(self, turns: Sequence[ToolTurn]) -> str | None:
        self.place, self.followed = self.place + 1, False
        self.since, self.answered = len(turns), 0
        if self.place == len(self.plan):
            return None
        if not all(self._can_speak_of(step, turns) for step in self.plan[self.place].steps):
            return None
        self._shun_small_talk(turns)
        return self._first_words()

    def _first_words(self) -> str:
        current = self.plan[self.place]
        return current.follow_up if self.followed else current.opening

    def _shun_small_talk(self, turns: Sequence[ToolTurn]) -> None:
        """Pass over a remark where the line before it came to nothing: nobody thanks for that."""
        before = self.plan[self.place - 1] if self.place else None
        if self.plan[self.place].kind is ActKind.chat and before is not None:
            made = {called_tool(turn.call) for turn in turns if _went_well(turn)}
            self.followed = not all(_tool_of(self.steps[step]) in made for step in before.steps)

    def _can_speak_of(self, step: int, turns: Sequence[ToolTurn]) -> bool:
        """Say whether what a step rests on was told or made in this attempt."""
        return all(
            self._was_told(source, pointer, turns)
            for proof in self.steps[step].provenance.values()
            for source, pointer in _sources(proof)
        )

    def _was_told(self, source: int, pointer: str, turns: Sequence[ToolTurn]) -> bool:
        """Say whether an answer of this attempt holds the value there, or the same tool made something in its place."""
        well = [turn for turn in turns if _went_well(turn)]
        try:
            value = resolve(self.steps[source].response, pointer)
        except LookupError:
            return True  # of an unproven row: nothing is known of it
        maker = next((one for one in self.steps[: source + 1] if _creates(one, value)), None)
        if maker is not None:
            return any(
                called_tool(turn.call) == _tool_of(maker) and any(change.op == "create" for change in turn.changes)
                for turn in well
            )
        return any(same_json(value, told) for turn in well for told in leaf_values(turn.response))

    async def _answer(self, said: Sequence[Utterance], turns: Sequence[ToolTurn], key: str, context: Context) -> str:
        current = self.plan[self.place]
        spoken = [one.words for one in self.plan[: self.place]]
        hides = current.kind is ActKind.held_back and not self.followed
        spoken.append(current.opening if hides else current.words)
        hidden = [current.follow_up] if hides else []
        asked = UserInput(persona=self.task.meta.persona, turns=spoken, hidden=hidden, conversation=[*said])
        check = partial(self._check, [*spoken, *hidden, *(line.text for line in said)], turns)
        return (await context.ask(USER, asked, key=key, check=check)).message

    def _check(self, known: Sequence[str], turns: Sequence[ToolTurn], reply: UserOutput) -> None:
        """Refuse what the user can know neither from its plan so far nor from the agent."""
        leaks = Secrets.of([*self.steps, *turns], self.task.tools).leaks(reply.message, "\n".join(known))
        if leaks:
            raise Rejection("leaking_turn", f"the user cannot know these, refer to them in other words: {leaks}")


def _tool_of(step: Step) -> str:
    try:
        return parse_call(step.call).name
    except BadCall:
        return ""


def _went_well(turn: ToolTurn) -> bool:
    return 200 <= turn.status_code < 300


def _creates(step: Step, value: Json) -> bool:
    return any(change.op == "create" and change.id == value for change in step.changes)


def _sources(proof: Provenance) -> Iterator[tuple[int, str]]:
    """Yield the places in earlier responses on which an argument rests."""
    if proof.step is not None and proof.pointer is not None:
        yield proof.step, proof.pointer
    for part in proof.inputs or ():
        yield from _sources(part)
