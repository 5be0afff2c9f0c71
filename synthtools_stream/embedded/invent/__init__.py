"""The inventing half: fields, blueprints, tools, worlds, probes, plans and user turns.

Every function reads nothing but its request, and writes plain English that the playing half (or anybody else)
understands from the words alone.

Belongs here: a writer for each role that invents, what it chooses from, and how it is worded.

Does not: how a tool's text is understood (`read`); what is known of a field (`lexicon`).

May import: `embedded`, `embedded.lexicon`, `embedded.read`, `records`, `values`, `wording`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from synthtools_stream.embedded.invent.act_speaker import speak_act
from synthtools_stream.embedded.invent.blueprint_writer import invent_blueprint
from synthtools_stream.embedded.invent.dialogue_planner import plan_dialogue
from synthtools_stream.embedded.invent.evolver import evolve_step
from synthtools_stream.embedded.invent.probe_writer import invent_probes
from synthtools_stream.embedded.invent.scenario_writer import invent_scenarios
from synthtools_stream.embedded.invent.subfield_writer import invent_subfields
from synthtools_stream.embedded.invent.summarizer import invent_summary
from synthtools_stream.embedded.invent.tool_annotator import annotate_tool
from synthtools_stream.embedded.invent.tool_surveyor import survey_tools
from synthtools_stream.embedded.invent.tool_writer import write_tool
from synthtools_stream.embedded.invent.user_speaker import speak_as_user
from synthtools_stream.embedded.invent.walk_planner import plan_walk, propose_sequences
from synthtools_stream.embedded.invent.world_writer import invent_world
from synthtools_stream.embedded.job import Job
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["INVENTIONS"]

INVENTIONS: Mapping[str, Callable[[Job], JsonObject]] = MappingProxyType(
    {
        "subfield": invent_subfields,
        "scenario": invent_scenarios,
        "blueprint": invent_blueprint,
        "tool": write_tool,
        "surveyor": survey_tools,
        "annotator": annotate_tool,
        "world": invent_world,
        "probe": invent_probes,
        "planner": plan_walk,
        "proposer": propose_sequences,
        "dialogue_planner": plan_dialogue,
        "evolver": evolve_step,
        "summarizer": invent_summary,
        "speaker": speak_act,
        "user": speak_as_user,
    }
)
"""What the embedded model invents, by the name of the role that is asked for."""
