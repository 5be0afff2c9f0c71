"""Who may see the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.storage.datasets.reader_notes import NOTES_FILE
from synthtools_stream.view.page_server.guards import Access
from tests.export.exported import corpus, task
from tests.view.page_server.viewkit import fetched, viewed

ACCESS = Access("s3cret-ü")
FORM = {"kind": "tasks", "id": task().id, "label": "good"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A task with two attempts."""
    return corpus(tmp_path / "run")


async def test_the_token_becomes_a_cookie(run: Path) -> None:
    """Addresses stay clean; what was asked for besides stays asked for."""
    async with viewed(run, access=ACCESS) as client:
        for address in ("/", "/tasks", "/assets/view.css", "/raw/tasks/x", "/fresh", "/?token=wrong", "/?token="):
            told = await fetched(client, address)
            assert told.status == 401
            assert "a token is needed" in told.text
            assert "Content-Security-Policy" in told.headers
        let_in = await fetched(client, "/tasks?token=s3cret-%C3%BC&q=a")
        assert (let_in.status, let_in.headers["Location"]) == (303, "/tasks?q=a")
        cookie = let_in.headers["Set-Cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/"))
        assert (await fetched(client, "/tasks")).status == 200


async def test_names_that_lead_elsewhere_tomorrow(run: Path) -> None:
    """A page of somebody's name that resolves to this machine reads nothing; of a host told so, any name goes."""
    hosts = {"evil.example": 403, "evil.example:80": 403, "localhost.evil.example": 403, "": 403, "10.0.0.1": 403}
    hosts |= {"localhost:9": 200, "127.0.0.1": 200, "[::1]:80": 200, "127.0.0.9": 200}
    async with viewed(run) as client:
        for host, status in hosts.items():
            assert (await fetched(client, "/", headers={"Host": host})).status == status, host
    async with viewed(run, access=Access("t", loopback=False)) as client:
        assert (await fetched(client, "/?token=t", headers={"Host": "gpu7.example"})).status == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://HOST"}, 403),
        ({"Origin": "http://HOST"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_only_our_pages_change_anything(run: Path, headers: dict[str, str], status: int) -> None:
    """Whatever another page makes a browser send, nothing is written."""
    async with viewed(run) as client:
        host = f"{client.host}:{client.port}"
        told = {name: value.replace("HOST", host) for name, value in headers.items()}
        async with client.post("/labels", data=FORM, headers=told, allow_redirects=False) as answer:
            assert answer.status == status
    assert (run / NOTES_FILE).exists() == (status == 303)


async def test_nothing_but_labels_is_posted(run: Path) -> None:
    """Other methods are refused where nothing takes them."""
    async with viewed(run) as client:
        for method in ("POST", "PUT", "DELETE"):
            async with client.request(method, "/tasks", headers={"Sec-Fetch-Site": "same-origin"}) as answer:
                assert answer.status == 405
                assert "Content-Security-Policy" in answer.headers
