"""The scenario role: kinds of work of a subfield, each one sentence that names what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from synthtools_stream.embedded.english import a
from synthtools_stream.embedded.invent.field_vocabulary import vocabulary_of
from synthtools_stream.embedded.invent.subfield_writer import take_new
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.lexicon.field_lexicon import FieldVocabulary, Thing
from synthtools_stream.embedded.prose import capital, words
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["invent_scenarios"]

_FRAMES = (
    "Keep {plural} up to date from {first} to {last} and tell those concerned",
    "Find the right {other} for each of the {plural} and record the choice",
    "Open new {plural}, follow them through, and correct their {trait} when things change",
    "Go through {plural} by {trait}, decide which ones can move on, and act on them",
    "Match {others} with {plural} and settle what is still {first}",
    "Look after {plural} that are {first}: check their {trait}, then {act} them",
    "Take in requests about {plural}, compare {others}, and confirm what was agreed",
    "Review {plural} at the end of the week and sort out the ones with the wrong {trait}",
    "Answer questions about {plural} and {others}, and change them on request",
    "Plan {plural} ahead by {trait} and hand each over to {an_other}",
)


def invent_scenarios(job: Job) -> JsonObject:
    """Return `count` distinct scenarios, those that suit the subfield first."""
    vocabulary = vocabulary_of(job.text("field"))
    subfield = job.text("subfield")
    wanted = max(1, min(60, job.integer("count", 1)))
    offered = _offers(vocabulary, subfield, job)
    return {"scenarios": [*take_new(offered, [*job.texts("avoid"), *job.texts("resemble")], wanted, 300)]}


def _offers(vocabulary: FieldVocabulary, subfield: str, job: Job) -> Iterator[str]:
    listed = list(vocabulary.scenarios)
    job.rng.shuffle(listed)
    own = sorted(listed, key=lambda text: -_overlap(text, subfield))
    near = [text for text in own if _overlap(text, subfield)]
    yield from _within(near, subfield)
    composed = list(_composed(vocabulary, job))
    job.rng.shuffle(composed)
    composed.sort(key=lambda text: -_overlap(text, subfield))
    yield from _within(composed, subfield)
    yield from _within(own[len(near) :], subfield)
    yield from (f"{capital(subfield)}: handle case group {number}" for number in range(1, 100))


def _within(texts: Sequence[str], subfield: str) -> Iterator[str]:
    """Name the subfield where a sentence does not speak of it, so that scenarios of two subfields differ."""
    for text in texts:
        bare = capital(text.rstrip("."))
        yield f"{bare}." if _overlap(text, subfield) or not subfield else f"{bare}, within {subfield.lower()}."


def _composed(vocabulary: FieldVocabulary, job: Job) -> Iterator[str]:
    living = [thing for thing in vocabulary.things if thing.states] or list(vocabulary.things)
    for thing in living:
        others = [other for other in vocabulary.things if other is not thing] or [thing]
        for frame in _FRAMES:
            yield _framed(frame, thing, job.rng.choice(others), vocabulary, job)


def _framed(frame: str, thing: Thing, other: Thing, vocabulary: FieldVocabulary, job: Job) -> str:
    traits = [words(trait.name) for trait in thing.traits if trait.type != "ref"] or ["details"]
    acts = [action.verb for action in vocabulary.actions if action.noun == thing.noun and action.verb] or ["settle"]
    states = [words(state) for state in thing.states] or ["open", "closed"]
    return frame.format(
        plural=thing.plural,
        first=states[0],
        last=states[-1],
        other=other.noun,
        others=other.plural,
        an_other=a(other.noun),
        trait=job.rng.choice(traits),
        act=job.rng.choice(acts),
    )[:300]


def _overlap(text: str, subfield: str) -> int:
    """Count the longer words that a sentence shares with a subfield's name, by their first five letters."""
    stems = {word[:5] for word in re.findall(r"[a-z]{4,}", subfield.casefold())}
    return len(stems & {word[:5] for word in re.findall(r"[a-z]{4,}", text.casefold())})
