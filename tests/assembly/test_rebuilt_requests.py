"""An attempt's requests, as they were sent, from a run's log of replies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
import orjson
import pytest
from click.testing import CliRunner

from synthtools_stream.assembly.rebuilt_requests import requests_of_attempt
from synthtools_stream.chat.wire import from_body, request_digest
from synthtools_stream.cli import main
from synthtools_stream.errors import UsageError
from synthtools_stream.records import Task, Trajectory
from synthtools_stream.storage.datasets.dataset_reader import read_records
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.view.model_request import answering, as_curl
from tests.view.page_server.viewkit import fetched, viewed


@pytest.fixture(scope="module", params=["json", "native"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose agent errs now and then, in either mode."""
    folder = tmp_path_factory.mktemp(f"{request.param}")
    (folder / "run.toml").write_text("[embedded]\nagent_error = 0.3\nbad_json = 0.2\n")
    options = ("--field", "Bee Keeping", "--sequences", "2", "--rollouts", "2", "--mode", request.param, "--quiet")
    told = CliRunner().invoke(main, ["run", str(folder / "run.toml"), *options, "--out", str(folder / "run")])
    assert told.exit_code == 0, told.stderr
    return folder / "run"


def rows(run: Path) -> Sequence[tuple[Task, Trajectory]]:
    """Return each attempt with its task."""
    tasks = {task.id: task for task in load_tasks(run / "task_content.jsonl")}
    attempts = read_records(run / "trajectories.jsonl", Trajectory, strict=True)
    return [(tasks[one.task_id], one) for one in attempts if isinstance(one, Trajectory)]


async def test_requests_are_those_that_were_sent(run: Path) -> None:
    """Each has the digest under which its reply was kept; every message of the agent has its own."""
    kept = {logged.digest: logged.reply for logged in read_replies(run)}
    for task, attempt in rows(run):
        requests = await requests_of_attempt(run, task, attempt.id)
        for request in requests:
            assert request_digest(from_body(request.body)) == request.digest
            assert kept[request.digest]["text"] == request.reply["text"]
        spoken = [place for place, message in enumerate(attempt.messages) if message["role"] == "assistant"]
        answers = [answering(requests, attempt.messages, place) for place in spoken]
        assert None not in answers
        assert len({one.digest for one in answers if one is not None}) == len(spoken)
        assert answering(requests, attempt.messages, 0) is None
        assert answering(requests, attempt.messages, 99) is None


async def test_a_command_that_sends_it_again(run: Path) -> None:
    """What a shell makes of it is the body, letter by letter."""
    (task, attempt), *_ = rows(run)
    (first, *_) = await requests_of_attempt(run, task, attempt.id)
    shell = f"curl() {{ cat; }}\n{as_curl(first)}"
    sent = await anyio.run_process(["sh", "-c", shell])
    assert orjson.loads(sent.stdout) == first.body


async def test_requests_have_addresses(run: Path) -> None:
    """All of an attempt as JSON, one message's as a command; what cannot be told is said."""
    (_, attempt), *_ = rows(run)
    name = attempt.id.replace("#", "%23")
    async with viewed(run, rebuild=requests_of_attempt) as client:
        every = orjson.loads((await fetched(client, f"/requests/{name}")).text)
        assert {one["role"] for one in every} & {"agent_json", "agent_native"}
        first = next(place for place, message in enumerate(attempt.messages) if message["role"] == "assistant")
        assert (await fetched(client, f"/requests/{name}/{first}")).text.startswith("curl ")
        assert (await fetched(client, f"/requests/{name}/0")).status == 400
        assert (await fetched(client, "/requests/nobody/0")).status == 404


async def test_what_cannot_be_rebuilt(run: Path, tmp_path: Path) -> None:
    """Without the log of replies, elsewhere than in a run, or of somebody's own agent."""
    (task, attempt), *_ = rows(run)
    with pytest.raises(UsageError, match="from run directories only"):
        await requests_of_attempt(tmp_path, task, attempt.id)
    with pytest.raises(UsageError, match="an agent that somebody brought"):
        await requests_of_attempt(run, task, f"{task.id}#mine-0")
    record = orjson.loads((run / "run.json").read_bytes())
    other = tmp_path / "other"
    other.mkdir()
    (other / "run.json").write_bytes(orjson.dumps({**record, "content": {**record["content"], "prompts": "0"}}))
    with pytest.raises(UsageError, match="with other prompts than this version's"):
        await requests_of_attempt(other, task, attempt.id)
