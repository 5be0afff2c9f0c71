"""The user role: say the next planned turn; say goodbye once all is said."""

from __future__ import annotations

from synthtools_stream.embedded.job import Job
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["speak_as_user"]

_GOODBYES = (
    "That was all, thank you.",
    "Thanks, that's everything.",
    "Perfect, nothing else for now.",
    "Great, I'm all set. Goodbye.",
    "That settles it, many thanks.",
)


def speak_as_user(job: Job) -> JsonObject:
    """Return the first planned turn that was not said yet."""
    said = [str(line.get("text", "")).strip() for line in job.objects("conversation") if line.get("speaker") == "user"]
    for turn in job.texts("turns"):
        if turn.strip() in said:
            said.remove(turn.strip())
            continue
        return {"message": turn, "done": False}
    return {"message": job.rng.choice(_GOODBYES), "done": True}
