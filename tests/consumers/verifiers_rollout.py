"""Does `verifiers` play whole rollouts of our tasks through NeMo Gym's dialect? Run by `bin/consumers`.

    python verifiers_rollout.py URL CONTROL_TOKEN GOLD

Its own `vf-eval` runs its NeMo Gym taskset on our rows, twice: with a model that does what solves each task, and with
one that only talks. Leaves with 1, and a line for each, where a reward is another than it should be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TASKSET = """
import os
from pathlib import Path

from verifiers.v1.taskset import Taskset
from verifiers.v1.tasksets.nemo_gym.taskset import NeMoGymConfig, NeMoGymTask, NeMoGymTaskset

__all__ = ["GymTasks"]


class GymConfig(NeMoGymConfig):
    dataset: Path = Path(os.environ["ROWS"])


class GymTasks(NeMoGymTaskset, Taskset[NeMoGymTask, GymConfig]):
    pass
"""


class Model(BaseHTTPRequestHandler):
    """A server of chat completions that knows the task by its request and the turn by the tools' answers so far."""

    gold: list[dict[str, Any]]
    act: bool

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer the next turn, as a stream where it is asked for."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = self.turn(body["messages"])
        calls = message.get("tool_calls")
        choice = {"index": 0, "finish_reason": "tool_calls" if calls else "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        frame = {"id": "c1", "created": 0, "model": body["model"], "usage": usage}
        if not body.get("stream"):
            whole = {**frame, "object": "chat.completion", "choices": [{**choice, "message": message}]}
            self.answer("application/json", json.dumps(whole))
            return
        chunk = {**frame, "object": "chat.completion.chunk", "choices": [{**choice, "delta": message}]}
        self.answer("text/event-stream", f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n")

    def turn(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the next call, or the closing message once all are made."""
        said = json.dumps(messages[:3])
        task = next(task for task in self.gold if json.dumps(task["request"])[1:-1] in said)
        made = sum(message["role"] == "tool" for message in messages)
        if not self.act:
            return {"role": "assistant", "content": "I did nothing."}
        if made == len(task["calls"]):
            return {"role": "assistant", "content": task["closing"]}
        call = task["calls"][made]
        function = {"name": call["name"], "arguments": json.dumps(call["arguments"])}
        tool_call = {"index": 0, "id": f"call_{made}", "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [tool_call]}

    def answer(self, kind: str, text: str) -> None:
        """Send it whole."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


@contextmanager
def served(gold: list[dict[str, Any]], *, act: bool) -> Generator[str]:
    """Serve the model and give its URL."""
    handler = type("Scripted", (Model,), {"gold": gold, "act": act})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


def rewards(url: str, rows: Path, gold: list[dict[str, Any]], work: Path, *, act: bool) -> list[float]:
    """Run the evaluation and return the rewards of its traces."""
    with served(gold, act=act) as model:
        out = work / f"out-{act}"
        command = [str(Path(sys.executable).parent / "vf-eval"), "gym_tasks", "--model", "scripted", "--no-push"]
        command += ["--env.taskset.task.resources-url", f"{url}/nemo-gym", "--output-dir", str(out)]
        command += ["--env.agent.harness.id", "null", "--env.agent.runtime.type", "subprocess"]
        command += ["--client.base-url", model]
        paths = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(work),
            "ROWS": str(rows),
        }
        ran = subprocess.run(command, env={**os.environ, **paths}, check=False, capture_output=True, text=True)
    episodes = [json.loads(line) for path in out.rglob("traces.jsonl") for line in path.read_text().splitlines()]
    if ran.returncode:
        raise SystemExit(f"{ran.stdout}\n{ran.stderr}\nverifiers: vf-eval left with {ran.returncode}")
    return [float(trace["rewards"]["nemo_gym"]["score"]) for episode in episodes for trace in episode["traces"]]


def main(url: str, token: str, path: str) -> int:
    """Run both; returns the exit code."""
    gold = [json.loads(line) for line in Path(path).read_text().splitlines()]
    wrong = 0
    with TemporaryDirectory(prefix="consumers-") as name:
        work = Path(name)
        (work / "gym_tasks").mkdir()
        (work / "gym_tasks" / "__init__.py").write_text(TASKSET)
        request = urllib.request.Request(f"{url}/control/nemo-gym/rows", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            (work / "rows.jsonl").write_bytes(answer.read())
        for act, wanted in ((True, 1.0), (False, 0.0)):
            found = rewards(url, work / "rows.jsonl", gold, work, act=act)
            if found != [wanted] * len(gold):
                wrong += 1
                print(f"verifiers: rewards {found}, not {wanted} each of {len(gold)}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
