"""The user role: answer what the agent asks beyond the plan, from what was said and may be told, else from nothing."""

from __future__ import annotations

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.prose import content
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["speak_as_user"]

_UNKNOWN = "That's all I know, please go by what I said."


def speak_as_user(job: Job) -> JsonObject:
    """Return what may be told of what is asked, else the turn once more, where it holds the answer."""
    asked = next((str(line.get("text", "")) for line in reversed(job.objects("conversation"))), "")
    hidden, turns = job.texts("hidden"), job.texts("turns")
    if hidden:
        return {"message": " ".join(hidden)}
    last = turns[-1] if turns else ""
    shared = set(content(asked)) & set(content(last))
    return {"message": f"As I said: {last}" if shared else _UNKNOWN}
