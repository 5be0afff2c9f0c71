"""What a user cannot know: one rule, whoever speaks for the user."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.proof.integrity import integrity_problems, replay
from synthtools_stream.proof.leaks import Secrets
from synthtools_stream.records import Change, Step, Tool
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import draft

WORDS = st.text(alphabet="aAkKsSiI1-_ \u212a\u017f\u0130\u0131éß", min_size=1, max_size=4)


def tool(name: str) -> Tool:
    """Return a tool of that name."""
    return Tool(tool_name=name, tool_description="", parameters={}, output_details={})


def step(response: JsonObject, *created: str) -> Step:
    """Return a step that told and created that."""
    changes = [Change(op="create", collection="notices", id=name) for name in created]
    changes.append(Change(op="update", collection="bookings", id="BK-7"))
    return Step(turn="", call="T()", status_code=200, response=response, changes=changes)


SECRETS = Secrets.of(
    [step({"eta": "noon", "ships": [{"name": "Castor", "left": 3}], "unit": "TEU"}), step({"note": "Castor"}, "N-1")],
    [tool("FindVessels"), tool("find_ports"), tool("Search")],
)


def test_secrets_are_minted_told_and_named() -> None:
    """Ids of what was created, texts that tools told, names of tools; each once, in order, and no ordinary word."""
    assert (SECRETS.minted, SECRETS.told) == (["N-1"], ["noon", "Castor"])
    assert SECRETS.tools == ["FindVessels", "find_ports"]
    assert SECRETS.unsaid("The castor at noon, N-12.") == ["N-1", "FindVessels", "find_ports"]


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("Write to N-1 and CASTOR.", ["N-1", "Castor"]),
        ("Use findvessels, or find_ports.", ["FindVessels", "find_ports"]),
        ("Move BK-7 in TEU, N-12, Castors, afternoon; search!", []),
    ],
)
def test_leaks_are_whole_words_in_any_case(text: str, leaks: list[str]) -> None:
    """A secret is told by its own word, however it is written, and by no longer one."""
    assert SECRETS.leaks(text, "") == leaks
    assert SECRETS.leaks(text, f"As I said: {text.lower()}") == [], "what was said before is known"


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4).map("".join), st.lists(WORDS, max_size=4).map("".join))
def test_leaks_are_found_as_patterns_find_them(told: list[str], text: str, said: str) -> None:
    """The quick look at all secrets passes over none, in any script."""

    def holds(where: str, word: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", where, re.IGNORECASE) is not None

    secrets = Secrets([], told, [])
    assert secrets.unsaid(said) == [word for word in dict.fromkeys(told) if not holds(said, word)]
    assert secrets.leaks(text, said) == [word for word in secrets.unsaid(said) if holds(text, word)]


@pytest.mark.parametrize("word", ["N-1001", "vs-81", "MoveBooking"])
def test_proof_finds_leaks_in_the_request(word: str) -> None:
    """A request that tells what no turn does is refused, and the word is named."""
    task = draft()
    leaking = task.model_copy(update={"summary": f"{task.summary} Mind {word}, please."})
    found = [problem for problem in integrity_problems(leaking, replay(leaking)) if "cannot know" in problem]
    assert found != [], word
    assert word.casefold() in found[0].casefold()
