"""Ask: render a role's input, get a reply, and turn it into the role's checked output, with repairs.

Everything here is a deterministic function of its arguments and the replies: the seed of a request comes from the run's
seed, the item, the role, the key and the number of the attempt, so it does not depend on when it is asked. A repair
tells the model what was wrong, and the shape of a right answer where it was the form that was wrong, and asks for the
whole answer again; it is a request of its own with its own reply, drawn a little more freely where the first was not
drawn at all: what failed at temperature 0 fails there again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, NamedTuple

import orjson
from pydantic import ValidationError

from synthtools_stream.asking.answer_shape import answer_shape
from synthtools_stream.asking.ask_protocol import MAX_REPAIRS
from synthtools_stream.asking.origin import Origin
from synthtools_stream.asking.prompt_templates import PromptLibrary, json_text
from synthtools_stream.asking.reply_parser import Unparsable, parse_object, refuse_several
from synthtools_stream.asking.reply_source import AskObserver, Replies, ReplyStore
from synthtools_stream.asking.role_router import Router
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling
from synthtools_stream.chat.thoughts import answer_text, thought_beside, without_reasoning
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.records.record import Record
from synthtools_stream.roles.role import In, Out, Role
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.lineages import lineage

__all__ = ["Answered", "Asker", "RefusedOutput", "request_seed"]

_SHOWN_OF_BAD = 4096
"""Characters that are shown of a bad answer: enough to mend it, too little to overflow a context by repairs."""
_WARMER = 0.2
"""Temperature that each repair of a role at temperature 0 gains: another draw, and still the likeliest words."""
_MAX_PROBLEMS = 5
"""Problems that are told at once: a model mends a few of them well, and a wrong shape may have one a line."""


class RefusedOutput(UnusableReply):
    """An output that could be read, and that its asker's check refused to the end."""

    def __init__(self, role: str, output: Record, problem: str) -> None:
        super().__init__(f"{role}: {problem}")
        self.output = output
        self.problem = problem
        """What the check found wrong with it."""


class Answered(NamedTuple, Generic[Out]):
    """A role's checked output, and what the model thought beside it."""

    output: Out
    thought: str


class _Asked(NamedTuple):
    """What all attempts of one ask share."""

    origin: Origin
    role: str
    key: str
    sampling: Sampling
    schema: JsonObject | None = None
    tools: tuple[JsonObject, ...] = ()


