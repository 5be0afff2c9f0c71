"""What each section makes of rows."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from synthtools_stream.export.corpora.contamination import read_benchmark
from synthtools_stream.records import Fault, ProvenanceKind, Task, VerdictKind
from synthtools_stream.report.argument_sources import ArgumentSources
from synthtools_stream.report.attempt_outcomes import AttemptOutcomes
from synthtools_stream.report.benchmark_overlap import BenchmarkOverlap
from synthtools_stream.report.corpus_report import report_of
from synthtools_stream.report.diversity import Diversity, vendi_score
from synthtools_stream.report.figure_kinds import Count, Mean, Rate, Score, Share
from synthtools_stream.report.task_complexity import TaskComplexity, _longest_chain
from synthtools_stream.report.task_shapes import TaskShapes
from synthtools_stream.report.tool_audits import ToolAudits
from synthtools_stream.report.used_worlds import UsedWorlds, evenness
from synthtools_stream.values.phases import Phase, Phases
from tests.export.exported import attempt, corpus, task
from tests.live.attempts import trajectory


def said(name: str, request: str) -> Task:
    """Return a task of that id with another request."""
    return task(name).model_copy(update={"summary": request})


class SeenPhases(Phases):
    """Remembers every stretch of work."""

    def __init__(self) -> None:
        super().__init__(lambda _event: None)
        self.seen: list[Phase] = []

    @contextmanager
    def phase(
        self, what: str, things: str = "records", *, of: int | None = None, of_bytes: int | None = None
    ) -> Generator[Phase]:
        """Open a phase, and remember it."""
        with super().phase(what, things, of=of, of_bytes=of_bytes) as phase:
            self.seen.append(phase)
            yield phase


def test_progress_is_told(tmp_path: Path) -> None:
    """Whatever may take long is told, and how many of how many tasks are read."""
    phases = SeenPhases()
    made = corpus(tmp_path / "run", [task("a_spec_000_seq01"), task("b_spec_000_seq01")])
    report = report_of(made, phases)
    assert report.sections["tasks"]["tasks"] == Count(2)
    counts = {phase.what: (phase.count, phase.of) for phase in phases.seen}
    assert [*counts][:2] == [f"finding the rows of {made}", "reading tools"]
    assert counts[f"reading {made}"] == (2, 2)
    assert "comparing requests" in counts


def test_empty_sections_say_nothing() -> None:
    """But for tasks, of which there are none."""
    assert ArgumentSources().figures() == {}
    assert AttemptOutcomes().figures() == {}
    assert UsedWorlds().figures() == {}
    assert Diversity().figures() == {}
    assert ToolAudits().figures() == {}
    assert TaskShapes().figures()["tasks"] == Count(0)


def test_shapes() -> None:
    """Five calls of five tools, three of which write; all is proven and coded."""
    shapes = TaskShapes()
    shapes.add(task())
    found = shapes.figures()
    assert found["proven"] == Share(1, 1)
    assert found["calls a task"] == found["tools used a task"] == Mean.of([5])
    assert found["calls that write"] == Share(3, 5)
    assert found["calls that read to one that writes"] == Score(2 / 3)
    assert found["of 5 tools"] == found["of 5 calls"] == Share(1, 1)
    assert found["calls of coded tools"] == Share(5, 5)
    assert found["entities in the world"] == Mean.of([4])
    assert "variant base" not in found


def test_arguments() -> None:
    """Each kind has its share; what is computed or converted was not spoken literally."""
    sources = ArgumentSources()
    sources.add(task())
    found = sources.figures()
    kinds = [proof.kind for step in task().steps for proof in step.provenance.values()]
    assert found["arguments"] == Count(len(kinds))
    assert found["from response"] == Share(kinds.count(ProvenanceKind.response), len(kinds))
    assert found["later calls fed by earlier answers"] == Share(1, 4)
    forms = [proof.normaliser for step in task().steps for proof in step.provenance.values()]
    assert found["implicit"] == Share(0, len(kinds))
    assert (
        found["spoken in another form"]
        == found["not spoken literally"]
        == Share(sum(form is not None for form in forms), len(kinds))
    )


def test_attempts() -> None:
    """What spoiled an attempt is in no rate; kappa is agreement beyond chance."""
    outcomes = AttemptOutcomes()
    for number, (kind, judged) in enumerate(
        [
            (VerdictKind.solved, True),
            (VerdictKind.solved, True),
            (VerdictKind.unsolved, False),
            (VerdictKind.unsolved, True),
        ]
    ):
        outcomes.add(trajectory("a_spec_000_seq01", number, kind, judged))
    outcomes.add(attempt(9, task("b_spec_000_seq01"), VerdictKind.unsolved, Fault.tool))
    found = outcomes.figures()
    assert found["solved"] == Rate(0.5, 1), "of one task: further attempts at it say little of others"
    assert found["attempts that count"] == Count(4)
    assert found["spoiled by tool"] == Share(1, 5)
    assert found["judge agrees with code"] == Share(3, 4)
    assert found["judge against code, kappa"].value == pytest.approx(0.5)
    assert found["difficulty"] == Mean.of([0.5])
    assert found["difficulty 0.25 to 0.5"] == Share(1, 1)
    assert [found[name].value for name in ("pass@2", "pass@4", "pass^2", "pass^4")] == [5 / 6, 1, 1 / 6, 0]
    assert "pass@3" not in found
    assert "solved, variant base" not in found


def test_complexity() -> None:
    """The longest chain is the longest way from answer to argument; worlds that nothing changes tell of none."""
    complexity = TaskComplexity()
    complexity.add(task())
    complexity.add(task().model_copy(update={"steps": []}))
    found = complexity.figures()
    assert found["steps of the longest chain"] == Mean.of([2])
    assert found["longest chain of 2"] == Share(1, 1)
    assert found["answers used by later calls a task"] == Mean.of([1])
    changed = {(change.collection, change.id) for step in task().steps for change in step.changes}
    assert found["entities changed a task"] == Mean.of([len(changed)])


@pytest.mark.parametrize(
    ("links", "longest"),
    [(set[tuple[int, int]](), 1), ({(0, 1), (1, 2), (2, 3)}, 4), ({(0, 3), (1, 3), (2, 3)}, 2), ({(0, 2), (2, 3)}, 3)],
)
def test_longest_chain(links: set[tuple[int, int]], longest: int) -> None:
    """Of four steps."""
    assert _longest_chain(4, links) == longest


def test_requests_beside_a_benchmark(tmp_path: Path) -> None:
    """A copied request is counted; one with nothing in common is not."""
    file = tmp_path / "bench.jsonl"
    file.write_bytes(orjson.dumps({"question": task().summary}))
    overlap = BenchmarkOverlap([read_benchmark(file)])
    assert overlap.figures() == {}
    overlap.add(task())
    overlap.add(said("b_spec_000_seq01", "Five other words stand here, and some more."))
    found = overlap.figures()
    assert found["bench.jsonl: texts"] == Count(1)
    assert found["bench.jsonl: near requests"] == Share(1, 2)


def test_coverage() -> None:
    """Pairs are of tools in a row, in one world."""
    coverage = UsedWorlds()
    coverage.add(task("a_spec_000_seq01", "Freight"))
    coverage.add(task("a_spec_000_seq02", "Freight"))
    coverage.add(task("b_spec_000_seq01", "Horses"))
    found = coverage.figures()
    assert found["fields with tasks"] == Count(2)
    assert found["tasks an environment"] == Mean.of([2, 1])
    assert found["distinct pairs of tools"] == Count(8)
    assert found["evenness over fields"].value == pytest.approx(evenness([2, 1]))


@pytest.mark.parametrize(("counts", "even"), [([], 1), ([7], 1), ([3, 3, 3], 1), ([1, 0, 1], 1)])
def test_evenness(counts: list[int], even: float) -> None:
    """One of one kind or of equal shares."""
    assert evenness(counts) == pytest.approx(even)
    assert evenness([99, 1]) < 0.1


def test_diversity() -> None:
    """Duplicates show in every figure; a variant's request is its base's."""
    same, unlike = Diversity(), Diversity()
    for number in range(20):
        same.add(said(f"a_spec_000_seq{number:02}", "Please move booking seven to the vessel Castor today."))
        unlike.add(said(f"a_spec_000_seq{number:02}", " ".join(f"w{number}x{place}" for place in range(8))))
    one, other = same.figures(), unlike.figures()
    assert one["with an earlier one alike to 0.9"] == Share(19, 20)
    assert other["with an earlier one alike to 0.9"] == Share(0, 20)
    assert one["Vendi score"].value == pytest.approx(1.0)
    assert other["Vendi score"].value == pytest.approx(20.0)
    assert other["distinct-1"] == Score(1.0)
    assert one["distinct-1"].value < 0.1


def test_near_duplicates_within_and_across_fields() -> None:
    """Of a request that comes again it is told whether that is in its own field or in another one."""
    diversity = Diversity()
    for number, name in enumerate(["Freight", "Freight", "Bees", "Bees"]):
        text = "Please move booking seven to the vessel Castor today." if number != 3 else "Which queens were lost?"
        diversity.add(said(f"a_spec_000_seq{number:02}", text).model_copy(update={"field": name}))
    found = diversity.figures()
    assert found["with an earlier one alike to 0.9"] == Share(2, 4)
    assert found["with an earlier one in its field alike to 0.9"] == Share(1, 4)
    assert found["with an earlier one in another field alike to 0.9"] in (Share(1, 4), Share(2, 4))


def test_vendi_score_counts_groups() -> None:
    """Two groups of equal texts are as diverse as two texts."""
    assert vendi_score(["red fox"] * 5 + ["blue whale"] * 5) == pytest.approx(2.0)
    assert vendi_score([""]) == pytest.approx(1.0)


def test_tools_of_names_that_python_cannot_write() -> None:
    """Their calls are JSON, and counted under their names."""
    made = task()
    call = '{"name":"get-booking","arguments":{"booking_id":"BK-2057"}}'
    odd = made.model_copy(
        update={
            "tools": [made.tools[0].model_copy(update={"tool_name": "get-booking"})],
            "gt_tool_calls": [call, call],
        }
    )
    shapes, worlds = TaskShapes(), UsedWorlds()
    shapes.add(odd)
    worlds.add(odd)
    assert shapes.figures()["tools used a task"] == Mean.of([1])
    assert [*worlds.counted.tools] == [("freight_spec_001", "get-booking")]
