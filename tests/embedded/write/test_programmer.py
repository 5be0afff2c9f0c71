"""The programmer's job: sound programs, mistakes at their rate, and none in a repair."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from synthtools_stream.chat.language_model import ChatRequest, Message, Sampling
from synthtools_stream.embedded.embedded_model import EmbeddedModel
from synthtools_stream.embedded.error_rates import EmbeddedRates
from synthtools_stream.embedded.read import read_tool
from synthtools_stream.embedded.write import write_program
from synthtools_stream.values.jsontypes import Json
from tests.embedded.write.harbour import TOOLS, TYPES

SOUND = EmbeddedModel(EmbeddedRates.none())
ERRING = EmbeddedModel(replace(EmbeddedRates.none(), program_error=1.0))


def asked(seed: int = 1, *later: Message, types: list[Json] | None = None, **more: Json) -> ChatRequest:
    """Return a programmer's request for the first of the harbour's tools."""
    tags: dict[str, Json] = {"tool": TOOLS[0], "entity_types": [*TYPES] if types is None else types, **more}
    text = "\n".join(f"<{name}>{json.dumps(value)}</{name}>" for name, value in tags.items())
    return ChatRequest("m", (Message("user", text), *later), Sampling(), seed, "programmer", {"type": "object"})


def program_of(model: EmbeddedModel, request: ChatRequest) -> str:
    return str(json.loads(model.complete(request).text)["program"])


def test_the_program_comes_from_the_words() -> None:
    """The answer is what the reading of the tool makes, with the rules in order as its reasoning."""
    answer = json.loads(SOUND.complete(asked()).text)
    assert answer["program"] == write_program(read_tool(TOOLS[0], TYPES))
    assert "BookingClosed, VesselAway" in answer["reasoning"]
    assert len(answer["reasoning"]) <= 800


def test_without_types_there_is_no_program() -> None:
    """A tool of a free-form corpus stays for the simulator."""
    assert program_of(SOUND, asked(types=[])) == ""


@pytest.mark.parametrize("seed", range(6))
def test_mistakes_are_mended(seed: int) -> None:
    """A wrong program is put right, whether the problem is told in the conversation or in a new request."""
    good, wrong = program_of(SOUND, asked(seed)), program_of(ERRING, asked(seed))
    assert wrong not in ("", good)
    told = (Message("assistant", wrong), Message("user", "<problem>the program is wrong</problem>"))
    assert program_of(ERRING, asked(seed, *told)) == good
    assert program_of(ERRING, asked(seed, program=wrong, problems=["it is wrong"])) == good


def test_mistakes_come_at_their_rate() -> None:
    """By default one program in a dozen is wrong."""
    model = EmbeddedModel(replace(EmbeddedRates(), bad_json=0.0, unreliable_tool=0.0))
    good = program_of(SOUND, asked())
    assert 8 <= sum(program_of(model, asked(seed)) != good for seed in range(200)) <= 28


def test_hard_tools_are_often_programmed_wrongly() -> None:
    """What is hard to play is hard to program."""
    model = EmbeddedModel(replace(EmbeddedRates.none(), unreliable_tool=1.0, unreliable_error=0.5))
    good = program_of(SOUND, asked())
    assert 30 <= sum(program_of(model, asked(seed)) != good for seed in range(100)) <= 70
