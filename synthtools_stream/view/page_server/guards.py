"""Who may see the pages, and what a page may do in a browser.

A page holds what models said, so nothing but our own style and script is ever loaded or run. The pages themselves are
for who started the server: the address that it prints holds a token, which is exchanged for a cookie, so that links
stay clean. A name that resolves to this machine only today is refused (DNS rebinding), and what changes something must
come from a page of ours.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

__all__ = ["HEADERS", "Access", "guards"]

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What stands on every answer."""
_COOKIE = "synthtools_view"
_PARAMETER = "token"
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Access:
    """Who may ask."""

    token: str = ""
    """Empty where anybody may who reaches the server."""
    loopback: bool = True
    """Only names of this machine are answered."""


def guards(access: Access) -> Sequence[Middleware]:
    """Return the middlewares that every request passes, the outermost first."""

    @web.middleware
    async def with_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(HEADERS)
            raise
        response.headers.update(HEADERS)
        return response

    @web.middleware
    async def with_known_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        if access.loopback and not _is_local(request.host):
            raise web.HTTPForbidden(text="this server answers on this machine's own names only: use 127.0.0.1\n")
        if request.method not in _SAFE and not _is_ours(request):
            raise web.HTTPForbidden(text="only a page of this server may ask for that\n")
        return await handler(request)

    @web.middleware
    async def with_token(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not access.token:
            return await handler(request)
        cookie = f"{_COOKIE}_{_port(request)}"
        if _same(request.query.get(_PARAMETER, ""), access.token):
            answer = web.HTTPSeeOther(_without_token(request.rel_url))
            answer.set_cookie(cookie, access.token, httponly=True, samesite="Strict", path="/")
            raise answer
        if not _same(request.cookies.get(cookie, ""), access.token):
            raise web.HTTPUnauthorized(
                text="a token is needed: open the address that `synthtools-stream view` printed\n"
            )
        return await handler(request)

    return [with_headers, with_known_host, with_token]


def _same(shown: str, wanted: str) -> bool:
    return secrets.compare_digest(shown.encode(errors="replace"), wanted.encode())


def _is_local(host: str) -> bool:
    """Say whether a Host header names this machine in a way that nobody else can bend."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_ours(request: web.Request) -> bool:
    """Say whether a request comes from a page of ours.

    A browser says so itself; an older one names the origin, which a page without referrers makes `null` of in forms.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", "") in (f"http://{request.host}", f"https://{request.host}")


def _port(request: web.Request) -> int:
    """Return the server's own port: cookies of one host know none, and several viewers may be open."""
    address: object = request.transport.get_extra_info("sockname") if request.transport is not None else None
    return int(address[1]) if isinstance(address, tuple) and len(address) > 1 else 0


def _without_token(url: URL) -> URL:
    return url.without_query_params(_PARAMETER)
