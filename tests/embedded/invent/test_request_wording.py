"""The wishes of a dialogue as one request, in sentences that an agent takes apart again."""

from __future__ import annotations

import random

from synthtools_stream.embedded.invent.request_wording import RequestWriter
from synthtools_stream.embedded.invent.turn_wording import Unframed
from synthtools_stream.embedded.play.request_steps import split_request

WISHES = [
    Unframed("look up booking BK-1042", "its fee"),
    Unframed("lower its fee by 12 EUR"),
    Unframed("vessel VS-1003 should be moored", stated=True),
    Unframed("list drivers with rank senior", "the age of the first one"),
    Unframed('send a notice to the first of those drivers with the text "Now, then. Go."'),
]
SIGNS = ["BK-1042", "12 EUR", "VS-1003", "rank senior", '"Now, then. Go."']
PAIR = [Unframed("moor vessel VS-1003"), Unframed("dismiss driver DR-1007")]


def written(wishes: list[Unframed], seed: int, *secrets: str) -> str:
    return RequestWriter(random.Random(seed), secrets).write(wishes)


def test_every_wish_is_a_step_again() -> None:
    """Whatever holds the clauses together, all wishes are there, and dependent ones in their order."""
    texts: set[str] = set()
    for seed in range(300):
        text = written(WISHES, seed)
        assert all(text.count(sign) == 1 for sign in SIGNS), text
        assert "its fee" in text
        assert "the age of the first one" in text
        assert text.index("BK-1042") < text.index("12 EUR") < text.index("rank senior") < text.index("Now, then."), text
        texts.add(text)
    assert len(texts) > 290


def test_agent_does_independent_wishes_in_the_order_of_its_reading() -> None:
    """Two wishes that share nothing are said in either order, also as `Before you …`, which is done second."""
    seen: set[tuple[bool, bool]] = set()
    for seed in range(80):
        text = written(PAIR, seed)
        said = text.index("VS-1003") < text.index("DR-1007")
        steps = split_request(text)
        done = next(place for place, step in enumerate(steps) if "VS-1003" in step) <= next(
            place for place, step in enumerate(steps) if "DR-1007" in step
        )
        seen.add((said, done))
    assert seen == {(True, True), (False, False), (False, True)}


def test_dependent_wishes_keep_their_order() -> None:
    """What points back, or shares a thing, is never said first."""
    shared = [Unframed("moor vessel VS-1003"), Unframed("paint vessel VS-1004")]
    points = [Unframed("moor vessel VS-1003"), Unframed("dismiss its driver")]
    for seed in range(60):
        for wishes in (shared, points):
            text = written(wishes, seed).lower()
            assert text.index(wishes[0].clause.lower()) < text.index(wishes[1].clause.lower())


def test_secrets_are_in_no_phrase() -> None:
    """A word that only a tool tells is not said by chance."""
    for seed in range(120):
        text = written(PAIR, seed, "done", "Things", "few", "First").lower()
        assert not {"done", "things", "few", "first"} & set(text.replace(",", " ").replace(".", " ").split())


def test_purpose_opens_the_request() -> None:
    """Why the user wants it is said first, and once."""
    reasoned = [Unframed("moor vessel VS-1003", purpose="I am new here"), Unframed("paint it", purpose="I am new here")]
    assert written(reasoned, 4).startswith("I am new here. ")
    assert written(reasoned, 4).count("I am new here") == 1
