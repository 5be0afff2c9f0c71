"""Turns are made of frames, and taken apart again."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from synthtools_stream.embedded.english import tokens
from synthtools_stream.embedded.invent.clause_wording import Clause
from synthtools_stream.embedded.invent.turn_wording import (
    Unframed,
    act_turn,
    check_turn,
    read_turn,
    unframed,
    with_purpose,
)
from synthtools_stream.embedded.invent.wished_values import Wish
from synthtools_stream.embedded.lexicon.phrasebook import load_phrasebook
from synthtools_stream.embedded.play.said_values import SaidKind, said_values

DEED = 'send a notice on booking BK-1042, with channel app and the text "Call and tell me. Now, please."'
STATED = "the fee of booking BK-1042 should be lowered by 12.5 EUR"
TONES = ("brief", "polite", "chatty")
SEEDS = range(150)


@pytest.mark.parametrize("tone", TONES)
def test_wish_is_found_again(tone: str) -> None:
    """Whatever the frame, with or without a purpose, its parts come back word for word."""
    made: set[str] = set()
    for seed in SEEDS:
        rng = random.Random(seed)
        turn = act_turn(Clause(DEED, stated=STATED), tone, rng, plain=seed == 0)
        found = unframed(with_purpose(turn, rng, first=True))
        assert found is not None
        assert (found.clause, found.wanted, found.stated) in ((DEED, "", False), (STATED, "", True)), turn
        made.add(turn)
    assert len(made) >= 16


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(
    ("clause", "wish", "told"),
    [
        (Clause("look up booking BK-1042"), Wish((), "its fee", names="fee"), {"its fee"}),
        (
            Clause("list bookings of carrier CR-1", things="bookings of carrier CR-1"),
            Wish((), "how many bookings there are", counts=True),
            {"how many bookings there are", ""},
        ),
        (
            Clause("list bookings with channel app", things="bookings with channel app"),
            Wish((), "the fee of the first one", of_first=True),
            {"the fee of the first one"},
        ),
        (Clause("look up booking BK-1042"), Wish((), "whether it is urgent"), {"whether it is urgent"}),
    ],
)
def test_question_is_found_again(tone: str, clause: Clause, wish: Wish, told: set[str]) -> None:
    """What is asked comes back beside what is looked up, or with it where the turn is a question alone."""
    for seed in SEEDS:
        turn = read_turn(clause, wish, tone, random.Random(seed), plain=seed == 0)
        found = unframed(turn)
        assert found is not None
        assert found.wanted in told, turn
        assert (clause.things or clause.text) in found.clause, turn


def test_bare_question_names_the_thing() -> None:
    """`What is the fee of booking BK-1042?` is a wish to be told, complete in itself."""
    assert unframed("What is the fee of booking BK-1042?") == Unframed("tell me the fee of booking BK-1042")
    assert unframed("How many bookings of carrier CR-1 are there?") == Unframed(
        "tell me how many bookings of carrier CR-1 there are"
    )


def test_check_is_no_question() -> None:
    """A look-up that only checks asks to be told nothing."""
    for seed in SEEDS:
        turn = check_turn(Clause("look up booking BK-1042"), "status", random.Random(seed))
        assert not re.search(r"\b(?:tell|know|report|what|which)\b", turn)
        assert unframed(turn) == Unframed("look up booking BK-1042 to be sure of its status")


def test_strange_turn_has_no_frame() -> None:
    """What no frame makes is left to whoever asks."""
    assert unframed("Kvist & Co. rang; book them a slot? Fine.") is None


def _phrases() -> Iterator[str]:
    for part in load_phrasebook().model_dump().values():
        for group in part.values() if isinstance(part, dict) else [part]:
            yield from group


def test_frames_bring_no_values() -> None:
    """No phrase holds a number, a date, an id, a quotation or a denial: those come from the wish alone."""
    phrases = [re.sub(r"\{\d\}", "it", phrase) for phrase in _phrases()]
    assert len(phrases) > 200
    firm = {SaidKind.number, SaidKind.moment, SaidKind.id, SaidKind.quoted}
    for phrase in phrases:
        assert not firm & {said.kind for said in said_values(phrase, "2026-03-01")}, phrase
        assert not {"no", "not", "never", "without", "nothing", "none", "unless", "except"} & {*tokens(phrase)}, phrase
        assert "n't" not in phrase
