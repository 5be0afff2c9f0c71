"""`run --metrics-port`: figures while the run goes on, and one line where the port is taken."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import aiohttp

from synthtools_stream.values.jsontypes import JsonObject
from tests.faults.faultkit import FIELD, Told, invoke, run


class _Reading(Told):
    """What a run says; the page of its figures is read with every snapshot."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = list[str]()
        self.reads = set[asyncio.Task[None]]()

    def look(self) -> None:
        """Read the page as it is now."""
        address = next(line.split(": ")[1] for line in self.notices if "Prometheus" in line)
        task = asyncio.create_task(self._read(address))
        self.reads.add(task)
        task.add_done_callback(self.reads.discard)

    async def _read(self, address: str) -> None:
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            self.pages.append(await response.text())


async def test_figures_of_a_run(tmp_path: Path) -> None:
    """Requests by role, outcomes by pool, slots and queues stand on the page while the run is at work."""
    told = _Reading()

    class _Shots(list[JsonObject]):
        def append(self, shot: JsonObject, /) -> None:
            super().append(shot)
            if len(self) == 3:
                told.look()

    told.snapshots = _Shots()
    await run(tmp_path / "run", told, progress_every_s=0.1, metrics_port=0)
    await asyncio.gather(*told.reads)
    page = told.pages[0]
    for name in ("synthtools_requests_total{", "synthtools_slots_limit{", "synthtools_queue_capacity{pool="):
        assert name in page
    assert 'synthtools_requests_total{endpoint="embedded-procedural/1",outcome="answered",role="subfield"} 1.0' in page
    assert 'synthtools_outcomes_total{outcome="done",pool="generation.subfields",reason=""} 1.0' in page


def test_a_port_in_use_is_a_mistake(tmp_path: Path) -> None:
    """One line that names the port, exit code 2, and no directory."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = invoke("run", "--field", FIELD, "--out", tmp_path / "run", "--metrics-port", port)
    assert found.exit_code == 2
    assert f"metrics_port: cannot listen on 127.0.0.1:{port}: " in found.output
    assert not (tmp_path / "run").exists()
