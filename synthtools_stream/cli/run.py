"""`run`: fields into tools, proven tasks and judged trajectories."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from click.core import ParameterSource

from synthtools_stream.assembly import Start, from_environments, from_fields, from_given, from_tasks, from_tools
from synthtools_stream.assembly.dry_run import look_ahead, sample_of
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_inputs import file_digest, shipped_fields
from synthtools_stream.assembly.seed_examples import read_seed_tasks, read_seed_tools
from synthtools_stream.assembly.task_file import TaskFile, open_tasks
from synthtools_stream.assembly.tool_programs import read_programs
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.cli.config_file import build_config, read_config
from synthtools_stream.cli.console import notice
from synthtools_stream.cli.end_report import exit_code, say_end, say_skipped
from synthtools_stream.cli.exit_codes import DONE, exit_with, on_loop
from synthtools_stream.cli.live_display import progress_display
from synthtools_stream.cli.options import backend_options, budget_options, flags_of, out_option, read_fields
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.run_plan import say_plan
from synthtools_stream.cli.sample_view import say_sample
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError
from synthtools_stream.report.past_run import USUAL, has_figures, read_past_run
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["run"]

FIRST = {
    "fields": "generation",
    "given": "generation",
    "environments": "generation",
    "tools": "sequencing",
    "drafts": "summarizing",
    "tasks": "rollout",
}
"""The stage that each kind of start begins with."""


@click.command()
@click.argument("config", required=False, type=click.Path(path_type=Path), is_eager=True, callback=read_config)
@out_option("runs/run")
@click.option("--field", "field", multiple=True, help="A field, such as 'Freight and Logistics'; may be repeated.")
@click.option("--fields-file", type=click.Path(path_type=Path), help="A file with one field a line.")
@click.option("--subfields", type=int, help="Subfields a field.  [1]")
@click.option("--scenarios", type=int, help="Scenarios a subfield.  [1]")
@click.option("--oversample", type=int, help="Candidates for each subfield, scenario and sequence.  [2]")
@click.option("--most-tools", type=int, help="Tools an environment at most: the most different of its blueprint.")
@click.option("--sequences", type=int, help="Tool sequences an environment.  [4]")
@click.option("--sequence-length", type=int, help="Calls in a sequence at most.  [6]")
@click.option("--strategy", type=click.Choice(["graph", "llm", "random"]), help="How sequences are drawn.  [graph]")
@click.option("--rollouts", type=int, help="Attempts of the agent at each task.  [1]")
@click.option("--min-reliability", type=float, help="Floor of each mode's lower bound in the audit.  [0.26]")
@click.option("--max-retries", type=int, help="Further attempts at a step of a task.  [3]")
@click.option("--mode", type=click.Choice(["json", "native"]), help="How the agent calls tools.  [json]")
@click.option("--stop-after", type=click.Choice(STAGES), help="Run no stage beyond this one.")
@click.option(
    "--given-tools",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Take the tools of an OpenAPI 3 document or of an MCP server's tools/list as they are; may be repeated.",
)
@click.option("--seed-tools", type=click.Path(path_type=Path), help="Tools in whose likeness new ones are made.")
@click.option("--seed-tasks", type=click.Path(path_type=Path), help="Tasks in whose likeness new ones are made.")
@click.option("--environments", type=click.Path(path_type=Path), help="Start from an environments.jsonl.")
@click.option("--tools", type=click.Path(path_type=Path), help="Start from a tools.jsonl.")
@click.option("--tasks", type=click.Path(path_type=Path), help="Start from a task_content.jsonl (or .parquet).")
@click.option(
    "--tools-as",
    type=click.Choice(["auto", "code", "simulated"]),
    help="Who plays tools: their programs where they have one that passes, programs only, or the simulator.  [auto]",
)
@click.option(
    "--programs",
    type=click.Path(path_type=Path),
    help="Programs of your own for tools: JSONL of tool_name and program.",
)
@click.option("--resummarize", is_flag=True, help="With --tasks: write the requests anew and prove the tasks again.")
@click.option("--max-tasks", type=int, help="Release no more tasks than this.")
@click.option("--dry-run", is_flag=True, help="Say what would be made and what it would take, and do nothing.")
@click.option("--like", type=click.Path(path_type=Path), help="Run directory whose figures the estimate is made of.")
@click.option("--sample", type=click.IntRange(min=1), help="Make so many environments, show them, estimate the whole.")
@budget_options
@click.option("--quiet", is_flag=True, help="No progress display.")
@backend_options
def run(
    config: JsonObject,
    out: Path,
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
    dry_run: bool,
    like: Path | None,
    sample: int | None,
    quiet: bool,
    **options: object,
) -> None:
    """Turn fields into tools, proven tasks and judged trajectories.

    CONFIG is a TOML file; every option also stands in it under its name, and flags win. Run the same command again
    to resume, or to do nothing if the run is finished.

    --dry-run makes nothing: it estimates calls, tokens, money and time by the figures of another run (--like), of the
    same run where --out holds one, or by the usual ones. --sample makes a small run of its own, in --out where that is
    given and else nowhere that stays, and estimates the whole by that.
    """
    with exit_with():
        flags = flags_of(**options)
        flags.update(_fields(field, None if field and _stands_in_file("fields_file") else fields_file))
        if programs is not None:
            flags["programs"] = {**read_programs(programs)}
        if seed_tools is not None:
            flags["seed_tools"] = [tool.to_json() for tool in read_seed_tools(seed_tools)]
        if seed_tasks is not None:
            flags["seed_tasks"] = [*read_seed_tasks(seed_tasks)]
        settings = build_config(config, flags)
        if settings.operating.shard:
            raise ConfigError("shard: a run makes the whole; only rollout takes a part of a dataset")
        with told_phases() as phases, phases.phase("reading what the run begins with", "files"):
            settings, start = _start(settings, given_tools, environments, tools, tasks, out, resummarize=resummarize)
        _check_end(settings, start)
        if dry_run and sample is not None:
            raise ConfigError("--dry-run makes nothing, and --sample makes something: give one of them")
    if dry_run:
        _say_ahead(settings, start, out, like)
        sys.exit(DONE)
    if sample is not None:
        sys.exit(_sampled(settings, start, None if _is_default("out") else out, sample, quiet))
    # The display ends first, so that an error is the last line on the screen.
    with exit_with(), progress_display(quiet) as display:
        summary = on_loop(run_pipeline(settings, start, out, show=display.show, notice=notice, told=display.told))
    if isinstance(start.tasks, TaskFile):
        say_skipped(start.tasks)
    say_end(summary)
    sys.exit(exit_code(summary))


def _say_ahead(config: RunConfig, start: Start, out: Path, like: Path | None) -> None:
    """Say what a run would find, make and take."""
    with exit_with(), told_phases() as phases:
        with phases.phase("looking at what there is", "answers"):
            on_loop(look_ahead(config, out, notice))
        own = read_past_run(out, phases) if has_figures(out) else None
        past = read_past_run(like, phases) if like is not None else own or USUAL
    say_plan(config, start, past, own.spent if own is not None else None)


def _sampled(config: RunConfig, start: Start, out: Path | None, count: int, quiet: bool) -> int:
    """Make a small run, show it, and estimate the whole; returns the exit code."""
    small, few = sample_of(config, start, count)
    with TemporaryDirectory(prefix="synthtools-sample-") as nowhere:
        directory = Path(nowhere) / "run" if out is None else out
        with exit_with(), progress_display(quiet) as display:
            running = run_pipeline(small, few, directory, show=display.show, notice=notice, told=display.told)
            summary = on_loop(running)
        with exit_with():
            say_sample(directory)
            if has_figures(directory):
                past = replace(read_past_run(directory), name=f"a sample of {count}")
                say_plan(config, start, past)
    if out is not None:
        notice(f"the sample lies in {out}; --like {out} estimates by it")
    return exit_code(summary)


def _is_default(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is ParameterSource.DEFAULT


def _stands_in_file(name: str) -> bool:
    """Whether an option was taken from the configuration file; one that is given beside it wins."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.DEFAULT_MAP


