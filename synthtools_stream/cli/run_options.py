"""The options that say what a run makes, for every command that makes one; and the configuration that they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

import click
from click.core import ParameterSource

from synthtools_stream.assembly.chosen_start import StartFiles
from synthtools_stream.assembly.seed_examples import read_seed_tasks, read_seed_tools
from synthtools_stream.assembly.tool_programs import read_programs
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.cli.config_file import build_config, read_config
from synthtools_stream.cli.options import backend_options, budget_options, flags_of, read_fields
from synthtools_stream.config import RunConfig
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Asked", "asked_for", "run_options"]

P = ParamSpec("P")
T = TypeVar("T")


class Asked(NamedTuple):
    """What a command line asks for."""

    config: RunConfig
    files: StartFiles


def run_options(function: Callable[P, T]) -> Callable[P, T]:
    """Add the configuration file and its options; `asked_for` reads what they come to."""
    own: Sequence[Callable[[Callable[P, T]], Callable[P, T]]] = [
        click.argument("config", required=False, type=click.Path(path_type=Path), is_eager=True, callback=read_config),
        click.option(
            "--field", "field", multiple=True, help="A field, such as 'Freight and Logistics'; may be repeated."
        ),
        click.option("--fields-file", type=click.Path(path_type=Path), help="A file with one field a line."),
        click.option("--subfields", type=int, help="Subfields a field.  [1]"),
        click.option("--scenarios", type=int, help="Scenarios a subfield.  [1]"),
        click.option("--oversample", type=int, help="Candidates for each subfield, scenario and sequence.  [2]"),
        click.option(
            "--most-tools", type=int, help="Tools an environment at most: the most different of its blueprint."
        ),
        click.option("--sequences", type=int, help="Tool sequences an environment.  [4]"),
        click.option("--sequence-length", type=int, help="Calls in a sequence at most.  [6]"),
        click.option(
            "--strategy", type=click.Choice(["graph", "llm", "random"]), help="How sequences are drawn.  [graph]"
        ),
        click.option("--rollouts", type=int, help="Attempts of the agent at each task.  [1]"),
        click.option("--min-reliability", type=float, help="Floor of each mode's lower bound in the audit.  [0.26]"),
        click.option("--max-retries", type=int, help="Further attempts at a step of a task.  [3]"),
        click.option("--mode", type=click.Choice(["json", "native"]), help="How the agent calls tools.  [json]"),
        click.option("--stop-after", type=click.Choice(STAGES), help="Run no stage beyond this one."),
        click.option(
            "--given-tools",
            multiple=True,
            type=click.Path(path_type=Path),
            help="Take the tools of an OpenAPI 3 document or an MCP server's tools/list as they are; may be repeated.",
        ),
        click.option(
            "--seed-tools", type=click.Path(path_type=Path), help="Tools in whose likeness new ones are made."
        ),
        click.option(
            "--seed-tasks", type=click.Path(path_type=Path), help="Tasks in whose likeness new ones are made."
        ),
        click.option("--environments", type=click.Path(path_type=Path), help="Start from an environments.jsonl."),
        click.option("--tools", type=click.Path(path_type=Path), help="Start from a tools.jsonl."),
        click.option("--tasks", type=click.Path(path_type=Path), help="Start from a task_content.jsonl (or .parquet)."),
        click.option(
            "--tools-as",
            type=click.Choice(["auto", "code", "simulated"]),
            help="Who plays tools: their programs where they have one that passes, programs only, or the simulator."
            "  [auto]",
        ),
        click.option(
            "--programs",
            type=click.Path(path_type=Path),
            help="Programs of your own for tools: JSONL of tool_name and program.",
        ),
        click.option(
            "--resummarize", is_flag=True, help="With --tasks: write the requests anew and prove the tasks again."
        ),
        click.option("--max-tasks", type=int, help="Release no more tasks than this."),
        budget_options,
        backend_options,
    ]
    for option in reversed(own):
        function = option(function)
    return function


def asked_for(
    config: JsonObject,
    field: tuple[str, ...],
    fields_file: Path | None,
    given_tools: tuple[Path, ...],
    environments: Path | None,
    tools: Path | None,
    tasks: Path | None,
    programs: Path | None,
    seed_tools: Path | None,
    seed_tasks: Path | None,
    resummarize: bool,
    **options: object,
) -> Asked:
    """Read what the options of `run_options`, and others that are keys of a run, come to.

    :raises UsageError: in one line, for the first that cannot be used.
    """
    flags = flags_of(**options)
    flags.update(_fields(field, None if field and _stands_in_file("fields_file") else fields_file))
    if programs is not None:
        flags["programs"] = {**read_programs(programs)}
    if seed_tools is not None:
        flags["seed_tools"] = [tool.to_json() for tool in read_seed_tools(seed_tools)]
    if seed_tasks is not None:
        flags["seed_tasks"] = [*read_seed_tasks(seed_tasks)]
    files = StartFiles(given_tools, environments, tools, tasks, resummarize)
    return Asked(build_config(config, flags), files)


def _stands_in_file(name: str) -> bool:
    """Whether an option was taken from the configuration file; one that is given beside it wins."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.DEFAULT_MAP


def _fields(field: tuple[str, ...], fields_file: Path | None) -> JsonObject:
    names = [*field, *(read_fields(fields_file) if fields_file else [])]
    return {"fields": [*names]} if names else {}
