# /// script
# dependencies = [
#     "aiohttp", "fastapi", "httptools", "hydra-core", "itsdangerous", "jinja2", "omegaconf", "openai==2.44.0",
#     "orjson", "packaging", "pandas", "psutil", "pydantic", "pydot", "pyyaml", "ray", "requests", "rich", "scipy",
#     "uvicorn", "uvloop", "wandb", "yappi",
# ]
# ///
"""Does NeMo Gym accept the environment: manifest, configuration and rows, and is an attempt rewarded as it should?

Run by `bin/exports` at the root. Gym asks for a newer Python than ours; what reads environments runs on ours, too, so
it is put beside what that imports, and nothing more.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

GYM = "nemo-gym==0.7.*"
NAME = "synthtools_tasks"
OURS = Path.cwd() / ".venv" / "bin"


def install() -> None:
    """Put Gym into this environment, where it is not there."""
    if importlib.util.find_spec("nemo_gym") is None:
        asked = ["--disable-pip-version-check", "--quiet", "--no-deps", "--ignore-requires-python", GYM]
        subprocess.run([sys.executable, "-m", "pip", "install", *asked], check=True)
        importlib.invalidate_caches()


def validate(root: Path) -> None:
    """Let Gym resolve configuration and manifest, and read every row."""
    validation: Any = importlib.import_module("nemo_gym.environment.validation")
    report = validation.validate_environment(root / "environments" / NAME / "manifest.yaml")
    kinds = [(dataset.name, dataset.type) for dataset in report.datasets]
    if report.warnings or kinds != [("train", "train"), ("test", "validation"), ("example", "example")]:
        sys.exit(f"Gym finds {kinds} and warns {report.warnings}")


@contextmanager
def serving(root: Path) -> Generator[str]:
    """Start the server as Gym does and give its URL."""
    requests: Any = importlib.import_module("requests")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = {NAME: {"resources_servers": {NAME: {"entrypoint": "app.py", "host": "127.0.0.1", "port": port}}}}
    told = {"NEMO_GYM_CONFIG_DICT": json.dumps(config), "NEMO_GYM_CONFIG_PATH": NAME}
    environment = {**os.environ, **told, "PATH": f"{OURS}:{os.environ['PATH']}"}
    folder = root / "resources_servers" / NAME
    with subprocess.Popen([sys.executable, "app.py"], cwd=folder, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            while server.poll() is None:
                try:
                    requests.get(f"{url}/health", timeout=5)
                    break
                except requests.ConnectionError:
                    time.sleep(0.1)
            else:
                sys.exit(f"the server left with {server.returncode}")
            yield url
        finally:
            server.send_signal(signal.SIGINT)


def reward(url: str, row: dict[str, Any], calls: list[dict[str, Any]], closing: str) -> float:
    """Make an attempt at a row and return its reward, through Gym's own shapes."""
    requests: Any = importlib.import_module("requests")
    shapes: Any = importlib.import_module("nemo_gym.base_resources_server")
    with requests.Session() as session:

        def ask(name: str, body: Any) -> Any:
            answered = session.post(f"{url}/{name}", json=body, timeout=60)
            if answered.status_code != 200:
                sys.exit(f"{name}: {answered.status_code} {answered.text}")
            return answered.json()

        shapes.BaseSeedSessionResponse.model_validate(ask("seed_session", row))
        for call in calls:
            ask(call["name"], call["arguments"])
        said = {"type": "output_text", "text": closing, "annotations": []}
        message = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": [said]}
        plain = {"parallel_tool_calls": False, "tool_choice": "auto", "tools": [], "object": "response"}
        response = {"id": "r", "created_at": 0, "model": "scripted", "output": [message], **plain}
        asked = shapes.BaseVerifyRequest.model_validate({**row, "response": response})
        body = {**row, "response": asked.response.model_dump(mode="json")}
        return float(shapes.BaseVerifyResponse.model_validate(ask("verify", body)).reward)


def main(folder: Path) -> None:
    """Validate, then solve every task of one part, and leave every one undone."""
    install()
    root = folder.resolve() / "nemo-gym"
    tasks = root / "resources_servers" / NAME / "tasks.jsonl"
    told = subprocess.run([OURS / "python", "-m", "tests.consumers.gold", tasks], check=True, capture_output=True)
    gold = {task["task_id"]: task for task in map(json.loads, told.stdout.splitlines())}
    rows = [
        json.loads(line) for line in (root / "environments" / NAME / "data" / "test.jsonl").read_text().splitlines()
    ]
    with serving(root) as url:
        for row in rows:
            task = gold[row["task_id"]]
            found = (reward(url, row, task["calls"], task["closing"]), reward(url, row, [], "I did nothing."))
            if found != (1.0, 0.0):
                sys.exit(f"{row['task_id']}: rewards {found}")
    os.chdir(root)
    validate(root)
    if not rows:
        sys.exit("no rows")


main(Path(sys.argv[1]))