class Asker:
    """Asks models for a whole run."""

    def __init__(
        self,
        router: Router,
        prompts: PromptLibrary,
        store: ReplyStore,
        *,
        seed: int,
        observer: AskObserver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask through `router` with `prompts`; replies are found and kept in `store`; `seed` is the run's."""
        self.router = router
        self.prompts = prompts
        self._replies = Replies(store, observer=observer, clock=clock)
        self._seed = seed

    async def ask(
        self,
        role: Role[In, Out],
        value: In,
        origin: Origin,
        *,
        key: str = "",
        conversation: Sequence[Message] = (),
        check: Callable[[Out], None] | None = None,
        repairs: int = MAX_REPAIRS,
    ) -> Out:
        """Ask `role` for `origin` and return its validated output; see `ask_protocol.Asks`, and `answer`."""
        answered = await self.answer(
            role, value, origin, key=key, conversation=conversation, check=check, repairs=repairs
        )
        return answered.output

    async def answer(
        self,
        role: Role[In, Out],
        value: In,
        origin: Origin,
        *,
        key: str = "",
        conversation: Sequence[Message] = (),
        check: Callable[[Out], None] | None = None,
        repairs: int = MAX_REPAIRS,
    ) -> Answered[Out]:
        """Ask `role` for `origin` and return its validated output with the thought beside it.

        :raises RefusedOutput: when `check` refuses an output, and `repairs` requests for a better one were made.
        :raises UnusableReply: when the last repair cannot be read either; its detail is what was wrong with it.
        :raises TransportError: when the backend could not be reached.
        :raises Rejection: when the backend refuses the request itself.
        """
        asked = _Asked(origin, role.name, key, self.router.sampling(role), role.schema)
        messages = self._open(role, value, conversation)
        given = [message.content or "" for message in messages[1:]]
        problem = ""
        for attempt in range(1 + MAX_REPAIRS):
            reply = await self._reply(asked, messages, attempt)
            origin.usage.read()
            try:
                output = _read(role, reply)
            except Unparsable as error:
                problem = error.reason
                repair = _repair(reply, problem, answer_shape(role.schema))
            else:
                refusal = self._copy(role, output, given) or _refusal(output, check)
                if refusal is None:
                    origin.usage.accept(reply.usage)
                    return Answered(output, thought_beside(reply.text, reply.reasoning))
                if attempt >= repairs:
                    raise RefusedOutput(role.name, output, refusal)
                problem = refusal
                repair = _repair(reply, problem)
            messages = (*messages, *repair)
        raise UnusableReply(f"{role.name}: {problem}")

    async def converse(
        self,
        role: Role[In, Out],
        value: In,
        origin: Origin,
        *,
        key: str,
        conversation: Sequence[Message],
        tools: Sequence[JsonObject],
    ) -> ChatReply:
        """Ask for one native chat turn with OpenAI `tools` and return the reply; its tool calls have ids of ours."""
        asked = _Asked(origin, role.name, key, self.router.sampling(role), tools=tuple(tools))
        reply = await self._reply(asked, self._open(role, value, conversation), 0)
        origin.usage.read()
        origin.usage.accept(reply.usage)
        return reply

    def _open(self, role: Role[In, Out], value: In, conversation: Sequence[Message]) -> tuple[Message, ...]:
        prompt = self.prompts.render(role, value)
        return (Message("system", prompt.system), Message("user", prompt.user), *conversation)

    def _copy(self, role: Role[In, Out], output: Out, given: Sequence[str]) -> str | None:
        """Say what an output has from the prompt's examples and not from what its role was given."""
        copied = self.prompts.examples(role).copied(output.model_dump_json(), given)
        if copied is None:
            return None
        return f"{copied!r} stands in the prompt's example and nowhere in this request: answer from the request alone"

    async def _reply(self, asked: _Asked, messages: tuple[Message, ...], attempt: int) -> ChatReply:
        model = self.router.route(asked.role)
        request = ChatRequest(
            model=model.model,
            messages=messages,
            sampling=_drawn(asked.sampling, attempt),
            seed=request_seed(self._seed, asked.origin.item, asked.role, asked.key, attempt),
            schema_name=asked.role if asked.schema is not None else "",
            schema=asked.schema,
            tools=asked.tools,
            stage=asked.origin.stage,
            session=asked.origin.session,
        )
        return await self._replies.get(model, request, role=asked.role, item=asked.origin.item)


def request_seed(run_seed: int, item: str, role: str, key: str, attempt: int) -> int:
    """Return the seed of a request: below 2**31, and the same at any concurrency and after any number of kills."""
    decisive = orjson.dumps([run_seed, lineage(item), role, key, attempt])
    return int.from_bytes(hashlib.blake2b(decisive, digest_size=8).digest(), "big") % 2**31


def _validation_problem(error: ValidationError) -> str:
    """Say in one short line what a model must mend: `path: message`, at most five of them."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    told = [_one_problem(problem["loc"], problem["type"], problem["msg"]) for problem in problems[:_MAX_PROBLEMS]]
    if len(problems) > _MAX_PROBLEMS:
        told.append(f"and {len(problems) - _MAX_PROBLEMS} more")
    return "; ".join(told)


def _one_problem(place: tuple[int | str, ...], kind: str, message: str) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    known = {"missing": "is required", "extra_forbidden": "is not a known key; leave it out"}
    return f"{path[:120] or 'the answer'}: {known.get(kind, message.removeprefix('Value error, '))[:200]}"


def _read(role: Role[In, Out], reply: ChatReply) -> Out:
    # Also where a complete object stands in the text: a model that was cut off had not finished its answer.
    if reply.finish_reason == "length":
        raise Unparsable("the answer was cut off because it is too long: answer again in full, and shorter")
    text = answer_text(reply.text, reply.reasoning)
    found = parse_object(text)
    if role.acts:
        refuse_several(text, found)
    try:
        return role.output_model.model_validate(found)
    except ValidationError as error:
        raise Unparsable(_validation_problem(error)) from error


def _refusal(output: Out, check: Callable[[Out], None] | None) -> str | None:
    """Return what a check finds wrong with an output."""
    if check is not None:
        try:
            check(output)
        except Rejection as rejection:
            return rejection.detail or rejection.reason
    return None


def _drawn(sampling: Sampling, attempt: int) -> Sampling:
    if attempt == 0 or sampling.temperature > 0:
        return sampling
    return replace(sampling, temperature=_WARMER * attempt)


def _repair(reply: ChatReply, problem: str, shape: str = "") -> tuple[Message, Message]:
    """Show a bad answer and what was wrong with it; and how a right one looks, if its `shape` is given."""
    shown = without_reasoning(reply.text).strip()
    if len(shown) > _SHOWN_OF_BAD:
        shown = shown[:_SHOWN_OF_BAD] + " …"
    # Some chat templates refuse an empty assistant message.
    told = f"<problem>{json_text(problem)}</problem>"
    if shape:
        told += "\nA right answer is one JSON object of this shape, with nothing before or after it:\n"
        told += f"<shape>{shape}</shape>"
    return Message("assistant", shown or "(empty)"), Message("user", told)
