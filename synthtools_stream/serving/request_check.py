"""Which requests are served, and which are refused: nothing that an official client sends is silently ignored.

What would change the answer and cannot be had (log probabilities, pictures, a choice of tool) is refused by name, so
that a client that works against this server works against a real one for the right reasons.
"""

from __future__ import annotations

import jsonschema_rs
import orjson

from synthtools_stream.serving.http_refusals import BadRequest
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["check_body", "parse_body"]

DIALECTS = tuple(
    f"{start}/{draft}/schema{end}"
    for start, drafts in {
        "http://json-schema.org": ("draft-04", "draft-06", "draft-07"),
        "https://json-schema.org": ("draft/2019-09", "draft/2020-12"),
    }.items()
    for draft in drafts
    for end in ("", "#")
)
"""What a schema may name under `$schema`: any other name would be fetched from where it points to."""
MOST_STOPS = 4
"""Stop words that a request may name, as in OpenAI's own interface."""
RANGES = {
    "temperature": (0.0, 2.0),
    "top_p": (0.0, 1.0),
    "presence_penalty": (-2.0, 2.0),
    "frequency_penalty": (-2.0, 2.0),
}
"""Numbers that shape sampling, and what they may be."""
UNSERVED = {
    "logprobs": (None, False),
    "top_logprobs": (None, 0),
    "logit_bias": (None, {}),
    "functions": (None, []),
    "function_call": (None, "auto", "none"),
    "tool_choice": (None, "auto"),
    "audio": (None,),
    "modalities": (None, ["text"]),
    "n": (None, 1),
}
"""Keys that would change the answer, and the values with which they ask for nothing that is not served."""


def parse_body(raw: bytes) -> JsonObject:
    """Return the body as a JSON object.

    :raises BadRequest: if it is none.
    """
    try:
        body: Json = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


def check_body(body: JsonObject) -> None:
    """Refuse what the wire's reader would silently take for a default, and a response schema that is none.

    :raises BadRequest: naming what is wrong.
    """
    if not isinstance(body.get("model"), str):
        raise BadRequest("`model` must be a string.", "model")
    for key in ("max_tokens", "max_completion_tokens"):
        _check_count(body, key)
    for key, served in UNSERVED.items():
        if body.get(key) not in served:
            raise BadRequest(f"`{key}` is not served here; leave it out.", key)
    for key, (least, most) in RANGES.items():
        _check_number(body, key, least, most)
    _check_stop(body.get("stop"))
    _check_contents(body.get("messages"))
    _check_format(body.get("response_format"))


def _check_number(body: JsonObject, key: str, least: float, most: float) -> None:
    value = body.get(key)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise BadRequest(f"`{key}` must be a number from {least:g} to {most:g}.", key)


def _check_stop(stop: Json) -> None:
    words = stop if isinstance(stop, list) else [] if stop is None else [stop]
    if len(words) > MOST_STOPS or not all(isinstance(word, str) and word for word in words):
        raise BadRequest(f"`stop` must be a text, or a list of at most {MOST_STOPS}; none may be empty.", "stop")


def _check_contents(messages: Json) -> None:
    """Refuse parts of a message that are no text, such as pictures: an answer would pass over them."""
    for index, message in enumerate(messages if isinstance(messages, list) else []):
        content = message.get("content") if isinstance(message, dict) else None
        for part in content if isinstance(content, list) else []:
            kind = part.get("type") if isinstance(part, dict) else None
            if kind not in ("text", "refusal"):
                where = f"`messages[{index}].content`"
                raise BadRequest(f"{where} holds a part of type {kind!r}; only text is read.", "messages")


def _check_format(form: Json) -> None:
    """Refuse a response schema that is none, as a real server does: no answer could be held to it."""
    if form is None:
        return
    kind = form.get("type") if isinstance(form, dict) else None
    if not isinstance(form, dict) or kind not in ("text", "json_schema"):
        raise BadRequest("`response_format.type` must be text or json_schema.", "response_format")
    wanted = form.get("json_schema") if kind == "json_schema" else None
    schema = wanted.get("schema") if isinstance(wanted, dict) else None
    if not isinstance(schema, dict):
        return  # the wire's reader says what is wrong with the form
    where = "response_format.json_schema.schema"
    if "$schema" in schema and schema["$schema"] not in DIALECTS:
        raise BadRequest(f"`{where}` names a dialect under `$schema` that is not known here.", "response_format")
    try:
        jsonschema_rs.meta.validate(schema)
    except ValueError as error:
        raise BadRequest(f"`{where}` is not a valid JSON Schema: {_first_line(error)}", "response_format") from error


def _first_line(error: ValueError) -> str:
    return str(error).partition("\n")[0][:200]


def _check_count(body: JsonObject, key: str) -> None:
    value = body.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise BadRequest(f"`{key}` must be an integer of at least 1.", key)
