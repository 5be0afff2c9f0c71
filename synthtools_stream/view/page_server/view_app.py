"""The web application of `view`, and its life: a listening socket, until it is told to stop.

Pages are made in one worker thread, in which the shelf lives; the event loop never waits for a disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

import anyio
import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from synthtools_stream.errors import ConfigError, SynthToolsError, UsageError, boundary
from synthtools_stream.records import Trajectory
from synthtools_stream.serving import stop_signals
from synthtools_stream.view.model_request import ModelRequest, RequestsOf, answering, as_curl
from synthtools_stream.view.page_server.guards import Access, guards
from synthtools_stream.view.page_server.list_request import read_list_request
from synthtools_stream.view.pages.html_page import asset, prepare
from synthtools_stream.view.row_pages import NoSuchRow, RowPages
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["build_view_app", "serve_pages"]

T = TypeVar("T")

_KINDS = "|".join(ShownKind)
_BODY_BYTES = 256 * 1024
"""Bytes of a request at most: a note, and a form around it."""
_GRACE_S = 2.0
"""Seconds that requests in flight may take to end once the server is told to stop."""
_TYPES: Mapping[str, str] = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class _Asked(NamedTuple):
    """What was asked of models in an attempt."""

    attempt: Trajectory
    requests: Sequence[ModelRequest]


class _Site:
    """The handlers, and the thread in which pages are made."""

    def __init__(self, pages: RowPages, rebuild: RequestsOf | None) -> None:
        self._pages = pages
        self._rebuild = rebuild
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="view")

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def overview(self, _request: web.Request) -> web.Response:
        return _html(await self._made(self._pages.overview))

    async def rows(self, request: web.Request) -> web.Response:
        asked = read_list_request(ShownKind(request.match_info["kind"]), request.query.items())
        return _html(await self._made(partial(self._pages.rows, asked)))

    async def row(self, request: web.Request) -> web.Response:
        return _html(await self._made(partial(self._pages.row, *_named(request))))

    async def compare(self, request: web.Request) -> web.Response:
        one, other = request.query.get("one"), request.query.get("other")
        if not one or not other:
            raise UsageError("two attempts are compared by their ids: /compare?one=…&other=…")
        return _html(await self._made(partial(self._pages.compare, one, other)))

    async def raw(self, request: web.Request) -> web.Response:
        found = await self._made(partial(self._pages.raw, *_named(request)))
        return web.Response(body=found, content_type="application/json", charset="utf-8")

    async def fresh(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not (since.isascii() and since.isdigit()):
            raise UsageError("since is a number of rows: /fresh?since=100")
        return _json(await self._made(partial(self._pages.fresh, int(since[:15]))))

    async def note(self, request: web.Request) -> web.Response:
        form = await request.post()
        kind, row_id, label, text = (str(form.get(name, "")) for name in ("kind", "id", "label", "note"))
        if kind not in list(ShownKind):
            raise UsageError(f"there is no kind of rows {kind[:80]!r}; there are {', '.join(ShownKind)}")
        address = await self._made(partial(self._pages.note, ShownKind(kind), row_id, label.strip(), text.strip()))
        raise web.HTTPSeeOther(address)

    async def requests(self, request: web.Request) -> web.Response:
        found = await self._requests_of(request.match_info["key"])
        return _json([one.to_json() for one in found.requests])

    async def request(self, request: web.Request) -> web.Response:
        found = await self._requests_of(request.match_info["key"])
        index = int(request.match_info["message"][:9])
        one = answering(found.requests, found.attempt.messages, index)
        if one is None:
            raise UsageError(f"message {index} is no answer of the agent to a request that is known")
        return web.Response(text=as_curl(one), content_type="text/plain", charset="utf-8")

    async def _requests_of(self, key: str) -> _Asked:
        if self._rebuild is None:
            raise UsageError("this viewer cannot rebuild requests")
        tried = await self._made(partial(self._pages.tried, key))
        return _Asked(tried.attempt, await self._rebuild(tried.folder, tried.task, tried.attempt.id))

    async def asset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        body = asset(name)
        if body is None:
            raise web.HTTPNotFound(text="there is no such file\n")
        kind = _TYPES.get(name[name.rfind(".") :], "application/octet-stream")
        return web.Response(body=body, content_type=kind, charset="utf-8")

    async def _made(self, make: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, make)

    @web.middleware
    async def with_messages(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer what goes wrong with a page that says it."""
        try:
            return await handler(request)
        except NoSuchRow as error:
            status, title, text = 404, "Not found", str(error)
        except UsageError as error:
            status, title, text = 400, "This cannot be shown", str(error)
        except SynthToolsError as error:
            status, title, text = 500, "This cannot be told", str(error)
        except web.HTTPNotFound:
            status, title, text = 404, "Not found", f"there is nothing at {request.path[:200]}"
        if "text/html" not in request.headers.get("Accept", ""):
            return web.Response(text=text, status=status)  # to a script, which says it in its own place
        return _html(await self._made(partial(self._pages.message, title, text)), status)


def build_view_app(pages: RowPages, access: Access, rebuild: RequestsOf | None = None) -> web.Application:
    """Return the application that shows pages to whom `access` lets in; the caller closes the shelf behind them.

    Without `rebuild` it tells no requests to models.
    """
    site = _Site(pages, rebuild)
    app = web.Application(client_max_size=_BODY_BYTES, middlewares=[*guards(access), site.with_messages])
    row = f"{{kind:{_KINDS}}}/{{key:.+}}"
    app.router.add_get("/", site.overview)
    app.router.add_get(f"/{{kind:{_KINDS}}}", site.rows)
    app.router.add_get(f"/{row}", site.row)
    app.router.add_get("/compare", site.compare)
    app.router.add_get(f"/raw/{row}", site.raw)
    app.router.add_get("/requests/{key:.+}/{message:[0-9]+}", site.request)
    app.router.add_get("/requests/{key:.+}", site.requests)
    app.router.add_get("/fresh", site.fresh)
    app.router.add_get("/assets/{name}", site.asset)
    app.router.add_post("/labels", site.note)

    async def preparing(_app: web.Application) -> None:
        await asyncio.to_thread(prepare)

    async def closing(_app: web.Application) -> None:
        site.close()

    app.on_startup.append(preparing)
    app.on_cleanup.append(closing)
    return app


async def serve_pages(app: web.Application, host: str, port: int, *, ready: Callable[[int], None]) -> None:
    """Serve until cancelled, or until SIGINT or SIGTERM; `ready` is told the port once connections are taken.

    Port 0 takes a free one.

    :raises ConfigError: when the address cannot be listened on.
    """
    runner = web.AppRunner(app, shutdown_timeout=_GRACE_S, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        with boundary(f"cannot listen on {host}:{port}", OSError, as_=ConfigError):
            await site.start()
        with stop_signals() as stop:
            ready(int(runner.addresses[0][1]))
            await stop.wait()
    finally:
        with anyio.CancelScope(shield=True):
            await runner.cleanup()


def _named(request: web.Request) -> tuple[ShownKind, str]:
    return ShownKind(request.match_info["kind"]), request.match_info["key"]


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(body=text.encode(errors="replace"), status=status, content_type="text/html", charset="utf-8")


def _json(value: object) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")