def _fields(field: tuple[str, ...], fields_file: Path | None) -> JsonObject:
    names = [*field, *(read_fields(fields_file) if fields_file else [])]
    return {"fields": [*names]} if names else {}


def _start(
    config: RunConfig,
    given_tools: tuple[Path, ...],
    environments: Path | None,
    tools: Path | None,
    tasks: Path | None,
    out: Path,
    *,
    resummarize: bool,
) -> tuple[RunConfig, Start]:
    files_given = [path for path in (environments, tools, tasks) if path is not None]
    if len(files_given) + bool(given_tools) > 1:
        raise ConfigError(
            "--given-tools, --environments, --tools and --tasks exclude each other: a run begins at one place"
        )
    files_given += given_tools
    if resummarize and tasks is None:
        raise ConfigError("--resummarize needs --tasks")
    if not files_given:
        names = config.content.fields or shipped_fields()
        return _content(config, {"fields": [*names]}), from_fields(names)
    if config.content.fields:
        raise ConfigError("fields make no sense beside a start-from file; leave one of them out")
    if given_tools:
        start = from_given(given_tools)
    elif environments is not None:
        start = from_environments(environments)
    elif tools is not None:
        start = from_tools(tools)
    else:
        source = open_tasks(files_given[0])
        start = from_tasks(source, len(source), resummarize=resummarize)
    return _content(config, {"start": start.kind, "dataset": file_digest(out, *files_given)}), start


def _check_end(config: RunConfig, start: Start) -> None:
    """Refuse to stop before the run begins.

    :raises ConfigError: if the last stage lies before the first.
    """
    first, last = FIRST[start.kind], config.operating.stop_after
    if last is not None and STAGES.index(last) < STAGES.index(first):
        raise ConfigError(f"--stop-after {last} lies before the first stage of this run, which is {first}")


def _content(config: RunConfig, update: JsonObject) -> RunConfig:
    content = config.content.model_validate({**config.content.model_dump(), **update})
    return config.model_copy(update={"content": content})
