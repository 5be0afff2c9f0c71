"""Planted programs: a model behind another one that gives some tools a program with one known mistake.

The mistake is put into the program that the model behind writes, and stays whatever the programmer is told: a repair
that is really one would hide whether the audit sees. A mistake counts as one only where some call shows it, so a mutant
that answers as the program does to several hundred drawn calls is none. Which tools get one, and which mistake,
depends on the tool's text and the seed alone.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import orjson

from stages.auditing.adequacy import Verdict, verdict_on
from stages.auditing.drawn_calls import drawn_calls
from synthtools_stream.asking.reply_parser import Unparsable, parse_object
from synthtools_stream.bench.defects.defect_injector import tool_digest
from synthtools_stream.bench.defects.spoiled_scene import tags_of
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel
from synthtools_stream.programs.mutants import mutants
from synthtools_stream.programs.program import ProgramCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.records import EntityType, State, Tool
from synthtools_stream.roles.program_roles import PROGRAMMER
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["MISREAD", "Planted", "Planting", "PlantingLedger"]

MISREAD = "misreading"
"""The family of mistakes that come of a word misunderstood, not of a slip in the code."""
_CALLS = 600
"""Calls on which a mistake must show: twice what the audit draws for the contract."""
_AT_ONCE = 60
"""Calls that are made before it is looked at whether it has shown."""
_TRIED = 12
"""Mistakes that are tried before a tool counts as one that none fits."""
_NOW = "2026-03-14T09:00:00"


@dataclass(frozen=True, slots=True)
class Planted:
    """A program with a known mistake."""

    source: str
    family: str
    description: str


@dataclass
class PlantingLedger:
    """What was planted, by the digest of the tool (`tool_digest`)."""

    written: set[str] = field(default_factory=set[str])
    """Tools for which a program was written."""
    planted: dict[str, Planted] = field(default_factory=dict[str, Planted])
    unfit: set[str] = field(default_factory=set[str])
    """Tools that were to have a mistake, and no mistake fits."""
    asked: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    """Requests about each tool, by role."""


@dataclass(frozen=True)
class Planting:
    """A language model that gives a share of all tools a wrong program, and counts what is asked about each tool."""

    behind: LanguageModel
    misreading: LanguageModel
    """Always writes a program with a misunderstanding in it."""
    sandbox: Sandbox
    share: float
    seed: int
    ledger: PlantingLedger
    deciding: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])

    @property
    def model(self) -> str:
        """Name of the model behind."""
        return self.behind.model

    async def aclose(self) -> None:
        """Close the model behind."""
        await self.behind.aclose()

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request; a programmer's with the planted program, where there is one."""
        reply = await self.behind.chat(request)
        tags = tags_of(request)
        tool = tags.get("tool")
        if not isinstance(tool, dict):
            return reply
        digest = tool_digest(tool)
        self.ledger.asked.setdefault(digest, Counter())[request.schema_name or ""] += 1
        if request.schema_name != PROGRAMMER.name:
            return reply
        async with self.deciding.setdefault(digest, asyncio.Lock()):
            return await self._programmed(request, reply, digest, tags)

    async def _programmed(
        self, request: ChatRequest, reply: ChatReply, digest: str, tags: dict[str, Json]
    ) -> ChatReply:
        sound = _program_of(reply)
        if sound is None:
            return reply
        ledger, rng = self.ledger, random.Random(f"planting:{self.seed}:{digest}")
        if digest not in ledger.written:
            ledger.written.add(digest)
            if rng.random() < self.share:
                found = await self._mistake(request, sound, tags, rng)
                if found is None:
                    ledger.unfit.add(digest)
                else:
                    ledger.planted[digest] = found
        planted = ledger.planted.get(digest)
        return reply if planted is None else replace(reply, text=_answer(planted.source))

    async def _mistake(
        self, request: ChatRequest, sound: str, tags: dict[str, Json], rng: random.Random
    ) -> Planted | None:
        """Return a mistake that shows on a drawn call: every family that the program may suffer alike."""
        calls = _calls(sound, tags, rng)
        misread = _program_of(await self.misreading.chat(request))
        for planted in _candidates(sound, misread, rng):
            if await self._shows(planted, calls):
                return planted
        return None

    async def _shows(self, planted: Planted, calls: Sequence[ProgramCall]) -> bool:
        """Say whether one of the calls is answered otherwise: not in wording only, and not by failing only."""
        for at in range(0, len(calls), _AT_ONCE):
            batch = calls[at : at + _AT_ONCE]
            right = await self.sandbox.answers(batch)
            made = await self.sandbox.answers([replace(call, source=planted.source) for call in batch])
            if Verdict.other in map(verdict_on, right, made):
                return True
        return False


def _candidates(sound: str, misread: str | None, rng: random.Random) -> Iterator[Planted]:
    """Yield some mutants, families in turn."""
    families: dict[str, list[Planted]] = {}
    for mutant in mutants(sound):
        made = Planted(mutant.source, mutant.family.value, f"line {mutant.line}: {mutant.description}")
        families.setdefault(made.family, []).append(made)
    if misread is not None and misread != sound:
        families[MISREAD] = [Planted(misread, MISREAD, "a word of the tool, misunderstood")]
    names = [*families]
    rng.shuffle(names)
    for mistakes in families.values():
        rng.shuffle(mistakes)
    for turn in range(_TRIED):
        yield from (families[name][turn] for name in names if turn < len(families[name]))


def _calls(sound: str, tags: dict[str, Json], rng: random.Random) -> list[ProgramCall]:
    """Return the calls on which a mistake may show."""
    told = tags.get("entity_types")
    types = [EntityType.from_json(kind) for kind in told if isinstance(kind, dict)] if isinstance(told, list) else []
    shown = tags.get("tool")
    tool = Tool.from_json(shown if isinstance(shown, dict) else {})
    clock: State = {CLOCK: {"now": {"value": _NOW}}}
    return [
        program_call(sound, Call(tool.tool_name, case.arguments), tool, case.state, types)
        for case in drawn_calls(tool, types, clock, f"planting:{rng.random()}", _CALLS)
    ]


def _program_of(reply: ChatReply) -> str | None:
    try:
        program = parse_object(reply.text).get("program")
    except Unparsable:
        return None
    return program if isinstance(program, str) and program else None


def _answer(program: str) -> str:
    answer: JsonObject = {"reasoning": "The words, as they were understood.", "program": program}
    return orjson.dumps(answer).decode()
