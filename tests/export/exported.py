"""A small corpus as it stands on disk, with what formats find hard: parallel calls, reasoning, lists, other scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from synthtools_stream.export.corpus import Kind, open_corpus
from synthtools_stream.export.export_folder import ExportFolder
from synthtools_stream.export.export_format import Choices
from synthtools_stream.export.export_run import ExportRun
from synthtools_stream.export.formats import format_named
from synthtools_stream.export.selection import Selection
from synthtools_stream.export.split import Split
from synthtools_stream.records import Alignment, Fault, StopReason, Task, Trajectory, Verdict, VerdictKind
from synthtools_stream.records.record import Record
from synthtools_stream.storage.datasets.columns import as_columns
from synthtools_stream.toolcalls import openai_function
from synthtools_stream.toolcalls.wire_names import WireNames
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.proof.coded_task import coded

__all__ = ["MESSAGES", "attempt", "call", "corpus", "export", "result", "rows", "task", "unheard", "write_rows"]


def call(number: int, name: str, arguments: JsonObject) -> JsonObject:
    """Return a call as a message has it."""
    text = orjson.dumps(arguments).decode()
    return {"id": f"call_{number:04}", "type": "function", "function": {"name": name, "arguments": text}}


def result(number: int, response: JsonObject) -> JsonObject:
    """Return the message that answers a call."""
    text = orjson.dumps({"status_code": 200, "response": response}).decode()
    return {"role": "tool", "tool_call_id": f"call_{number:04}", "content": text}


MESSAGES: Sequence[JsonObject] = (
    {"role": "system", "content": "Serve the user.\n<now>2026-03-14T09:00:00</now>"},
    {"role": "user", "content": "Which vessels have room? Then move BK-2057, and tell Zoë („ü“, 船, <b>)."},
    {
        "role": "assistant",
        "content": None,
        "reasoning": "Two look-ups at once.",
        "tool_calls": [
            call(1, "SearchVessels", {"arrive_by": "2026-03-16", "min_capacity": 12}),
            call(2, "ListBookings", {"status": "confirmed", "max_results": 3}),
        ],
    },
    result(1, {"vessels": [{"vessel_id": "VS-81", "eta": None}], "count": 1}),
    result(2, {"bookings": [], "count": 0}),
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [call(3, "MoveBooking", {"booking_id": "BK-2057", "vessel_id": "VS-81"})],
    },
    result(3, {"booking_id": "BK-2057", "vessel_id": "VS-81"}),
    {"role": "assistant", "content": "BK-2057 sails with Castor; 1 vessel has room.", "reasoning": "All is done."},
)
"""A conversation with two calls at once."""


def task(name: str = "freight_spec_001_seq02", field: str = "Freight") -> Task:
    """Return a proven task of that id."""
    return coded().model_copy(update={"id": name, "field": field})


def attempt(
    number: int,
    of: Task | None = None,
    kind: VerdictKind = VerdictKind.solved,
    fault: Fault = Fault.none,
    messages: Sequence[JsonObject] = MESSAGES,
    mode: str = "native",
) -> Trajectory:
    """Return an attempt at a task."""
    tried = of or task()
    names = WireNames(tool.tool_name for tool in tried.tools)
    return Trajectory(
        id=f"{tried.id}#r{number}",
        task_id=tried.id,
        field=tried.field,
        mode=mode,
        messages=[*messages],
        tools=[openai_function(tool, names) for tool in tried.tools],
        turns=[],
        final_state=tried.final_state,
        stop_reason=StopReason.answered,
        fault=fault,
        verdict=Verdict(kind=kind),
        alignment=Alignment(match_rate=1.0),
        meta={"model": "m", "attempt": number, "length": len(tried.gt_tool_calls), "variant": "base"},
    )


def write_rows(folder: Path, kind: Kind, records: Iterable[Record]) -> None:
    """Write records as the file of a run directory."""
    folder.mkdir(exist_ok=True)
    lines = (orjson.dumps(as_columns(kind.name, record.to_json())) + b"\n" for record in records)
    (folder / kind).write_bytes(b"".join(lines))


def corpus(folder: Path, tasks: Sequence[Task] | None = None, attempts: Sequence[Trajectory] | None = None) -> Path:
    """Write a run directory with tasks and attempts: by default one task, solved once and failed once."""
    tasks = [task()] if tasks is None else tasks
    failed = {"kind": VerdictKind.unsolved, "fault": Fault.agent}
    if attempts is None:
        attempts = [made for one in tasks for made in (attempt(0, one), attempt(1, one, **failed))]  # type: ignore[arg-type]
    if tasks:
        write_rows(folder, Kind.tasks, tasks)
    if attempts:
        write_rows(folder, Kind.trajectories, attempts)
    return folder


def export(
    run: Path,
    name: str,
    out: Path,
    selection: Selection | None = None,
    choices: Choices | None = None,
    split: str = "train=1",
) -> ExportFolder:
    """Write an export whole, and return its folder."""
    made = ExportRun(
        open_corpus([run]), format_named(name), selection or Selection(), Split.of(split, 0), choices or Choices()
    )
    folder = ExportFolder.open(out, made.asked())
    made.write(folder, unheard)
    return folder


def unheard(kind: str, done: int) -> None:
    """Take no note of how far an export is."""


def rows(path: Path) -> list[Json]:
    """Return the rows of a JSONL file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]
