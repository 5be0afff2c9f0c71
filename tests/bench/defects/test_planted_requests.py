"""Planted requests: each way alters the hand-made request where it can, in one known way, and the same each time."""

from __future__ import annotations

import random

import pytest

from synthtools_stream.bench.defects.planted_requests import REQUEST_WAYS
from synthtools_stream.records import Step, Task
from tests.proof.freight import draft

_REQUEST = (
    "First, find vessels arriving by 16 March 2026 or earlier with room for 12 TEU and tell me how many there are."
    " Then move BK-2041 to the first of those. Finally, tell its shipper by email that it now sails with Castor."
)


def asked() -> Task:
    """Return the freight task with a request of a sentence a step, and with a second vessel found."""
    task = draft()
    first = task.steps[0]
    rows = first.response["vessels"]
    assert isinstance(rows, list)
    found = first.model_copy(update={"response": {**first.response, "vessels": [*rows, {"vessel_id": "VS-77"}]}})
    return task.model_copy(update={"summary": _REQUEST, "steps": [found, *task.steps[1:]]})


def altered(kind: str, task: Task | None = None) -> str | None:
    """Return the request altered in this way."""
    return REQUEST_WAYS[kind](task or asked(), random.Random(3))


@pytest.mark.parametrize(
    ("kind", "held", "gone"),
    [
        ("quantity", "with room for ", "room for 12 TEU"),
        ("aside", ", not the usual 12, TEU", "room for 12 TEU"),
        ("day", "2026-0", "16 March 2026"),
        ("other_id", "move BK-2057", "BK-2041"),
        ("other_member", "by sms", "by email"),
        ("unit", "room for 12 ", "12 TEU"),
        ("opposite", "keep BK-2041", "move BK-2041"),
        ("other_bound", "2026 or later", "2026 or earlier"),
        ("goal_added", "move BK-2057 to the first of those.", "never"),
        ("telling_removed", "with room for 12 TEU.", "how many"),
        ("given_away", "I believe it is 1.", "never"),
        ("last_for_first", "the last of those", "the first of those"),
    ],
)
def test_ways_alter_one_thing(kind: str, held: str, gone: str) -> None:
    """What is put there is of the same world, and the rest stays."""
    text = altered(kind)
    assert text is not None
    assert held in text
    assert gone not in text
    assert text == altered(kind)


def test_a_wish_is_forbidden_or_left_out() -> None:
    """One sentence changes, the others stay."""
    forbidden, shorter, revoked = altered("never"), altered("goal_removed"), altered("revoked")
    assert forbidden is not None
    assert shorter is not None
    assert "never " in forbidden or "do not " in forbidden
    assert sum(part in shorter for part in _REQUEST.split(". ")) == 2
    assert revoked is not None
    assert revoked.startswith(_REQUEST)


def test_swapped_wishes_keep_their_leads() -> None:
    """The order is turned, not only the words that tell it: what is picked from comes after the pick."""
    text = altered("swapped")
    assert text is not None
    assert text.startswith("First, move BK-2041 to the first of those.")
    assert "Then find vessels" in text


@pytest.mark.parametrize("kind", ["flag", "other_text"])
def test_nothing_to_alter(kind: str) -> None:
    """Where a way has nothing to alter, it says so."""
    assert altered(kind) is None


def test_flags_and_texts() -> None:
    """A do becomes a don't, and a dictated text another."""
    task = draft()
    said = task.steps[2].model_dump()
    said["call"] = "NotifyShipper(booking_id='BK-2041', channel='email', text='Bring the signed form.', urgent=False)"
    said["provenance"] = {
        "/text": {"kind": "user", "turn": 2, "quote": "Bring the signed form."},
        "/urgent": {"kind": "choice", "turn": 2, "quote": "not marked as urgent"},
    }
    request = 'Notify the shipper, not marked as urgent and with the text "Bring the signed form.".'
    dictated = task.model_copy(update={"summary": request, "steps": [Step.model_validate(said)]})
    assert altered("flag", dictated) == request.replace("not marked", "marked")
    assert altered("other_text", dictated) == request.replace("form.", "nothing")


def test_another_attribute_is_asked() -> None:
    """The label of what is told becomes that of a value beside it."""
    task = draft()
    said = task.steps[0].model_dump()
    said.update(response={"name": "Hanna", "eta": "2026-03-14"}, answer=["/eta"], provenance={})
    answer = task.answer[0].model_copy(update={"pointer": "/eta", "value": "2026-03-14"})
    asks = task.model_copy(
        update={
            "summary": "Look up VS-77 and tell me its eta.",
            "steps": [Step.model_validate(said)],
            "answer": [answer],
        }
    )
    assert altered("other_attribute", asks) == "Look up VS-77 and tell me its name."
