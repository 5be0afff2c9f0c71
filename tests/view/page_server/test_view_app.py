"""The pages of a run, as a browser gets them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from synthtools_stream.errors import LogDamage
from synthtools_stream.export.corpus import Kind
from synthtools_stream.records import Fault, Task, VerdictKind
from synthtools_stream.storage.datasets.reader_notes import NOTES_FILE, read_notes
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.model_request import ModelRequest
from tests.export.exported import MESSAGES, attempt, corpus, task
from tests.view.page_server.viewkit import fetched, viewed

TASK = task()
FAILED = attempt(1, kind=VerdictKind.unsolved, fault=Fault.agent)
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A task, solved once and failed once, and a reject."""
    folder = corpus(tmp_path / "run", [TASK], [attempt(0), FAILED])
    reject = {"id": "a.B", "stage": "auditing", "outcome": "rejected", "reason": "unreliable", "detail": "<i>no</i>"}
    (folder / "rejected.jsonl").write_bytes(orjson.dumps({**reject, "evidence": "{}"}) + b"\n")
    return folder


async def test_every_kind_of_page(run: Path) -> None:
    """Each has what makes it one, in a shell that says what is looked at."""
    address = f"/attempts/{TASK.id}%23r0"
    pages = {
        "/": "Freight",
        "/attempts": f"{TASK.id}%23r1",
        f"/tasks/{TASK.id}": "MoveBooking",
        address: "BK-2057 sails with Castor",
        "/rejects": "unreliable",
        "/rejects/1": "auditing",
        f"/compare?one={TASK.id}%23r0&other={TASK.id}%23r1": "Two attempts",
    }
    async with viewed(run) as client:
        for page, wanted in pages.items():
            told = await fetched(client, page)
            assert (told.status, told.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
            assert wanted in told.text, page
            assert "<title>" in told.text


async def test_nothing_else_is_loaded_or_run(run: Path) -> None:
    """No page has script or style of its own, nor an address of elsewhere; the policy says so as well."""
    async with viewed(run) as client:
        for page in ("/", "/attempts", f"/tasks/{TASK.id}", f"/attempts/{TASK.id}%23r0", "/nowhere"):
            told = await fetched(client, page)
            policy = told.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert told.headers["X-Content-Type-Options"] == "nosniff"
            assert told.headers["Referrer-Policy"] == "no-referrer"
            assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", told.text)
            assert all(source.startswith("/assets/") for source in re.findall(r'(?:src)="([^"]*)"', told.text))
        for name, kind in (("view.css", "text/css"), ("view.js", "text/javascript")):
            told = await fetched(client, f"/assets/{name}")
            assert (told.status, told.headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
        assert (await fetched(client, "/assets/..%2F__init__.py")).status == 404


async def test_what_a_model_said_is_no_markup(tmp_path: Path) -> None:
    """Wherever it stands: titles, lists, cells, messages, addresses, excerpts."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
    said: list[JsonObject] = [*MESSAGES[:-1], {"role": "assistant", "content": evil}]
    hostile = TASK.model_copy(update={"field": evil, "summary": evil})
    tried = attempt(0, hostile, messages=said)
    run = corpus(tmp_path / "run", [hostile], [tried])
    async with viewed(run) as client:
        for page in ("/", "/tasks", "/attempts", "/attempts?q=alert", f"/tasks/{TASK.id}", f"/attempts/{TASK.id}%23r0"):
            told = await fetched(client, page)
            assert told.status == 200
            assert "<script>alert" not in told.text
            assert "<img" not in told.text
            assert "&lt;script&gt;alert(1)" in told.text, page
        assert "<i>" not in (await fetched(client, "/attempts/%3Ci%3E")).text
        assert "<i>" not in (await fetched(client, "/%3Ci%3E")).text
        assert "<i>" not in (await fetched(client, "/attempts?%3Ci%3E=1")).text


async def test_filters_live_in_the_address(run: Path) -> None:
    """A list shows what its address asks for, and leads to others with one filter more or less."""
    async with viewed(run) as client:
        told = await fetched(client, "/attempts?verdict=unsolved&q=castor")
        assert f"{TASK.id}%23r1" in told.text
        assert f"/attempts/{TASK.id}%23r0" not in told.text
        assert "/attempts?verdict=unsolved&amp;q=castor&amp;fault=agent" in told.text
        assert 'href="/attempts?q=castor"' in told.text
        none = await fetched(client, "/attempts?verdict=unsolved&fault=tool")
        assert none.status == 200
        assert f"/attempts/{TASK.id}" not in none.text


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/attempts?colour=red", 400, "there is no filter &#39;colour&#39;; there are field, verdict"),
        ("/attempts?page=0", 400, "pages are counted from 1"),
        ("/attempts?page=1e3", 400, "pages are counted from 1"),
        ("/attempts?page=7", 400, "there is no page 7; these rows have 1"),
        ("/attempts?role=judge", 400, "role is one of user, assistant"),
        ("/attempts?q=a&q=b", 400, "q is given twice"),
        ("/attempts?q=" + "a" * 2000, 400, "longer than 1000 characters"),
        ("/attempts/nobody", 404, "there is no row &#39;nobody&#39; among attempts"),
        ("/rejects/2", 404, "there is no row"),
        ("/pages", 404, "there is nothing at /pages"),
        ("/compare", 400, "two attempts are compared by their ids"),
        ("/compare?one=a&other=b", 404, "there is no row &#39;a&#39;"),
        ("/fresh?since=x", 400, "since is a number of rows"),
        ("/raw/tasks/nobody", 404, "there is no row"),
        ("/requests/nobody/2", 400, "this viewer cannot rebuild requests"),
    ],
)
async def test_what_cannot_be_shown(run: Path, address: str, status: int, said: str) -> None:
    """One clear message, in the shell."""
    async with viewed(run) as client:
        told = await fetched(client, address)
        assert told.status == status
        assert said in told.text.replace("&#34;", "'").replace("<wbr>", "")


async def test_rows_as_json(run: Path) -> None:
    """Every column opened, nothing cut."""
    async with viewed(run) as client:
        told = await fetched(client, f"/raw/attempts/{TASK.id}%23r0")
    assert told.headers["Content-Type"].startswith("application/json")
    assert orjson.loads(told.text)["messages"] == list(MESSAGES)


async def test_a_row_that_cannot_be_read(run: Path) -> None:
    """Its page says what is wrong, and what stands there; other pages do without it."""
    path = run / Kind.tasks
    path.write_bytes(path.read_bytes().replace(b'"initial_state"', b'"inital_state"') + b'{"id": "x", <b>\n')
    async with viewed(run) as client:
        told = await fetched(client, f"/tasks/{TASK.id}")
        assert told.status == 200
        assert "task_content.jsonl:1: column initial_state is missing" in told.text
        assert "inital_state" in told.text
        assert (await fetched(client, f"/attempts/{TASK.id}%23r0")).status == 200
        broken = await fetched(client, "/tasks/line%202")
        assert "the line is not JSON" in broken.text
        assert "&lt;b&gt;" in broken.text


async def test_rows_that_come_while_it_is_open(run: Path) -> None:
    """The script is told how many there are, and the next page has them."""
    async with viewed(run) as client:
        assert orjson.loads((await fetched(client, "/fresh?since=4")).text) == {"new": 0, "live": False}
        path = run / Kind.trajectories
        path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0].replace(b"#r0", b"#r7"))
        assert orjson.loads((await fetched(client, "/fresh?since=4")).text)["new"] == 1
        assert f"{TASK.id}%23r7" in (await fetched(client, "/attempts")).text


async def test_labels_and_notes(run: Path) -> None:
    """They are kept beside the rows, shown, counted and filtered by; the last one counts."""
    name = f"{TASK.id}#r0"
    async with viewed(run) as client:
        for label, note in (("bad", ""), ("good", "plain <b>")):
            form = {"kind": "attempts", "id": name, "label": label, "note": note}
            async with client.post("/labels", data=form, headers=OURS, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, f"/attempts/{TASK.id}%23r0")
        page = await fetched(client, f"/attempts/{TASK.id}%23r0")
        assert "plain &lt;b&gt;" in page.text
        chosen = await fetched(client, "/attempts?label=good")
        assert f"/attempts/{TASK.id}%23r0" in chosen.text
        assert f"/attempts/{TASK.id}%23r1" not in chosen.text
    kept = read_notes([run]).of("attempts", name)
    assert kept is not None
    assert (kept.label, kept.note, kept.time) == ("good", "plain <b>", "2026-03-14T09:00:00+00:00")
    assert len((run / NOTES_FILE).read_bytes().splitlines()) == 2


async def test_notes_that_are_none(run: Path) -> None:
    """Nothing is kept of them."""
    bad = (
        ({"kind": "attempts", "id": f"{TASK.id}#r0", "label": "two words"}, 400),
        ({"kind": "attempts", "id": "nobody", "label": "good"}, 404),
        ({"kind": "files", "id": "x", "label": "good"}, 400),
        ({"kind": "attempts", "id": f"{TASK.id}#r0", "label": "good", "note": "a" * 300_000}, 413),
    )
    async with viewed(run) as client:
        for form, status in bad:
            async with client.post("/labels", data=form, headers=OURS, allow_redirects=False) as answer:
                assert answer.status == status
    assert not (run / NOTES_FILE).exists()


async def test_a_note_that_somebody_else_appends(run: Path) -> None:
    """Another viewer, or a script: the next page has it."""
    async with viewed(run) as client:
        assert "/attempts?label=odd" not in (await fetched(client, "/attempts")).text
        (run / NOTES_FILE).write_text(f'{{"kind":"attempts","id":"{TASK.id}#r1","label":"odd"}}\n')
        assert "/attempts?label=odd" in (await fetched(client, "/attempts")).text


async def test_two_sources(run: Path, tmp_path: Path) -> None:
    """Rows of both stand in one list."""
    other = corpus(tmp_path / "other", [task("bees_spec_000_seq00", "Bees")], [])
    async with viewed(run, other) as client:
        told = await fetched(client, "/tasks")
        assert "/tasks/bees_spec_000_seq00" in told.text
        assert f"/tasks/{TASK.id}" in told.text


async def test_what_fails_on_the_way(run: Path) -> None:
    """A damaged log, or a disk that refuses: the page says it, and the server goes on."""

    async def rebuild(folder: Path, task: Task, attempt_id: str) -> Sequence[ModelRequest]:
        raise LogDamage(folder / "replies-000000.jsonl", 3, f"not what was written for {task.id} and {attempt_id}")

    async with viewed(run, rebuild=rebuild) as client:
        told = await fetched(client, f"/requests/{TASK.id}%23r0/2")
        assert told.status == 500
        assert "replies-000000.jsonl:3: not what was written" in told.text
        assert (await fetched(client, "/")).status == 200
