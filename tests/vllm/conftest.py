"""One real vLLM server for all tests over HTTP; where vLLM is not installed, the tests that need it are skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.vllm.vllmkit import TinyServer, has_vllm

WHY = "vLLM is not installed here: bin/tiny-vllm --setup-only, then .vllm-venv/bin/python -m pytest -m vllm tests/vllm"


def pytest_configure() -> None:
    """Keep engines in this process, and in those it starts, small and off the network."""
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs vLLM where there is none; importing it takes long, so it is only looked for."""
    if not has_vllm():
        for item in items:
            if item.get_closest_marker("vllm"):
                item.add_marker(pytest.mark.skip(reason=WHY))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyServer]:
    """A server whose queue is capped at a hundred requests."""
    tiny = TinyServer(tmp_path_factory.mktemp("server") / "log.txt", "--max-num-queued-reqs", "100")
    tiny.start()
    try:
        tiny.wait()
        yield tiny
    finally:
        tiny.kill()
