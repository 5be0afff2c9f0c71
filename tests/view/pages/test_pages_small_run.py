"""Every row of a small run has a page on which all links lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson
import pytest
from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.records import AuditedTool, Environment, Task, Trajectory
from synthtools_stream.records.twist import VariantKind
from synthtools_stream.storage.datasets.columns import from_columns
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.pages.addresses import row_address
from synthtools_stream.view.pages.attempt_page import attempt_page
from synthtools_stream.view.pages.compare_page import compare_page
from synthtools_stream.view.pages.environment_page import environment_page
from synthtools_stream.view.pages.page import ListedRow
from synthtools_stream.view.pages.reject_page import reject_page
from synthtools_stream.view.pages.task_page import task_page
from synthtools_stream.view.pages.tool_page import tool_page
from tests.view.pages.written_page import written


class Run(NamedTuple):
    """The rows of a run."""

    environments: list[Environment]
    tools: list[AuditedTool]
    tasks: list[Task]
    attempts: list[Trajectory]
    rejects: list[JsonObject]

    def attempts_at(self, task: Task) -> list[Trajectory]:
        """Return those at one task."""
        return [attempt for attempt in self.attempts if attempt.task_id == task.id]


def listed(attempts: Sequence[Trajectory]) -> list[ListedRow]:
    """Return attempts as a list has them."""
    return [
        ListedRow(one.id, row_address("attempts", one.id), {"verdict": one.verdict.kind.value}, excerpt=one.mode)
        for one in attempts
    ]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with variants, acts and two attempts at each task."""
    folder = tmp_path_factory.mktemp("run")
    config = folder / "run.toml"
    acts = "".join(f"{kind} = 0.5\n" for kind in ("held_back", "corrected", "together", "chat"))
    variants = "".join(f"{kind} = 0.5\n" for kind in VariantKind)
    config.write_text(f"rollouts = 2\nsequences = 2\n[dialogue_acts]\n{acts}[variants]\n{variants}")
    out = folder / "out"
    made = CliRunner().invoke(main, ["run", str(config), "--field", "Horses", "--quiet", "--out", str(out)])
    assert made.exit_code == 0, made.output

    def rows(name: str) -> Iterator[JsonObject]:
        return (from_columns(orjson.loads(line)) for line in (out / name).read_bytes().splitlines())

    return Run(
        [Environment.from_json(row) for row in rows("environments.jsonl")],
        [AuditedTool.from_json(row) for row in rows("tools.jsonl")],
        [Task.from_json(row) for row in rows("task_content.jsonl")],
        [Trajectory.from_json(row) for row in rows("trajectories.jsonl")],
        list(rows("rejected.jsonl")),
    )


def test_tasks(run: Run) -> None:
    """Each argument's source that stands on the page is linked to it, and every quote is marked in its turn."""
    kinds: set[str] = set()
    for task in run.tasks:
        page = written(task_page(task, run.environments[0], listed(run.attempts_at(task))), task.id, "tasks")
        assert page.problems() == [], task.id
        sources = page.of("span", class_="source")
        proofs = [proof for step in task.steps for proof in step.provenance.values()]
        assert len(sources) >= len(proofs)
        linked = sum(link.startswith("#turn_") or "-response_" in link for link in page.links)
        assert linked >= sum(proof.kind in ("user", "response", "choice") for proof in proofs)
        quotes = {proof.quote for proof in proofs if proof.quote}
        assert quotes or not page.of("mark")
        kinds |= {proof.kind for proof in proofs}
        for step in task.steps:
            assert step.turn in page.html or step.turn in "".join(e.words for e in page.of("div", class_="text"))
    assert {"user", "response"} <= kinds


def test_attempts(run: Run) -> None:
    """Every message and every result is on the page, whole."""
    tasks = {task.id: task for task in run.tasks}
    for attempt in run.attempts:
        task = tasks[attempt.task_id]
        page = written(attempt_page(attempt, task, listed(run.attempts_at(task))), attempt.id, "attempts")
        assert page.problems() == [], attempt.id
        text = page.at("conversation").words
        for message in attempt.messages:
            content = message.get("content")
            if message["role"] != "tool" and isinstance(content, str):
                assert content in text
        assert [f"step-{index}" for index in range(len(attempt.turns))] == [
            element.attributes["id"] for element in page.of("div", class_="step")
        ]
        assert len([link for link in page.links if link.startswith("/compare")]) == 1


def test_attempts_without_their_task(run: Run) -> None:
    """A file of trajectories alone can be looked at."""
    for attempt in run.attempts[:3]:
        page = written(attempt_page(attempt, None), attempt.id, "attempts")
        assert page.problems() == []
        assert "is not known" in page.at("state").words


def test_environments_tools_and_rejects(run: Run) -> None:
    """Each type, tool and probe is named."""
    (environment,) = run.environments
    tasks = [ListedRow(task.id, row_address("tasks", task.id), {}, excerpt=task.summary) for task in run.tasks]
    page = written(environment_page(environment, run.tools, "<svg></svg>", tasks), environment.id, "environments")
    assert page.problems() == []
    assert len(page.of("svg")) == 1
    assert all(kind.name in page.at("types").words for kind in environment.blueprint.entity_types)
    assert {row_address("tools", tool.id) for tool in run.tools} <= set(page.links)
    for tool in run.tools:
        page = written(tool_page(tool), tool.id, "tools")
        assert page.problems() == []
        assert len(page.of("tr", data_item="")) == len(tool.probes)
        assert all(line.strip() in page.at("program").words for line in tool.program.splitlines())
    for number, row in enumerate(run.rejects):
        page = written(reject_page(row), str(number), "rejects")
        assert page.problems() == []
        assert str(row["detail"]) in page.at("why").words


def test_any_two_attempts_can_be_compared(run: Run) -> None:
    """Of one task, or of two."""
    tasks = {task.id: task for task in run.tasks}
    for one, other in zip(run.attempts, run.attempts[1:], strict=False):
        task = tasks[one.task_id] if one.task_id == other.task_id else None
        assert written(compare_page(one, other, task)).problems() == []


def test_an_environment_alone(run: Run) -> None:
    """An environment's page is whole without tools, tasks and graph."""
    page = written(environment_page(run.environments[0], [], None, []), "e", "environments")
    assert page.problems() == []
    assert "no tool that passed its audit" in page.at("tools").words
