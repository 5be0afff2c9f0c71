"""The verdict on an attempt."""

from __future__ import annotations

import copy

from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.records import AnswerValue
from synthtools_stream.state import as_state
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import draft, proven, world

PROVEN = proven()


def test_verdict_wants_state_and_answers() -> None:
    """Solved is: the right state and every answer told, in whatever form, whatever new entities are called."""
    final = copy.deepcopy(as_state(PROVEN.final_state))
    final["notices"]["N-7"] = {**final["notices"].pop("N-1001"), "text": "other words"}
    assert judge_attempt(PROVEN, final, "One vessel fits.").kind == "solved"
    silent = judge_attempt(PROVEN, final, "Done.")
    assert (silent.kind, silent.state_equal, silent.answers_given) == ("unsolved", True, False)
    idle = judge_attempt(PROVEN, world(), "One vessel fits.")
    assert (idle.kind, idle.state_equal, idle.answers_given) == ("unsolved", False, True)
    assert judge_attempt(PROVEN, None, None).kind == "unsolved"
    assert judge_attempt(draft(), final, "One vessel fits.").kind == "unproven"


def test_answers_by_slot_decide() -> None:
    """A slot that was told is compared as it is, and prose is read only for those that were not."""
    final = as_state(PROVEN.final_state)
    assert judge_attempt(PROVEN, final, "Done.", {"count": 1}).kind == "solved"
    assert judge_attempt(PROVEN, final, "One vessel fits.", {}).kind == "solved"
    assert judge_attempt(PROVEN, final, "One vessel fits.", {"count": None}).kind == "solved"
    wrong: list[tuple[JsonObject, str]] = [
        ({"count": 2}, "answers hold '2' for count, not '1'"),
        ({"count": 1, "vessel": "VS-81"}, "answers hold 'vessel', which nobody asked for"),
        ({"vessel": 1}, "answers hold 'vessel', which nobody asked for"),
        ({"count": PROVEN.steps[0].response}, "answers hold"),
    ]
    for told, reason in wrong:
        verdict = judge_attempt(PROVEN, final, "One vessel fits.", told)
        assert (verdict.kind, verdict.answers_given) == ("unsolved", False)
        assert verdict.reasons[0].startswith(reason)
    idle = judge_attempt(PROVEN, world(), "Done.", {"count": 1})
    assert (idle.kind, idle.answers_given) == ("unsolved", True)


def test_answers_name_what_the_attempt_made() -> None:
    """An id that was minted on the way is told under the name that it has there."""
    step = PROVEN.steps[2].model_copy(update={"answer": ["/notice_id"]})
    answer = [*PROVEN.answer, AnswerValue(step=2, pointer="/notice_id", value="N-1001")]
    task = PROVEN.model_copy(update={"answer": answer, "steps": [*PROVEN.steps[:2], step]})
    final = copy.deepcopy(as_state(PROVEN.final_state))
    final["notices"]["N-7"] = final["notices"].pop("N-1001")
    assert judge_attempt(task, final, "", {"count": 1, "notice_id": "N-7"}).kind == "solved"
    assert judge_attempt(task, final, "", {"count": 1, "notice_id": "N-1001"}).kind == "unsolved"


def test_a_message_may_not_say_another_than_the_slots() -> None:
    """Beside answers by slot the message may be silent, and right; what it says otherwise is held against it."""
    final = as_state(PROVEN.final_state)
    for message, kind in (("Done.", "solved"), ("The count is 1.", "solved"), ("The count is 5.", "unsolved")):
        assert judge_attempt(PROVEN, final, message, {"count": 1}).kind == kind


def test_a_long_message_of_which_nothing_is_asked_decides_nothing() -> None:
    """Where no value is wanted its length is no fault, and what it ends in still counts."""
    task = PROVEN.model_copy(update={"answer": []})
    long = "The booking was moved as you wished. " * 400
    assert judge_attempt(task, as_state(task.final_state), long).kind == "solved"
    assert judge_attempt(task, as_state(task.final_state), f"{long} All of it failed.").kind == "unsolved"
