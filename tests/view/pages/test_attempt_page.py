"""What a reader of an attempt finds."""

from __future__ import annotations

from synthtools_stream.records import Change, JudgeReading, SaidCall, Trajectory, VerdictKind
from synthtools_stream.records.trajectory import ToolTurn
from synthtools_stream.view.pages.attempt_messages import conversation
from synthtools_stream.view.pages.attempt_page import attempt_page
from tests.export.exported import MESSAGES, attempt, task
from tests.view.pages.written_page import written


def turn(call: str, *changes: Change, said: SaidCall | None = None, status: int = 200) -> ToolTurn:
    """Return what the runtime made of a call."""
    return ToolTurn(
        call=call, status_code=status, response={"ok": True}, changes=[*changes], decided_by="program", said=said
    )


def moved() -> Trajectory:
    """Return an attempt of three calls that moves a booking to another vessel than the task does."""
    change = Change(op="update", collection="bookings", id="BK-2057", attributes={"vessel_id": "VS-82"})
    turns = [
        turn("SearchVessels(arrive_by='2026-03-16', min_capacity=12)"),
        turn("ListBookings(status='confirmed')"),
        turn("MoveBooking(booking_id='BK-2057', vessel_id='VS-81')", change),
    ]
    judge = JudgeReading(solved=True, confidence=0.9, reasoning="It looks done.")
    return attempt(0, kind=VerdictKind.unsolved).model_copy(
        update={"turns": turns, "judge": judge, "disagreement": True, "answers": {"count": 1, "spare": "x"}}
    )


def test_results_stand_beside_their_calls() -> None:
    """Two calls at once are two steps of one message; their results are no messages of their own."""
    messages = conversation(moved(), task().initial_state)
    assert [message.role for message in messages] == ["system", "user", "assistant", "assistant", "assistant"]
    assert [call.index for message in messages for call in message.calls] == [0, 1, 2]
    first = messages[2].calls[0]
    assert first.result == {"vessels": [{"vessel_id": "VS-81", "eta": None}], "count": 1}
    assert first.understood is None
    listed = messages[2].calls[1]
    assert listed.understood is not None  # the runtime left an argument out
    assert messages[2].reasoning == "Two look-ups at once."


def test_state_is_replayed_call_by_call() -> None:
    """The change is told with what stood there before."""
    (changed,) = conversation(moved(), task().initial_state)[3].calls[0].diff
    (part,) = changed.attributes
    assert (part.name, part.after, part.is_before_known) == ("vessel_id", "VS-82", True)
    (unknown,) = conversation(moved(), None)[3].calls[0].diff
    assert not unknown.attributes[0].is_before_known


def test_nothing_of_it_is_cut_or_left_out() -> None:
    """Verdict, judge, answers, every message; results without a call and turns without a message, too."""
    lost: list[object] = [*MESSAGES, {"role": "tool", "tool_call_id": "lost", "content": "nobody asked"}]
    made = moved()
    more = made.model_copy(update={"messages": lost, "turns": [*made.turns, turn("Odd(", status=400)]})
    page = written(attempt_page(more, task()), "a", "attempts")
    assert page.problems() == []
    assert "nobody asked" in page.html
    assert "Odd(" in page.at("step-3").words
    assert "judge: solved" in page.html
    verdict = page.at("verdict").words
    assert "It looks done." in verdict
    assert "spare" in verdict
    assert "not asked for" in verdict
    assert page.at("message-2").tag == "article"


def test_requests_can_be_copied() -> None:
    """Each message of the agent names the request that it answers."""
    page = written(attempt_page(moved(), task()), "a", "attempts")
    copies = [button.attributes["data-copy"] for button in page.of("button") if "data-copy" in button.attributes]
    assert copies[1:] == [f"/requests/freight_spec_001_seq02%23r0/{index}" for index in (2, 5, 7)]
