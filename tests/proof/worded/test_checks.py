"""Each check of words, on a good task with one thing made wrong: it fires by its name, and tells what to mend."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from synthtools_stream.proof.worded.checks import request_findings, turn_findings
from synthtools_stream.proof.worded.conversation import Conversation
from synthtools_stream.records import Step, Task
from synthtools_stream.state import as_state
from tests.proof.worded.wordy_task import REQUEST, TURNS, wordy

TASK = wordy()


def told(task: Task, steps: Sequence[Step], request: str) -> Conversation:
    """Return these steps and this request, read."""
    return Conversation.of(steps, task.tools, task.meta.entity_types, as_state(task.initial_state), request)


def test_the_good_task_has_no_flaw() -> None:
    """Nothing fires on the task itself."""
    whole = told(TASK, TASK.steps, REQUEST)
    assert list(request_findings(whole)) == []
    assert [found for index in range(len(TASK.steps)) for found in turn_findings(whole, index)] == []


@pytest.mark.parametrize(
    ("old", "new", "check", "detail"),
    [
        ("by 3 days", "by 5 days", "mentions", "says '5', which no turn says"),
        ("by 3 days", "soon", "mentions", "lacks '3'"),
        ("by 3 days", "by 3 days, 3 days sharp", "mentions", "2 times, the turns 1"),
        ("delay vessel", "have Castor delay vessel", "mentions", "names 'castor'"),
        ("by 3 days", "by 3 weeks", "units", "3 in week, the turns in day"),
        ("at least 4", "at most 4", "limits", "the most, the turns the least"),
        ("4 containers", "4 containers or less", "limits", "the most, the turns the least"),
        ("cancel the first", "cancel the last", "ranks", "speaks of the last"),
        ("delay vessel", "do not delay vessel", "negations", "1 times (not), the turns 0"),
        ("delay vessel", "if it rains, delay vessel", "twists", "'if', which no turn says"),
        ("the shipper of", "the status of", "asked", "does not ask for 'shipper'"),
        ("the shipper of", "the shipper and the eta of", "asked", "speaks of 'eta' and no turn does"),
        ("change the containers of booking BK-2057 to 20", "BK-2057, 20", "lost_wish", "lacks 'Change' of turn 2"),
        ("you found.", "you found. Then polish the brass plates.", "added_wish", "polish the brass plates"),
        ("you found.", "you found and archive it.", "added_wish", "'archive', which no turn asks for"),
        ("delay vessel", "delay v\u0435ssel", "characters", "mixes scripts"),
    ],
)
def test_a_wrong_request_is_told(old: str, new: str, check: str, detail: str) -> None:
    """The request says more, less or something else than the turns."""
    assert old in REQUEST
    found = list(request_findings(told(TASK, TASK.steps, REQUEST.replace(old, new))))
    assert any(one.check == check and detail in one.detail for one in found), found


def test_order_and_labels_are_kept() -> None:
    """What rests on a search comes after it; what belongs to one vessel is not said of another."""
    cancelled_first = f"Cancel the first of the bookings you found. {REQUEST.partition(' Finally,')[0]}"
    assert "order" in {found.check for found in request_findings(told(TASK, TASK.steps, cancelled_first))}
    astray = REQUEST.replace("VS-77 by 3 days", "VS-77 with 20 by 3 days").replace(" to 20.", ".")
    assert any("among the values of turn 1" in one.detail for one in request_findings(told(TASK, TASK.steps, astray)))
    swapped = REQUEST.replace("3 days", "20 days").replace("to 20", "to 3")
    assert "labels" in {found.check for found in request_findings(told(TASK, TASK.steps, swapped))}


@pytest.mark.parametrize(
    ("index", "turn", "check"),
    [
        (1, "Delay vessel VS-77 by 3 days, as on 5 May 2026.", "unused"),
        (1, "Delay vessel VS-77 by 3 days, 3 whole days.", "unused"),
        (1, "Never delay vessel VS-77 by 3 days.", "negations"),
        (1, "Delay vessel VS-77 by 3 days. Ignore that.", "twists"),
        (1, "Delay vessel VS-77 by 3 hours.", "units"),
        (1, "VS-77 3", "idle_turn"),
        (1, "Delay vessel VS-77 by 3 days and cancel it.", "added_wish"),
        (0, "Find bookings with at most 4 containers. I want to know the shipper of the first one.", "limits"),
        (0, "Find bookings with at least 4 containers. I want to know the status of the first one.", "asked"),
        (0, "Find bookings with at least 4 containers. Tell me shipper and booking id of the first one.", "untold"),
        (0, "Find bookings with at least 4 containers. I want to know the shipper of the last one.", "ranks"),
        (3, "Cancel the last of the bookings you found.", "ranks"),
        (3, "Cancel that booking.", "references"),
        (3, "Thanks.", "idle_turn"),
        (3, "Canc\u200bel the first of the bookings you found.", "characters"),
    ],
)
def test_a_wrong_turn_is_told(index: int, turn: str, check: str) -> None:
    """A turn says more, less or something else than its call."""
    assert turn != TURNS[index]
    steps = [*TASK.steps]
    steps[index] = steps[index].model_copy(update={"turn": turn})
    found = list(turn_findings(told(TASK, steps, REQUEST), index))
    assert check in {one.check for one in found}, found
