"""The defect injector: a model behind another one that spoils good answers at known rates.

It stands between any backend and the runtime, so that audits and judges can be measured against what is known to be
wrong. Whether a request is spoiled, and how, depends on the request and the seed alone, never on when it is asked; a
repair is a request of its own. What was spoiled stands in the ledger.

Rates are given by role, and for simulators by tool: of a share of all tools, told by the tool's own text, each is
defective at one of several levels, and the others are sound.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import orjson

from synthtools_stream.asking.reply_parser import Unparsable, parse_object
from synthtools_stream.bench.defects import TEXT_WAYS, WAYS, Scene
from synthtools_stream.bench.defects.spoiled_scene import tags_of
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel, ToolCall
from synthtools_stream.chat.wire import request_digest
from synthtools_stream.roles.rollout_roles import AGENT_NATIVE
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json

__all__ = ["ROLES", "DefectiveTools", "Ledger", "Spoiled", "Spoiling", "tool_digest"]

ROLES = tuple(WAYS)
"""The roles whose answers can be spoiled by more than their text."""
_NATIVE = AGENT_NATIVE.name
"""The role of requests that have no schema to be named after."""
_MALFORMED = "malformed"
"""The kind of an answer whose text is spoiled, in whichever way."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """One answer that was spoiled."""

    digest: str
    """The request's, as in reply logs."""
    role: str
    kind: str
    tool: str = ""
    """Name of the tool that was played."""

    def to_json(self) -> JsonObject:
        """Return the entry as JSON."""
        return {"digest": self.digest, "role": self.role, "kind": self.kind, "tool": self.tool}


@dataclass
class Ledger:
    """Everything that was spoiled, and how many answers could have been."""

    entries: dict[str, Spoiled] = field(default_factory=dict[str, Spoiled])
    """By request digest: a request that is asked again is spoiled again in the same way."""
    seen: dict[str, int] = field(default_factory=dict[str, int])
    """Answers by role."""
    marred: set[str] = field(default_factory=set[str])
    """Digests of the tools of which an answer was spoiled; see `tool_digest`."""

    def of_role(self, role: str) -> list[Spoiled]:
        """Return the entries of one role."""
        return [entry for entry in self.entries.values() if entry.role == role]


def tool_digest(tool: JsonObject) -> str:
    """Return what tells a tool from all others, whatever the order of its keys."""
    return blake2b(canonical_json(tool), digest_size=16).hexdigest()


@dataclass(frozen=True)
class DefectiveTools:
    """Which tools are defective, and how often it shows: decided by each tool's text and the seed."""

    share: float
    levels: Sequence[float]
    """Each defective tool has one of these rates."""
    seed: int = 0

    def rate(self, tool: JsonObject) -> float:
        """Return how often the answers of a tool are spoiled; 0 for a sound one."""
        digest = blake2b(canonical_json(tool), key=f"tools:{self.seed}".encode(), digest_size=16).digest()
        drawn = int.from_bytes(digest[:8], "big") / 2**64
        if drawn >= self.share:
            return 0.0
        return self.levels[int.from_bytes(digest[8:], "big") % len(self.levels)]


class Spoiling:
    """A language model that spoils another one's answers."""

    def __init__(
        self,
        model: LanguageModel,
        rates: Mapping[str, float],
        seed: int,
        ledger: Ledger | None = None,
        *,
        tools: Callable[[JsonObject], float] | None = None,
        kinds: Iterable[str] | None = None,
    ) -> None:
        """Spoil a role's answers at its rate; `tools` gives a simulator's rate by tool instead.

        `kinds` restricts the ways; by default all of a role are used, alike.
        """
        self._model = model
        self._rates = rates
        self._seed = seed
        self._tools = tools
        self._kinds = None if kinds is None else set(kinds)
        self.ledger = ledger if ledger is not None else Ledger()

    @property
    def model(self) -> str:
        """Name of the model behind."""
        return self._model.model

    async def aclose(self) -> None:
        """Close the model behind."""
        await self._model.aclose()

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request, well or not."""
        reply = await self._model.chat(request)
        role = request.schema_name or (_NATIVE if request.tools else "")
        self.ledger.seen[role] = self.ledger.seen.get(role, 0) + 1
        digest = request_digest(request)
        rng = random.Random(f"spoiling:{self._seed}:{digest}")
        tags = tags_of(request)
        if rng.random() >= self._rate(role, tags):
            return reply
        spoiled = self._native(reply, rng) if role == _NATIVE else self._spoiled(role, reply, tags, rng)
        if spoiled is None:
            return reply
        kind, worse = spoiled
        tool = tags.get("tool")
        name = str(tool.get("tool_name")) if isinstance(tool, dict) else ""
        if isinstance(tool, dict):
            self.ledger.marred.add(tool_digest(tool))
        self.ledger.entries[digest] = Spoiled(digest, role, kind, name)
        return worse

    def _rate(self, role: str, tags: Mapping[str, Json]) -> float:
        tool = tags.get("tool")
        if role == "simulator" and self._tools is not None and isinstance(tool, dict):
            return self._tools(tool)
        return self._rates.get(role, 0.0)

    def _spoiled(
        self, role: str, reply: ChatReply, tags: Mapping[str, Json], rng: random.Random
    ) -> tuple[str, ChatReply] | None:
        try:
            answer = parse_object(reply.text)
        except Unparsable:
            return None  # it is bad enough
        ways = WAYS.get(role, {})
        kinds = [kind for kind in (*ways, _MALFORMED) if self._kinds is None or kind in self._kinds]
        rng.shuffle(kinds)
        for kind in kinds:
            if kind == _MALFORMED:
                text = TEXT_WAYS[rng.choice(list(TEXT_WAYS))](reply.text, rng)
                return kind, replace(reply, text=text)
            worse = ways[kind](Scene(answer, tags), rng)
            if worse is not None and canonical_json(worse) != canonical_json(answer):
                return kind, replace(reply, text=orjson.dumps(worse).decode())
        return None

    def _native(self, reply: ChatReply, rng: random.Random) -> tuple[str, ChatReply] | None:
        """Spoil a turn of the native agent: its first call, or its closing message."""
        if not reply.tool_calls:
            answer: JsonObject = {"action": "final", "message": reply.text}
        else:
            first = reply.tool_calls[0]
            try:
                answer = {"action": "call", "tool_name": first.name, "arguments": orjson.loads(first.arguments)}
            except orjson.JSONDecodeError:
                return None
        ways = [(kind, way) for kind, way in WAYS["agent_json"].items() if self._kinds is None or kind in self._kinds]
        rng.shuffle(ways)
        for kind, way in ways:
            worse = way(Scene(answer), rng)
            if worse is not None and worse != answer:
                return kind, _native_reply(reply, worse)
        return None


def _native_reply(reply: ChatReply, action: JsonObject) -> ChatReply:
    if action.get("action") == "final":
        return replace(reply, text=str(action.get("message") or ""), tool_calls=(), finish_reason="stop")
    first = reply.tool_calls[0]
    arguments = orjson.dumps(action.get("arguments")).decode()
    call = ToolCall(first.id, str(action.get("tool_name")), arguments)
    return replace(reply, tool_calls=(call, *reply.tool_calls[1:]))
