"""The subfield role: parts of a field, from what is known of it, else from its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from synthtools_stream.embedded.invent.field_vocabulary import is_shipped, vocabulary_of
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.lexicon.field_lexicon import FieldVocabulary
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["invent_subfields", "take_new"]

_ASPECTS = (
    "Planning and Scheduling", "Records", "Customer Requests", "Inspections", "Supplies and Stock", "Staff Assignments",
    "Permits and Approvals", "Maintenance", "Incident Handling", "Billing", "Quality Checks", "Visitor Bookings",
    "Contracts", "Training", "Reporting", "Site Coordination", "Equipment Loans", "Complaints", "Outreach", "Archives",
)  # fmt: skip
_TWISTS = ("Emergency", "Regional", "Seasonal", "Digital", "Commercial", "Community", "Specialised", "Everyday")


def invent_subfields(job: Job) -> JsonObject:
    """Return `count` distinct subfields."""
    field = " ".join(job.text("field", "Work").split()) or "Work"
    vocabulary = vocabulary_of(field)
    avoid = [*job.texts("avoid"), *job.texts("resemble")]
    wanted = max(1, min(60, job.integer("count", 1)))
    listed = list(vocabulary.subfields)
    offered = _offers(field, vocabulary, listed, job)
    return {"subfields": [*take_new(offered, avoid, wanted)]}


def _offers(field: str, vocabulary: FieldVocabulary, listed: list[str], job: Job) -> Iterator[str]:
    if not is_shipped(field):
        aspects = list(_ASPECTS)
        job.rng.shuffle(aspects)
        yield from (f"{_short(field)} {aspect}" for aspect in aspects)
    yield from listed
    things = [thing.plural.title() for thing in vocabulary.things]
    job.rng.shuffle(things)
    yield from (f"{thing} {aspect}" for aspect in _ASPECTS[:6] for thing in things)
    yield from (f"{twist} {name}" for twist in _TWISTS for name in listed or [field])
    yield from (f"{_short(field)} Area {number}" for number in range(1, 200))


def _short(field: str) -> str:
    """Return a field's name short enough to take a second half."""
    return " ".join(re.findall(r"\S+", field)[:4])[:45]


def take_new(offered: Iterable[str], avoid: Iterable[str], wanted: int, longest: int = 80) -> list[str]:
    """Return the first `wanted` offers that neither repeat each other nor what is to be avoided."""
    seen = {name.casefold().strip() for name in avoid}
    taken: list[str] = []
    for name in offered:
        if len(taken) == wanted:
            break
        if name.casefold().strip() not in seen:
            seen.add(name.casefold().strip())
            taken.append(name[:longest].strip())
    return taken
