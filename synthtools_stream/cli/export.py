"""`export`: our rows in the form that somebody else's program reads."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import click

from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import DONE, NOTHING, exit_with
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.errors import UsageError
from synthtools_stream.export.corpus import Kind, open_corpus
from synthtools_stream.export.export_folder import LEFT_OUT, ExportFolder
from synthtools_stream.export.export_format import Choices, Publication, ReasoningPlace, SystemText
from synthtools_stream.export.export_run import ExportRun
from synthtools_stream.export.formats import FORMATS, format_named
from synthtools_stream.export.package_name import package_name
from synthtools_stream.export.selection import LABELLED, Only, Selection
from synthtools_stream.export.split import Split
from synthtools_stream.export.wanted_sample import WantedSample
from synthtools_stream.storage.datasets.reader_notes import NOTES_FILE, read_notes

__all__ = ["export_rows"]


class _WithFormats(click.Command):
    """A command whose help names every format and who reads it."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click asks so
        """Write the list of formats."""
        with formatter.section("Formats"):
            formatter.write_dl([(form.name, form.read_by) for form in FORMATS.values()])


@click.command("export", cls=_WithFormats)
@click.argument("paths", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "name", required=True, metavar="NAME", help="One of those below.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder that is made; an export goes on.")
@click.option(
    "--only",
    metavar=f"[{'|'.join(Only)}|{LABELLED}WORD]",
    help="Attempts that solved their task, or did not; proven tasks; what a reader labelled so (see view).",
)
@click.option("--min-difficulty", type=click.FloatRange(0, 1), help="Share of attempts that did not solve the task.")
@click.option("--max-length", type=click.IntRange(1), help="Calls of the ground truth.")
@click.option(
    "--fields", "fields", metavar="NAME", multiple=True, help="Field of the tasks; several times for several."
)
@click.option("--variant", "variants", metavar="NAME", multiple=True, help="Variant of the tasks, likewise.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Tasks at most: the most different ones.")
@click.option(
    "--quota",
    "quotas",
    metavar="WHAT=N",
    multiple=True,
    help="Tasks of a value at most: field=20, pattern=, length=, variant=, or field=balanced; several times.",
)
@click.option("--no-near-duplicates", is_flag=True, help="Of tasks with nearly the same request and calls, the first.")
@click.option(
    "--split", "parts", default="train=1", show_default=True, help="Parts by environment: train=0.9,test=0.1."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which environments go to which part.")
@click.option(
    "--reasoning",
    type=click.Choice(["keep", "drop", "inline"]),
    default="keep",
    show_default=True,
    help="In a field of its own where the format has one; nowhere; as <think> in the content.",
)
@click.option(
    "--system",
    type=click.Choice(["keep", "now", "drop"]),
    default="keep",
    show_default=True,
    help="The system message: as it was; the time alone; none.",
)
@click.option("--name", "package", metavar="NAME", help="Of the package, for formats that make one: bee_tasks.")
@click.option("--licence", default="", metavar="NAME", help="For the card of hf, such as cc-by-4.0.")
@click.option(
    "--against",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="For the card of hf: tasks of a benchmark, which the rows should not repeat; several times for several.",
)
def export_rows(
    paths: tuple[Path, ...],
    name: str,
    out: Path,
    only: str | None,
    min_difficulty: float | None,
    max_length: int | None,
    fields: tuple[str, ...],
    variants: tuple[str, ...],
    sample: int | None,
    quotas: tuple[str, ...],
    no_near_duplicates: bool,
    parts: str,
    seed: int,
    reasoning: ReasoningPlace,
    system: SystemText,
    package: str | None,
    licence: str,
    against: tuple[Path, ...],
) -> None:
    """Write the rows of run directories and files (DIR) in a form that other programs read, with a card.

    The same command makes the same bytes, and goes on where it was stopped. What the format cannot hold stands in
    left_out.jsonl, with the reason.

    Exits with 1 when nothing is chosen.
    """
    with exit_with():
        form = format_named(name)
        selection = Selection(None, min_difficulty, max_length, frozenset(fields), frozenset(variants))
        if only is not None:
            selection = _narrowed(selection, only, paths)
        choices = Choices(reasoning, system, package_name(package) if package else None)
        publication = Publication(licence, against)
        wanted = WantedSample.of(sample, quotas, duplicates=not no_near_duplicates)
        with told_phases() as phases, phases.phase("finding the rows", "files", of=len(paths)):
            corpus = open_corpus(paths)
        run = ExportRun(corpus, form, selection, Split.of(parts, seed), choices, publication, wanted)
        folder = ExportFolder.open(out, run.asked())
        if folder.finished:
            notice(f"{out}: was finished before; nothing is left to do")
        else:
            _write(run, folder)
    if not folder.finished:
        folder.remove()
        _say_nothing(run, fields, folder)
        sys.exit(NOTHING)
    _say_sum(folder)
    if run.sampled is not None and run.sampled.count < (sample or 0):
        notice(f"{counted(run.sampled.count, 'task')} of {sample:,}: the other options leave no more")
    if "json" in run.seen_modes and run.choices.system == "keep" and Kind.trajectories in form.needs:
        notice("attempts in json mode: their system message has calls written as JSON; --system now leaves that out")
    sys.exit(DONE)


def _narrowed(selection: Selection, only: str, paths: Sequence[Path]) -> Selection:
    """Read `--only`.

    :raises UsageError: when it is nothing that there is, or nobody has given the label.
    """
    if not only.startswith(LABELLED):
        if only not in list(Only):
            raise UsageError(f"--only {only!r} is none of {', '.join(Only)} and {LABELLED}WORD")
        return replace(selection, only=Only(only))
    label, notes = only.removeprefix(LABELLED), read_notes(path if path.is_dir() else path.parent for path in paths)
    if not any(label in notes.by_label(kind) for kind in ("tasks", "attempts")):
        given = f"labels are {', '.join(notes.labels)}" if notes.labels else f"there is no {NOTES_FILE} yet: see `view`"
        raise UsageError(f"no task and no attempt is labelled {label!r}; {given}")
    return replace(selection, label=label, notes=notes)


def _write(run: ExportRun, folder: ExportFolder) -> None:
    """Write what is not written yet, and say how far that is when it takes long."""
    with told_phases() as phases, phases.phase(f"writing {folder.path}", "rows") as phase:

        def read(kind: str, done: int) -> None:
            phase.things, phase.count = f"{kind} read", done

        run.write(folder, read)


def _say_nothing(run: ExportRun, fields: Collection[str], folder: ExportFolder) -> None:
    unknown = [name for name in fields if name not in run.seen_fields]
    why = "no row is what the options ask for"
    if unknown:
        why = f"no task is of the field {unknown[0]!r}"
    elif folder.left_out:
        why = f"all that was chosen is left out: {_reasons(folder)}"
    notice(f"synthtools-stream: nothing to write: {why}")


def _say_sum(folder: ExportFolder) -> None:
    for file, count in sorted(folder.lines.items()):
        say(printable(f"{folder.path / file}: {counted(count, 'row')}"))
    if folder.left_out:
        notice(f"left out: {_reasons(folder)}; see {folder.path / LEFT_OUT}")


def _reasons(folder: ExportFolder) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in sorted(folder.left_out.items()))
