"""What an answer has from a prompt's examples is found, in every role, and what the request knows is not."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.origin import Origin
from synthtools_stream.asking.prompt_examples import PromptExamples
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import MemoryReplies
from synthtools_stream.asking.role_router import Router
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.roles.rollout_roles import AGENT_JSON, AgentJsonInput
from synthtools_stream.values.jsontypes import JsonObject
from tests.prompts.promptkit import JSON_ROLES, ROLES

LIBRARY = PromptLibrary.load()
REQUEST = "<request>Order an inspection of turbine TB-1037.</request>"
PROMPT = """# Sort pots

Name a shelf, such as `SH-1001`, and a glaze.

## Good example

Kiln yard; `PotOf(owner='Ines Calado')`:

```json
{"shelf": "SH-1003", "note": "Put the celadon bowls beside the speckled jars before the firing.",
 "titles": ["Wood Firing"]}
```

## Bad example

```json
{"shelf": "XY-9999", "note": "Id of the new shelf."}
```
"""

COPIES: JsonObject = {
    "subfield": "Bee Biology",
    "scenario": "A researcher analyses isotope spectra with a neural network and writes a paper about past climate.",
    "blueprint": "Lists telescopes by smallest aperture wanted and by state, largest aperture first.",
    "tool": "FR-1004",
    "surveyor": "Sets an open loan's status to returned, and its instrument's status to available.",
    "annotator": "instrumentId is the id of the instrument to lend.",
    "world": "Vault West",
    "probe": "FS-1011",
    "planner": (
        "A duty officer finds slopes that are loaded, reads the forecast for the worst one, closes it,"
        " and schedules a blast there, which needs a closed slope."
    ),
    "dialogue_planner": "Ingrid Solheim",
    "evolver": "FA-1003",
    "solver": "TO-1017",
    "summarizer": "RE-1005",
    "speaker": "GL-1014",
    "programmer": "Rules: NotAvailable (status available), then TooOften (fewer than 3 open loans).",
    "audit_judge": "WH-1015",
    "referee": "WH-1015",
    "task_judge": "HL-1012",
    "reader": "GR-1012",
    "trajectory_judge": "ST-1002",
    "agent_json": "TR-1018",
    "simulator": "Opal Youth Theatre",
    "user": "ME-1013",
}
"""Something of each role's examples; those of `proposer` are names of tools only."""


def _answer(text: str) -> str:
    return orjson.dumps({"message": f"So it is. {text}"}).decode()


@pytest.mark.parametrize("name", JSON_ROLES)
def test_a_planted_copy_is_found(name: str) -> None:
    """In every role; where the request says it, it is no copy."""
    examples = LIBRARY.examples(ROLES[name])
    if name not in COPIES:
        assert examples == PromptExamples()
        return
    copy = str(COPIES[name])
    assert examples.copied(_answer(copy), [REQUEST]) == copy
    assert examples.copied(_answer(copy), [REQUEST, f"<user>{copy}</user>"]) is None
    assert examples.copied(_answer("Turbine TB-1037 is ordered."), [REQUEST]) is None


@pytest.mark.parametrize("copy", ["SH-1003", "XY-9999", "Ines Calado"])
def test_ids_and_names_are_copies(copy: str) -> None:
    """Of JSON, prose, good and bad examples; not as part of another word."""
    examples = PromptExamples.of(PROMPT)
    assert examples.copied(_answer(copy), [REQUEST]) == copy
    assert examples.copied(_answer(f"{copy}a"), [REQUEST]) is None


@pytest.mark.parametrize("common", ["SH-1001", "Wood Firing", "Id of the new shelf.", "PotOf", "celadon"])
def test_what_may_come_up_by_itself_is_no_copy(common: str) -> None:
    """Forms that the rules tell, titles in lists, short sentences, names of tools and single words."""
    assert PromptExamples.of(PROMPT).copied(_answer(common), [REQUEST]) is None


def test_an_id_of_a_known_prefix_is_no_copy() -> None:
    """Where the request's own ids begin so, a number may be the same by chance."""
    assert PromptExamples.of(PROMPT).copied(_answer("SH-1003"), ['{"id_prefix":"SH-"}']) is None


def test_a_sentence_about_what_the_request_speaks_of_is_no_copy() -> None:
    """A long one counts, unless the request is about the same things."""
    told = "Put the celadon bowls beside the speckled jars before the firing."
    assert PromptExamples.of(PROMPT).copied(_answer(told), [REQUEST]) == told
    assert PromptExamples.of(PROMPT).copied(_answer(told), ["Where do the speckled pots go?"]) is None


async def test_a_copy_is_asked_again_with_the_reason() -> None:
    """The reply of a real model: the close of the prompt's example as the agent's own."""
    bad: JsonObject = {"reasoning": "Done.", "action": "final", "message": "Diver DV-1007 is on the reef trip TR-1018."}
    good: JsonObject = {"reasoning": "Done.", "action": "final", "message": "The inspection is ordered."}
    model = ScriptedModel([bad, good])
    asker = Asker(Router(model), LIBRARY, MemoryReplies(), seed=7)
    asked = AgentJsonInput(tools=[], now=None, request="Order an inspection of turbine TB-1037.")
    action = await asker.ask(AGENT_JSON, asked, Origin(stage="s", item="i", session="e"))
    assert action.message == "The inspection is ordered."
    told = str(model.requests[1].messages[-1].content)
    assert "'DV-1007' stands in the prompt's example and nowhere in this request" in told
