"""What a server's refusal means: read once, from status, headers and text, and never again further up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import orjson

from synthtools_stream.chat.wire import error_text
from synthtools_stream.errors import BackendGone, Rejection, SynthToolsError, TransportError
from synthtools_stream.servers.answer_body import is_page
from synthtools_stream.values.jsontypes import Json

__all__ = ["refusal", "retry_after_s"]

# How OpenAI, vLLM, SGLang, llama.cpp and TGI say that a request does not fit into the model's context.
_OVERFLOW = re.compile(
    r"context_length_exceeded|maximum context length|max(imum)?[ _]model[ _]len(gth)?|model's context length"
    r"|context (size|window|length)|context is \d+|exceeds? .{0,40}context"
    r"|prompt is too long|must be <= `?max_total_tokens|inputs? .{0,40}too long",
    re.IGNORECASE,
)
# How gateways and hosted models say that they will not have what a prompt says; the key is in order then.
_MODERATED = re.compile(
    r"moderat|flagged|content[ _-]?(policy|filter|management|safety|violation)|(usage|safety|acceptable use) polic"
    r"|violat\w* .{0,40}polic|responsible ?ai|inappropriate|harmful|data_inspection_failed",
    re.IGNORECASE,
)
# How servers say that they take no tools, or that a chat template refused a dialogue, with whatever status.
_FORM = re.compile(
    r"jinja|chat template|roles? must alternate|support\w* tool|\btools?\b.{0,40} support", re.IGNORECASE
)
_NO_MODEL = re.compile(r"model", re.IGNORECASE)


def refusal(root: str, model: str, status: int, headers: Mapping[str, str], body: bytes) -> SynthToolsError:
    """Return the error that a status other than 200 stands for; `headers` must not mind the case of names."""
    said = _said(body)
    told = f"{root}: {status}{': ' if said else ''}{said}"
    if status == 402 or (status == 429 and "insufficient_quota" in said + _code(body)):
        return BackendGone(told)
    if status in (404, 500, 501) and _FORM.search(said):
        return Rejection("refused_request", said)
    if status in (408, 429, 503, 529):
        return TransportError(told, overloaded=True, retry_after_s=retry_after_s(headers.get("retry-after")))
    if status >= 500 or status in (409, 425):
        return TransportError(told, unreachable=status in (502, 504))
    if is_page(body) and status not in (401, 403, 413):
        # An API answers in JSON; a page comes from something in between, which knows nothing of the request.
        return TransportError(f"{root}: {status}: a web page instead of an answer")
    if status in (400, 401, 403, 422, 451) and _MODERATED.search(f"{said} {_code(body)}"):
        return Rejection("moderated", said)
    if status in (401, 403):
        return BackendGone(f"{told}; the server refuses the API key, or wants one")
    if status == 404:
        return _not_found(root, model, said)
    if status < 300:
        return TransportError(f"{told}; a chat completion comes with status 200")
    if status < 400:
        return BackendGone(
            f"{root} answers {status} and points to {headers.get('location', 'nowhere')!r}; use that URL"
        )
    overflow = status == 413 or _OVERFLOW.search(said) or _code(body) == "context_length_exceeded"
    return Rejection("context_overflow" if overflow else "refused_request", said or str(status))


def retry_after_s(header: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header, seconds or an HTTP date; None when there is none or it makes no sense."""
    if header is None:
        return None
    text = header.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def _not_found(root: str, model: str, said: str) -> BackendGone:
    if _NO_MODEL.search(said):
        return BackendGone(f"{root} has no model {model!r}: {said}")
    return BackendGone(
        f"{root} has no route for chat completions{': ' if said else ''}{said}; is it an OpenAI-compatible server?"
    )


def _said(body: bytes) -> str:
    read = _read(body)
    if read is not None:
        return error_text(read)
    return " ".join(body[:200].decode(errors="replace").split())


def _code(body: bytes) -> str:
    read = _read(body)
    error = read.get("error") if isinstance(read, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else ""


def _read(body: bytes) -> Json:
    try:
        value: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value
