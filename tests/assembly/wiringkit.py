"""Players that carry two fields of stables through the whole pipeline."""

from __future__ import annotations

from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.stagekit import TOOLS, TYPES, WORLD, Player, Stable, part, play, refusal, shown

NAMES = ["GetHorse", "MoveHorse", "SellHorse", "RecordWeight", "FeedHorse"]
"""Of these, SellHorse is never written, and FeedHorse fails its audit."""
ARGUMENTS: dict[str, list[JsonObject]] = {
    "GetHorse": [{"horse_id": "HO-1001"}, {"horse_id": "HO-1002"}],
    "FeedHorse": [{"horse_id": "HO-1001"}, {"horse_id": "HO-1002"}],
    "MoveHorse": [{"horse_id": "HO-1001", "stall_id": "ST-13"}, {"horse_id": "HO-1002", "stall_id": "ST-13"}],
    "RecordWeight": [{"horse_id": "HO-1001", "weight": 495}, {"horse_id": "HO-1002", "weight": 505}],
}
TURNS = {
    "GetHorse": "What is the name of HO-1001?",
    "MoveHorse": "Move HO-1001 to ST-13, please.",
    "RecordWeight": "HO-1001 weighs 495 kg now; put that down.",
}
ORDERS: list[Json] = [
    ["GetHorse", "MoveHorse"],
    ["MoveHorse", "RecordWeight"],
    ["RecordWeight", "GetHorse"],
]
EFFECTS: dict[str, JsonObject] = {
    tool.tool_name: {"reads": [*tool.effects.reads], "writes": [*tool.effects.writes]}
    for tool in TOOLS
    if tool.effects is not None
}
BLUEPRINT: JsonObject = {
    "difficulty": "easy",
    "entity_types": [kind.to_json() for kind in TYPES],
    "tools": [
        {"tool_name": name, "purpose": f"Do {name}.", "effects": EFFECTS.get(name, {"reads": [], "writes": ["horses"]})}
        for name in NAMES
    ],
}


def write(request: ChatRequest) -> Answer:
    """Write the tool of a signature, but never SellHorse."""
    name = part(shown(request, "signature"), "tool_name")
    if name == "SellHorse":
        return "I would rather not."
    tool = next((tool for tool in TOOLS if tool.tool_name == name), TOOLS[0])
    return {
        "tool_description": tool.tool_description,
        "parameters": [{"name": key, **spec.to_json()} for key, spec in tool.parameters.items()],
        "error_messages": [*tool.error_messages],
        "usage": tool.usage,
        "output_details": [
            {"name": key, "type": field.type, "description": f"Its {key}, afterwards."}
            for key, field in tool.output_details.items()
        ],
    }


def probe(request: ChatRequest) -> Answer:
    """Try the happy path twice."""
    arguments = ARGUMENTS[str(part(shown(request, "tool"), "tool_name"))]
    probes: list[Json] = [
        {"mode": "happy_path", "purpose": "try", "arguments": given, "expected_status": 200} for given in arguments
    ]
    return {"probes": probes}


def simulate(request: ChatRequest) -> Answer:
    """Play truthfully; nobody can feed a horse."""
    fed = part(shown(request, "call"), "tool_name") == "FeedHorse"
    return refusal(500, "no hay") if fed else play(request)


def judge(request: ChatRequest) -> Answer:
    """Find every 500 inappropriate."""
    return {"reasoning": "", "judgment": "correct" if shown(request, "status_code") == 200 else "inappropriate"}


def plan(request: ChatRequest) -> Answer:
    """Plan one goal a tool."""
    order = shown(request, "order")
    assert isinstance(order, list)
    goals: list[Json] = [{"tool_name": name, "goal": f"have {name} done"} for name in order]
    return {"persona": "A groom.", **WORLD, "goals": goals}


def evolve(request: ChatRequest) -> Answer:
    """Ask for the tool's one thing."""
    name = str(part(shown(request, "tool"), "tool_name"))
    answer: list[Json] = ["/name"] if name == "GetHorse" else []
    return {"user_turn": TURNS[name], "arguments": ARGUMENTS[name][0], "answer": answer}


def solve(request: ChatRequest) -> Answer:
    """Understand every turn."""
    name = next(name for name, turn in TURNS.items() if turn == shown(request, "user_turn"))
    return {"reasoning": "", "tool_name": name, "arguments": ARGUMENTS[name][0]}


def summarize(request: ChatRequest) -> Answer:
    """Say all turns in a row."""
    turns = shown(request, "turns")
    assert isinstance(turns, list)
    return {"summary": " ".join(map(str, turns))}


def stable(**players: Player) -> Stable:
    """Return a model for the whole pipeline."""
    usual: dict[str, Player] = {
        "subfield": [{"subfields": ["Racing stables", "Riding schools"]}],
        "scenario": [{"scenarios": ["Move horses about.", "Plan farrier visits."]}],
        "blueprint": [BLUEPRINT],
        "tool": write,
        "world": [WORLD],
        "probe": probe,
        "simulator": simulate,
        "audit_judge": judge,
        "proposer": [{"sequences": ORDERS}],
        "dialogue_planner": plan,
        "evolver": evolve,
        "solver": solve,
        "summarizer": summarize,
        "agent_json": [{"reasoning": "", "action": "final", "message": "It is Alba."}],
        "trajectory_judge": [{"reasoning": "", "solved": False, "confidence": 0.5}],
    }
    return Stable(**{**usual, **players})
