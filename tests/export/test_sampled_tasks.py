"""Which tasks of a corpus stay when it is sampled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.export.corpus import TaskGroup, open_corpus
from synthtools_stream.export.export_folder import LEFT_OUT, ExportFolder
from synthtools_stream.export.export_format import Choices
from synthtools_stream.export.export_run import ExportRun
from synthtools_stream.export.formats import format_named
from synthtools_stream.export.sampled_tasks import Sampled, sampled_tasks
from synthtools_stream.export.selection import Only, Selection
from synthtools_stream.export.split import Split
from synthtools_stream.export.wanted_sample import WantedSample
from synthtools_stream.records import Task, VerdictKind
from tests.export.exported import attempt, corpus, rows, task, unheard

BASE = task()
REQUESTS = [
    "Move booking BK-1 of the calm client to the vessel Castor before Friday, then tell me its fee in crowns.",
    "Move booking BK-2 of the calm client to the vessel Castor before Friday, then tell me its fee in crowns.",
    "Which hives of the north yard lost their queens this winter?",
    "Pay the open invoice of the paper mill, but no more than forty.",
]


def said(request: str, number: int = 0, field: str = "Freight", variant: str = "base") -> Task:
    """Return a task that asks for something."""
    name = f"{field.lower()}_spec_000_seq{number:02d}"
    meta = BASE.meta.model_copy(update={"variant": variant})
    return BASE.model_copy(update={"id": name, "field": field, "summary": request, "meta": meta})


TASKS = [said(request, number) for number, request in enumerate(REQUESTS)]


def group(one: Task) -> TaskGroup:
    """Return a task that nobody tried."""
    return TaskGroup(one.id, one, ())


def ask(tasks: Sequence[Task], count: int | None = None, *quotas: str, duplicates: bool = True) -> Sampled:
    """Sample tasks."""
    return sampled_tasks(map(group, tasks), WantedSample.of(count, quotas, duplicates=duplicates), unheard)


def places(tasks: Sequence[Task], sampled: Sampled) -> list[int]:
    """Return the places of what stays."""
    return [place for place, one in enumerate(tasks) if one.id in sampled.kept]


def test_the_most_different_stay() -> None:
    """Of two that say nearly the same, the later goes first."""
    assert places(TASKS, ask(TASKS, 3)) == [0, 2, 3]
    assert places(TASKS, ask(TASKS, 9)) == [0, 1, 2, 3]
    assert ask(TASKS, 9).count == 4


def test_near_duplicates_are_named() -> None:
    """With the one that stays; across fields as within one."""
    twice = [*TASKS, said(REQUESTS[2], 7, "Bees")]
    found = ask(twice, duplicates=False)
    assert found.repeats == {TASKS[1].id: TASKS[0].id, "bees_spec_000_seq07": TASKS[2].id}
    assert places(twice, found) == [0, 2, 3]


def test_variants_say_what_their_base_says() -> None:
    """That is what they are for: only variants of one kind repeat each other."""
    tasks = [said(REQUESTS[0], number, variant=kind) for number, kind in enumerate(["base", "missing_tool", "base"])]
    assert places(tasks, ask(tasks, duplicates=False)) == [0, 1]


def test_quotas_bound_each_value() -> None:
    """Of each field no more than so many; without a count, all that the quotas allow."""
    tasks = [said(f"{REQUESTS[n % 4]} {n}", n, field) for field in ("Freight", "Bees") for n in range(6)]
    assert len(places(tasks, ask(tasks, None, "field=2"))) == 4
    assert Counter(tasks[place].field for place in places(tasks, ask(tasks, 3, "field=2"))).most_common(1)[0][1] == 2
    assert places(tasks, ask(tasks, 12, "length=1")) == [0]
    assert places(tasks, ask(tasks, 12, "pattern=1", "variant=5")) == [0]


@settings(deadline=None)
@given(sizes=st.lists(st.integers(0, 6), min_size=1, max_size=4), count=st.integers(1, 12))
def test_balanced_is_as_even_as_it_goes(sizes: list[int], count: int) -> None:
    """No value has two more than another that still has tasks; and as many stay as were asked for, if there are."""
    tasks = [
        said(f"{REQUESTS[n % 4]} {n}", n, f"Field{place}") for place, size in enumerate(sizes) for n in range(size)
    ]
    stays = Counter(tasks[place].field for place in places(tasks, ask(tasks, count, "field=balanced")))
    assert stays.total() == min(count, len(tasks))
    for place, size in enumerate(sizes):
        if stays[f"Field{place}"] < size:
            assert stays[f"Field{place}"] >= max(stays.values(), default=0) - 1


def test_attempts_alone_are_compared_by_their_requests() -> None:
    """Where no task is there, the attempts tell what it asked for."""
    tried = [attempt(0, one, messages=[{"role": "user", "content": one.summary}]) for one in TASKS]
    groups = [TaskGroup(one.task_id, None, [one]) for one in tried]
    assert ask_groups(groups, 3) == {TASKS[0].id, TASKS[2].id, TASKS[3].id}


def ask_groups(groups: Sequence[TaskGroup], count: int) -> Collection[str]:
    """Return the ids of what stays."""
    found = sampled_tasks(groups, WantedSample(count), unheard)
    return {one.task_id for one in groups if one.task_id in found.kept}


def made(run: Path, wanted: WantedSample, name: str = "csv", only: Only | None = None) -> ExportRun:
    """Return an export that is not begun."""
    return ExportRun(
        open_corpus([run]), format_named(name), Selection(only), Split.of("train=1", 0), Choices(), sample=wanted
    )


def test_export_writes_what_stays(tmp_path: Path) -> None:
    """And says of near-duplicates which task they repeat."""
    export = made(corpus(tmp_path / "run", TASKS, []), WantedSample(2, duplicates=False))
    folder = ExportFolder.open(tmp_path / "out", export.asked())
    export.write(folder, unheard)
    assert folder.lines.total() == 2
    assert rows(tmp_path / "out" / LEFT_OUT) == [
        {
            "id": TASKS[1].id,
            "reason": "near_duplicate",
            "detail": f"its request and calls are nearly those of {TASKS[0].id}",
        }
    ]
    assert '"sample": 2' in (tmp_path / "out" / "README.md").read_text()


def test_sample_is_of_what_the_export_can_take(tmp_path: Path) -> None:
    """Tasks that nobody passed take no place in a sample of passed attempts."""
    tried = [attempt(0, TASKS[0], VerdictKind.unsolved), *(attempt(0, one) for one in TASKS[2:])]
    export = made(corpus(tmp_path / "run", TASKS, tried), WantedSample(2), "openai", Only.passed)
    folder = ExportFolder.open(tmp_path / "out", export.asked())
    export.write(folder, unheard)
    assert folder.lines == {"train.jsonl": 2}


def test_another_sample_is_another_export(tmp_path: Path) -> None:
    """A folder that was begun with one is not gone on with by another, nor by none."""
    run = corpus(tmp_path / "run", TASKS, [])
    ExportFolder.open(tmp_path / "out", made(run, WantedSample(2)).asked())
    for other in (WantedSample(3), WantedSample()):
        with pytest.raises(Exception, match="another sample"):
            ExportFolder.open(tmp_path / "out", made(run, other).asked())
