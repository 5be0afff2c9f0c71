"""Players that evolve a three-step sequence well, and one that writes a step with a flaw."""

from __future__ import annotations

from collections.abc import Sequence

from stages.evolution.dialogue_evolution import Evolution, Recipe
from stages.summarizing.merged_request import Summarizing
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.records import Task, ToolSequence
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.stagekit import WORLD, Player, Stable, play, sequence, shown

ORDER = ("GetHorse", "MoveHorse", "RecordWeight")
STEPS: list[tuple[str, JsonObject, list[Json]]] = [
    ("What is the name of HO-1001?", {"horse_id": "HO-1001"}, ["/name"]),
    ("Move it to ST-13, please.", {"horse_id": "HO-1001", "stall_id": "ST-13"}, []),
    ("It weighs 495 kg now; put that down.", {"horse_id": "HO-1001", "weight": 495}, []),
]
JUDGED_SAME: JsonObject = {"reasoning": "", "equivalent": True, "arguments": []}
JUDGED_OTHER: JsonObject = {"reasoning": "", "equivalent": False, "arguments": []}


def plan(*order: str) -> JsonObject:
    """Return a plan of these tools."""
    goals: list[Json] = [{"tool_name": name, "goal": f"have {name} done"} for name in order]
    return {"persona": "A groom.", **WORLD, "goals": goals}


def step_of(request: ChatRequest) -> int:
    """Return which step a request is about, by its finished turns."""
    dialogue = shown(request, "dialogue")
    assert isinstance(dialogue, list)
    return len(dialogue)


def evolve(request: ChatRequest, **other: Json) -> JsonObject:
    """Write the step as it should be, but for what is given."""
    turn, arguments, answer = STEPS[step_of(request)]
    return {"user_turn": turn, "arguments": arguments, "answer": answer, **other}


def solve(request: ChatRequest, **other: Json) -> JsonObject:
    """Understand the step, but for what is given."""
    step = step_of(request)
    return {"reasoning": "", "tool_name": ORDER[step], "arguments": STEPS[step][1], **other}


def stable(order: Sequence[str] = ORDER, **players: Player) -> Stable:
    """Return a model that does everything well, but for these players."""
    usual: dict[str, Player] = {"dialogue_planner": [plan(*order)], "evolver": evolve, "solver": solve}
    return Stable(**{**usual, "simulator": play, **players})


async def evolved(model: Stable, item: ToolSequence | None = None, retries: int = 2, min_steps: int = 2) -> Task:
    """Evolve one sequence."""
    stage = Evolution(retries, min_steps, Recipe(model="m", prompts="p", seed=5))
    item = item or sequence(*ORDER)
    (task,) = await stage.process(item, model.context(item.id))
    return task


def at_step(number: int, flaw: JsonObject, times: int = 1) -> Player:
    """Return an evolver that writes one step with a flaw, the first times."""
    seen = 0

    def play_evolver(request: ChatRequest) -> JsonObject:
        nonlocal seen
        if step_of(request) == number and seen < times:
            seen += 1
            return evolve(request, **flaw)
        return evolve(request)

    return play_evolver


SUMMARY = "Tell me the name of HO-1001, then move it to ST-13 and put down that it weighs 495 kg now."


async def released() -> Task:
    """Return the three-step task, summarized and proven."""
    model = Stable(summarizer=[{"summary": SUMMARY}], simulator=play)
    task = await evolved(stable())
    (proven,) = await Summarizing().process(task, model.context(task.id))
    return proven
