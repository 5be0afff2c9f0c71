"""Forged words on the freight tasks: every kind, wherever it applies, is refused; so are the small edits."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from synthtools_stream.proof.certificate import seal
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.records import Task
from tests.proof.coded_task import coded
from tests.proof.forged_share import share_of
from tests.proof.forged_words import FORGERS
from tests.proof.freight import proven
from tests.proof.worded.wordy_task import wordy

TASKS = [proven(), coded(), wordy()]


@pytest.mark.parametrize("kind", FORGERS)
def test_no_forged_word_is_proven(kind: str) -> None:
    """Of every kind there are some, and none of them is accepted."""
    share = share_of(TASKS, FORGERS[kind])
    assert share.accepted == 0
    assert share.tried > 0


def reworded(**turns: str) -> Callable[[Any], None]:
    """Return an edit of the request (`request`) and of turns (`turn0` …)."""

    def edit(row: Any) -> None:
        for name, text in turns.items():
            if name == "request":
                row["summary"] = text
            else:
                row["steps"][int(name[4:])]["turn"] = text

    return edit


def replaced(old: str, new: str) -> Callable[[Any], None]:
    """Return an edit of a part of the request."""

    def edit(row: Any) -> None:
        assert old in row["summary"]
        row["summary"] = row["summary"].replace(old, new)

    return edit


def move_dropped(row: Any) -> None:
    """Drop the second step and its call; the final state is that of the others, and the notice says elsewhere."""
    del row["steps"][1], row["gt_tool_calls"][1]
    row["tools"] = [tool for tool in row["tools"] if tool["tool_name"] != "MoveBooking"]
    row["final_state"]["bookings"]["BK-2041"]["vessel_id"] = "VS-77"
    told = row["steps"][1]
    told["turn"] = "Tell the shipper of BK-2041 by email that it now sails elsewhere."
    told["call"] = told["call"].replace("with Castor", "elsewhere")
    row["gt_tool_calls"][1] = told["call"]
    told["changes"][0]["attributes"]["text"] = row["final_state"]["notices"]["N-1001"]["text"] = (
        "Your booking now sails elsewhere."
    )
    for pointer in ("/booking_id", "/channel"):
        told["provenance"][pointer] = {"kind": "user", "turn": 1, "quote": told["provenance"][pointer]["quote"]}
    row["summary"] = row["summary"].replace("with Castor", "elsewhere")


SMALL_EDITS: dict[str, tuple[Callable[[Any], None], str]] = {
    "another quantity": (
        replaced("12 containers", "30 containers, not the usual 12,"),
        "mentions: the request says '30'",
    ),
    "never": (replaced("move BK-2041", "never move BK-2041"), "negations: the request says no or not 1 times"),
    "a goal added": (
        replaced("with Castor.", "with Castor. Also cancel BK-2057."),
        "mentions: the request says 'BK-2057'",
    ),
    "a goal removed": (
        replaced("move BK-2041 to the first of those and tell its shipper", "tell the shipper of BK-2041"),
        "ranks: a turn speaks of the first, the request does not",
    ),
    "a step dropped": (move_dropped, "the request speaks of the first, the turns do not"),
}


@pytest.mark.parametrize("edit", SMALL_EDITS)
def test_small_edit_is_refused(edit: str) -> None:
    """What a forger altered by hand, and sealed anew, is told."""
    row: Any = copy.deepcopy(proven().to_json())
    change, told = SMALL_EDITS[edit]
    change(row)
    reasons = verify_task(seal(Task.model_validate(row))).reasons
    assert any(told in reason for reason in reasons), reasons
    words = (
        "characters",
        "mentions",
        "negations",
        "twists",
        "ranks",
        "lost_wish",
        "added_wish",
        "asked",
        "order",
        "labels",
    )
    assert all(reason.startswith(words) for reason in reasons), "nothing but the words is wrong"


OTHERWISE_SAID = [
    (
        "First find the vessels that arrive by 16 March 2026 with room for 12 containers and let me know how many you"
        " find. Then move booking BK-2041 to the first vessel on that list, and finally tell its shipper by email that"
        " it now sails with Castor."
    ),
    (
        "I'm looking for vessels arriving by 16 March 2026 that have room for 12 containers; how many are there? Move"
        " BK-2041 onto the first one, then notify its shipper by email that it now sails with Castor."
    ),
    (
        "By 16 March 2026 I need a vessel with room for 12 containers: please tell me how many arrive by then, move"
        " BK-2041 to the first of those, and tell its shipper by email that it now sails with Castor."
    ),
    (
        "We are short of hands here. Could you see which vessels arrive by 16 March 2026 with room for 12 containers,"
        " and how many those are? After that, please move BK-2041 to the first of them. Its shipper should be told by"
        " email that it now sails with Castor. Thank you!"
    ),
]


@pytest.mark.parametrize("request_text", OTHERWISE_SAID)
def test_other_good_wording_is_accepted(request_text: str) -> None:
    """The same wishes in other words, joined in other ways, are the same request."""
    row: Any = copy.deepcopy(proven().to_json())
    reworded(request=request_text)(row)
    assert verify_task(seal(Task.model_validate(row))).reasons == ()
