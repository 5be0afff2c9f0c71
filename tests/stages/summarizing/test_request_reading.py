"""The reader: what it is shown, what its answers come to, and what becomes of a request that it finds wrong."""

from __future__ import annotations

import pytest

from stages.summarizing.merged_request import Summarizing
from stages.summarizing.request_reading import Opinion, Word, opinion_of, reading_by, reading_input
from synthtools_stream.errors import Rejection
from synthtools_stream.proof.verification import VerificationStatus, verify_task
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import Task
from synthtools_stream.roles.evolution_roles import ReaderOutput
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import draft
from tests.stages.evolution.evolutionkit import SUMMARY, evolved, stable
from tests.stages.stagekit import READ_RIGHT, Stable, play, shown

MISSING: JsonObject = {"kind": "missing", "what": "nothing moves it to ST-13"}
WRONG: JsonObject = {"reasoning": "no move", "faults": [MISSING], "complete": False, "wrong": True}
UNSURE: JsonObject = {"reasoning": "who knows", "faults": [], "complete": True, "wrong": True}
OTHER = f"Please do this for me: {SUMMARY}"


def test_reader_sees_request_and_calls_alone() -> None:
    """Of responses what later calls use or the user is told, in whole; no turn, no quote, no goal, no state."""
    task = draft()
    asked = reading_input(task)
    assert asked.request == task.summary
    assert asked.now == "2026-03-10T09:00:00"
    assert [call.tool_name for call in asked.calls] == ["SearchVessels", "MoveBooking", "NotifyShipper"]
    assert asked.calls[0].response == task.steps[0].response, "the rows from which one is picked, and what is told"
    assert asked.calls[0].told == ["/count"]
    assert [call.response for call in asked.calls[1:]] == [{"booking_id": "BK-2041"}, {}]
    assert not any(step.turn in asked.model_dump_json() for step in task.steps)


@pytest.mark.parametrize(
    ("reply", "opinion"),
    [
        (READ_RIGHT, Opinion(Word.right)),
        (WRONG, Opinion(Word.wrong, "missing: nothing moves it to ST-13")),
        (UNSURE, Opinion(Word.unsure, "who knows")),
        ({**UNSURE, "complete": False, "wrong": False}, Opinion(Word.unsure, "who knows")),
        ({**READ_RIGHT, "faults": [MISSING]}, Opinion(Word.unsure, "missing: nothing moves it to ST-13")),
        ({**WRONG, "faults": []}, Opinion(Word.unsure, "no move")),
    ],
)
def test_contradictions_are_no_word(reply: JsonObject, opinion: Opinion) -> None:
    """Both questions and the faults must agree; what does not is unsure, whatever it leans to."""
    assert opinion_of(ReaderOutput.from_json(reply)) == opinion


async def read(*readings: Answer) -> tuple[Task, Stable]:
    """Summarize the three-step task with a reader who says these."""
    model = Stable(summarizer=[{"summary": SUMMARY}, {"summary": OTHER}], simulator=play, reader=readings)
    task = await evolved(stable())
    (made,) = await Summarizing().process(task, model.context(task.id))
    return made, model


async def test_a_right_request_costs_one_call() -> None:
    """The certificate says who read it, seals that, and verifies without a model."""
    task, model = await read(READ_RIGHT)
    assert (task.summary, model.calls["reader"]) == (SUMMARY, 1)
    assert task.certificate is not None
    assert task.certificate.reading == reading_by(model.model.model)
    assert verify_task(task).status is VerificationStatus.proven
    other = task.certificate.model_copy(update={"reading": reading_by("another")})
    assert verify_task(task.model_copy(update={"certificate": other})).status is VerificationStatus.failed


@pytest.mark.parametrize("first", [WRONG, UNSURE, "no JSON at all"])
async def test_a_doubted_request_is_worded_again(first: Answer) -> None:
    """Once, with the complaint; what then is right is released, and the calls are not made again."""
    times = 3 if first == "no JSON at all" else 1  # what cannot be read is asked for again first
    task, model = await read(*[first] * times, READ_RIGHT)
    assert task.summary == OTHER
    assert (model.calls["summarizer"], model.calls["reader"], model.calls["simulator"]) == (2, times + 1, 3)
    again = shown(model.asked("summarizer")[1], "problems")
    assert isinstance(again, list)
    assert len(again) == 1
    assert first is not WRONG or again == ["missing: nothing moves it to ST-13"]
    assert shown(model.asked("reader")[-1], "request") == OTHER


@pytest.mark.parametrize(("last", "reason"), [(WRONG, "request_wrong"), (UNSURE, "request_unsure")])
async def test_a_lasting_doubt_rejects(last: JsonObject, reason: str) -> None:
    """After the second wording the task is rejected, with the reader's complaint."""
    with pytest.raises(Rejection) as caught:
        await read(UNSURE, last)
    assert caught.value.reason == reason
    assert caught.value.detail == opinion_of(ReaderOutput.from_json(last)).complaint


def test_a_reader_is_worth_what_was_measured() -> None:
    """The embedded one was; nothing is known of another."""
    known, unknown = reading_by("embedded-procedural/1"), reading_by("another")
    assert (unknown.model, unknown.recall, unknown.false_alarms) == ("another", None, None)
    assert known.recall is not None
    assert known.recall >= 0.95
    assert known.false_alarms is not None
    assert known.false_alarms <= 0.02
