"""Which turns an outcome hung on."""

from __future__ import annotations

import pytest

from synthtools_stream.export.chat_messages import Call, Conversation, Said
from synthtools_stream.export.trainer_rows.pivot_turns import Tried, pivot_turns
from synthtools_stream.values.jsontypes import JsonObject


def tried(name: str, calls: list[tuple[str, JsonObject, str]], *, solved: bool, closing: str = "Done.") -> Tried:
    """Return an attempt that made calls, as name, arguments and answer, and closed."""
    messages = [Said("system", f"You are {name}."), Said("user", "Move it.")]
    for number, (tool, arguments, answer) in enumerate(calls):
        call = Call(f"{name}_{number}", tool, arguments)
        messages += [
            Said("assistant", f"{name} thinks", calls=(call,)),
            Said("tool", answer, call_id=call.id, tool=tool),
        ]
    return Tried(name, Conversation((*messages, Said("assistant", closing)), ()), solved)


LOOK = ("Look", {"a": 1, "b": 2}, "seen")
SAME_LOOK = ("Look", {"b": 2, "a": 1.0}, "seen")


def test_the_turn_where_they_part() -> None:
    """All looked alike, whatever they said and how they spelled it; one moved rightly, one did not."""
    good = tried("good", [LOOK, ("Move", {"to": "B"}, "ok")], solved=True)
    bad = tried("bad", [SAME_LOOK, ("Move", {"to": "C"}, "ok")], solved=False)
    (pivot,) = pivot_turns([bad, good])
    assert (pivot.tried, pivot.turn, pivot.at) == (good, 1, 4)
    assert (pivot.attempts, pivot.solved, pivot.variance, pivot.between) == (2, 1, 0.25, 0.25)


def test_variance_between_and_within() -> None:
    """Of four attempts two moved to B, one of which was solved; the rest failed: 3/16 in all, 1/16 between."""
    solved = tried("b1", [("Move", {"to": "B"}, "ok")], solved=True)
    others = [
        tried("b2", [("Move", {"to": "B"}, "ok"), ("Move", {"to": "C"}, "ok")], solved=False),
        tried("c1", [("Move", {"to": "C"}, "ok")], solved=False),
        tried("c2", [("Move", {"to": "C"}, "ok")], solved=False),
    ]
    first, second = pivot_turns([*others, solved])
    assert (first.turn, first.attempts, first.variance, first.between) == (0, 4, 0.1875, 0.0625)
    assert (second.turn, second.attempts, second.variance, second.between) == (1, 2, 0.25, 0.25)
    assert second.tried is solved


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([LOOK], [LOOK]),
        (
            [LOOK, ("Move", {"to": "B"}, "ok")],
            [("Look", {"a": 1, "b": 2}, "seen otherwise"), ("Move", {"to": "C"}, "ok")],
        ),
    ],
)
def test_what_is_no_pivot(one: list[tuple[str, JsonObject, str]], other: list[tuple[str, JsonObject, str]]) -> None:
    """Different closing words are no other action; in worlds that answered otherwise nobody stood in the same place."""
    assert not [*pivot_turns([tried("a", one, solved=True), tried("b", other, solved=False, closing="I gave up.")])]


def test_alike_in_the_end() -> None:
    """Where all fared alike, nothing hung on anything."""
    attempts = [tried(to, [("Move", {"to": to}, "ok")], solved=True) for to in "ABC"]
    assert not [*pivot_turns(attempts)]


def test_best_fared_action_wins() -> None:
    """The larger share of solved attempts, then the larger number; the order of attempts decides nothing."""
    three = [tried(f"b{n}", [("Move", {"to": "B"}, "ok")], solved=True) for n in range(2)]
    one = tried("c", [("Move", {"to": "C"}, "ok")], solved=True)
    bad = tried("d", [("Move", {"to": "D"}, "ok")], solved=False)
    for attempts in ([*three, one, bad], [bad, one, *three]):
        (pivot,) = pivot_turns(attempts)
        assert pivot.tried is three[0]
