"""All figures of a run directory or a corpus, read in one pass; memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from synthtools_stream.errors import DatasetError
from synthtools_stream.export.corpora.contamination import Benchmark
from synthtools_stream.export.corpus import Corpus, Kind, open_corpus
from synthtools_stream.report.argument_sources import ArgumentSources
from synthtools_stream.report.attempt_outcomes import AttemptOutcomes
from synthtools_stream.report.benchmark_overlap import BenchmarkOverlap
from synthtools_stream.report.diversity import Diversity
from synthtools_stream.report.figure_kinds import Measure, Section, differ
from synthtools_stream.report.run_costs import run_costs
from synthtools_stream.report.run_yields import run_yields
from synthtools_stream.report.target_gaps import gap_figures
from synthtools_stream.report.task_complexity import TaskComplexity
from synthtools_stream.report.task_shapes import TaskShapes
from synthtools_stream.report.tool_audits import ToolAudits
from synthtools_stream.report.used_worlds import UsedWorlds
from synthtools_stream.toolgraph.coverage import Coverage
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = ["CorpusReport", "Difference", "differences", "report_of"]


@dataclass(frozen=True)
class CorpusReport:
    """The figures of one run or corpus, section by section."""

    name: str
    sections: dict[str, Section]
    bad_rows: int = 0
    """Rows that could not be read, and are in no figure."""
    models: tuple[str, ...] = ()
    """That wrote the tasks."""
    agents: tuple[str, ...] = ()
    """That made the attempts."""
    worlds: Coverage = field(default_factory=Coverage)
    """What tasks call, world by world, for drawings."""

    def to_json(self) -> JsonObject:
        """Return all figures."""
        sections: JsonObject = {
            title: {name: figure.to_json() for name, figure in section.items()}
            for title, section in self.sections.items()
        }
        return {
            "name": self.name,
            "bad_rows": self.bad_rows,
            "models": [*self.models],
            "agents": [*self.agents],
            "sections": sections,
        }


@dataclass(frozen=True)
class Difference:
    """One figure of two corpora; None where one has no such figure."""

    section: str
    name: str
    figures: tuple[Measure | None, Measure | None]

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the two differ beyond what chance explains."""
        one, other = self.figures
        return one is not None and other is not None and differ(one, other)


def report_of(path: Path, phases: Phases = UNTOLD, benchmarks: Sequence[Benchmark] = ()) -> CorpusReport:
    """Read a run directory or a file of rows; requests are compared with those of `benchmarks`.

    :raises UsageError: when it cannot be read, or holds no rows.
    :raises LogDamage: for a damaged log of a run directory.
    """
    with phases.phase(f"finding the rows of {path}"):
        corpus = open_corpus([path])
    shapes, sources, worlds = TaskShapes(), ArgumentSources(), UsedWorlds()
    of_tasks = (shapes, TaskComplexity(), sources, worlds, Diversity(), BenchmarkOverlap(benchmarks))
    outcomes, audits = AttemptOutcomes(), ToolAudits()
    models, agents = set[str](), set[str]()
    bad = _read_worlds(corpus, audits, worlds, phases)
    with phases.phase(f"reading {path}", "tasks", of=len(corpus.task_ids)) as phase:
        for group in phase.counting(corpus.groups()):
            bad += len(group.bad)
            if group.task is not None:
                models.add(group.task.meta.model)
                for section in of_tasks:
                    section.add(group.task)
            for attempt in group.attempts:
                agents.add(str(attempt.meta.get("model") or ""))
                outcomes.add(attempt)
    with phases.phase("comparing requests"):
        found = [(one.title, one.figures()) for one in (*of_tasks, audits, outcomes)]
    if path.is_dir():
        tasks = shapes.proven if corpus.has(Kind.tasks) else 0
        found += [("targets", gap_figures(path, worlds.counted, sources.implicit))]
        found += [("yields", run_yields(path, phases)), ("cost", run_costs(path, tasks, phases))]
    sections = {title: figures for title, figures in found if figures}
    return CorpusReport(str(path), sections, bad, _said(models), _said(agents), worlds.counted)


def _read_worlds(corpus: Corpus, audits: ToolAudits, worlds: UsedWorlds, phases: Phases) -> int:
    """Take note of environments and their tools; return how many rows could not be read."""
    bad = 0
    with phases.phase("reading tools", "tools") as phase:
        for tool in phase.counting(corpus.tools()):
            if isinstance(tool, DatasetError):
                bad += 1
            else:
                audits.add(tool)
                worlds.add_tool(tool)
    for environment in corpus.environments():
        if isinstance(environment, DatasetError):
            bad += 1
        else:
            worlds.add_environment(environment)
    return bad


def differences(one: CorpusReport, other: CorpusReport) -> list[Difference]:
    """Return every figure of two reports beside each other, in the order in which they are shown."""
    found: list[Difference] = []
    for title in dict.fromkeys([*one.sections, *other.sections]):
        first, second = one.sections.get(title, {}), other.sections.get(title, {})
        names = dict.fromkeys([*first, *second])
        found += [Difference(title, name, (first.get(name), second.get(name))) for name in names]
    return found


def _said(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names - {""}))
