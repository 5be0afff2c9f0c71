# /// script
# dependencies = ["openenv==0.10.*", "synthtools-stream @ ."]
# ///
"""Does OpenEnv accept the packages: as files, as servers by its own graders, and do rewards come as they should?

Run by `bin/exports`. The graders want a container; here the package's server runs beside them instead.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
GRADED = {"startup", "reward_well_formed", "observation_schema", "state_contract"}
"""Checks of a running server that OpenEnv has and that need no container."""


@contextmanager
def serving(package: Path) -> Generator[str]:
    """Run a package's server and give its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "server.app:app", "--port", str(port), "--log-level", "warning"]
    # Nothing may change in the folder while it is validated.
    with subprocess.Popen(command, cwd=package, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            await_health(url, server)
            yield url
        finally:
            server.terminate()


def await_health(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers; leaves where it ended."""
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"the server left with {server.returncode}")


class Subject:
    """The server as a validator's running subject."""

    def __init__(self, package: Path) -> None:
        self._stack = ExitStack()
        self.base_url = self._stack.enter_context(serving(package))

    def inspect(self) -> dict[str, Any]:
        """Tell nothing: there is no container."""
        return {}

    def stop(self) -> None:
        """End it."""
        self._stack.close()


class Beside:
    """A provider that builds no image."""

    name = "beside"
    supported_network_modes = frozenset({"no-network"})

    def __init__(self, package: Path, capability: Any) -> None:
        self._package = package
        self.capabilities = frozenset({capability.IMAGE_BUILD})

    def build(self, root: Path, execution: Any) -> str:
        """Say that there is a Dockerfile."""
        if not (root / execution.dockerfile).is_file():
            sys.exit(f"{root}: no {execution.dockerfile}")
        return "sha256:" + "0" * 64

    def start(self, spec: Any) -> Subject:
        """Run the server."""
        return Subject(self._package)


def graded(package: Path) -> None:
    """Let OpenEnv's graders look at the manifest and at an episode."""
    validation: Any = importlib.import_module("openenv.validation")
    types: Any = importlib.import_module("openenv.validation.types")
    report = validation.run_validation(package, provider=Beside(package, types.ProviderCapability))
    results = {result.check_id: result for result in report.results}
    wrong = [result for result in report.results if result.status.value not in ("pass", "skip")]
    ran = {name for name in GRADED if results[f"runtime.{name}"].status.value == "pass"}
    if wrong or ran != GRADED:
        sys.exit(f"{package}: passed {ran}, wrong: {[(result.check_id, result.evidence) for result in wrong]}")


def rewarded(package: Path, url: str) -> None:
    """Play what solves each task, and what must not."""
    connect: Any = importlib.import_module("websockets.sync.client").connect
    subprocess.run([sys.executable, str(package / "validation" / "oracle.py"), url], check=True)
    ways = [json.loads(line) for line in (package / "validation" / "canaries.jsonl").read_text().splitlines()]
    with connect(f"ws{url.removeprefix('http')}/ws") as server:

        def ask(kind: str, data: Any) -> Any:
            server.send(json.dumps({"type": kind, "data": data}))
            return json.loads(server.recv())["data"]

        for way in ways:
            ask("reset", way["reset"])
            reward = [ask("step", action)["reward"] for action in way["actions"]][-1]
            if reward != way["reward"]:
                sys.exit(f"{way['reset']}: {way['kind']} is given {reward}")
    if not ways:
        sys.exit(f"{package}: no canaries")


def main(folder: Path) -> None:
    """Look at the package of one part as its author would, and at every manifest."""
    packages = sorted(path.parent for path in folder.glob("openenv/*/openenv.yaml"))
    subprocess.run([str(BIN / "openenv"), "validate", str(packages[0]), "--level", "static"], check=True)
    graded(packages[0])
    with serving(packages[0]) as url:
        subprocess.run([str(BIN / "openenv"), "validate", "--url", url], check=True)
        rewarded(packages[0], url)
    parser: Any = importlib.import_module("openenv.validation.parsers.openenv_yaml").OpenEnvYamlParser()
    names = [parser.parse(package).name for package in packages]
    if names != [package.name for package in packages] or len(names) != 2:
        sys.exit(f"packages {names}")


main(Path(sys.argv[1]))
