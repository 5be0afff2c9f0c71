"""Closing messages as they are heard: what tells an answer, and what does not though the value occurs in it."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.records import AnswerValue, Task
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import proven

PROVEN = proven()


def asking(response: JsonObject, *pointers: str) -> Task:
    """Return the freight task with another first response, and other things asked of it."""
    steps = list(PROVEN.steps)
    steps[0] = steps[0].model_copy(update={"response": response, "answer": list(pointers)})
    answers = [AnswerValue(step=0, pointer=pointer, value=resolve(response, pointer)) for pointer in pointers]
    return PROVEN.model_copy(update={"steps": steps, "answer": answers})


def solves(task: Task, message: str) -> bool:
    """Say whether a message is heard to tell all, the state being as it should."""
    return judge_attempt(task, task.final_state, message).kind == "solved"


COUNT = PROVEN
VESSEL = asking({"vessel_id": "VS-81", "capacity_left": 31, "eta": "2026-09-03"}, "/capacity_left", "/eta")
BOOKING = asking({"booking_id": "BK-2041", "status": "requested", "containers": 12}, "/status")
DELAY = asking({"vessel_id": "VS-81", "delay_minutes": 31}, "/delay_minutes")
LARGE = asking({"vessel_id": "VS-81", "tonnage": 41970}, "/tonnage")
COLD = asking({"vessel_id": "VS-81", "refrigerated": True}, "/refrigerated")
IDLE = asking({"vessel_id": "VS-81", "is_active": False}, "/is_active")
NO_PHONE = asking({"vessel_id": "VS-81", "phone": None}, "/phone")
STOPS = asking({"vessel_id": "VS-81", "stops": ["Oslo", "Bergen", "Malmo"]}, "/stops")
NO_STOPS = asking({"vessel_id": "VS-81", "stops": []}, "/stops")
NONE_FOUND = asking({"vessels": [], "count": 0}, "/count")
MOMENT = asking({"vessel_id": "VS-81", "eta": "2026-03-16T15:00:00"}, "/eta")


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (COUNT, "One vessel fits."),
        (COUNT, "There is a single vessel."),
        (COUNT, "I moved BK-2041 to Castor (VS-81) and emailed the shipper. There is 1 vessel."),
        (COUNT, "There is 1 vessel with room for 12 containers by 16 March 2026: Castor (VS-81)."),
        (
            COUNT,
            "All done!\n\n1. **Search** - found **1** vessel, Castor.\n2. **Move** - BK-2041 now sails with it.",
        ),
        (COUNT, '{"count": 1}'),
        (
            COUNT,
            "I first tried SMS, which failed at first, then sent the email. 1 vessel fits. Nothing else was changed.",
        ),
        (VESSEL, "Castor (VS-81) has a capacity left of 31 and arrives on Sep 3rd."),
        (VESSEL, "- _Capacity left_: **31**\n- ETA: 3\u00a0September\u00a02026"),
        (VESSEL, "| Capacity left | ETA |\n|---|---|\n| 31 | 03.09.2026 |"),
        (VESSEL, "capacity_left:31, eta:2026\u201109\u201103"),
        (VESSEL, "The capacity left and ETA are thirty-one and September 3, 2026."),
        (VESSEL, "VS-81: capacity left 31, ETA 9/3/2026. VS-77 is not a candidate."),
        (BOOKING, "BK-2041's status is Requested (12 containers)."),
        (BOOKING, "Its status was requested; I did not change it."),
        (DELAY, "It has a 31-minute delay."),
        (DELAY, "The delay is 31 mins."),
        (LARGE, "Its tonnage is 41'970."),
        (LARGE, "Its tonnage is 41\u202f970."),
        (LARGE, "Its tonnage is 41.970."),
        (COLD, "Yes, it is refrigerated."),
        (COLD, "Castor is refrigerated, and I did not change anything else."),
        (COLD, "refrigerated: true"),
        (IDLE, "It isn't active."),
        (IDLE, "VS-81 is currently inactive."),
        (IDLE, "is_active: false"),
        (NO_PHONE, "There is no phone on record."),
        (NO_PHONE, "phone: null"),
        (STOPS, "It stops at Oslo, Bergen and Malmo."),
        (STOPS, '{"stops":["Oslo","Bergen","Malmo"]}'),
        (NO_STOPS, "It has no stops."),
        (NONE_FOUND, "I could not find any vessels."),
        (NONE_FOUND, "None of the vessels fit."),
        (MOMENT, "It arrives on March 16, 2026 at 3:00 PM."),
        (MOMENT, "ETA: 2026-03-16 15:00:00"),
    ],
)
def test_told(task: Task, message: str) -> None:
    """However a person or a model would write it, what is told is heard."""
    assert judge_attempt(task, task.final_state, message).reasons == []


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (COUNT, "Done."),
        (COUNT, "Two vessels fit."),
        (COUNT, "1 or 2 vessels fit."),
        (COUNT, "There is 1 vessel: Hanna (VS-77)."),
        (COUNT, "There is 1 vessel. All of it failed."),
        (COUNT, "There is 1 vessel. I did not move BK-2041."),
        (COUNT, "There is 1 vessel, but the shipper was not notified."),
        (COUNT, "<think>There is 1 vessel.</think>Done."),
        (COUNT, "Is it 1?"),
        (COUNT, '{"vessels": [{"vessel_id": "VS-81", "name": "Castor", "eta": "2026-03-16"}], "count": 1}'),
        (VESSEL, "The capacity left is not 31, it is 44. ETA: 2026-09-03"),
        (VESSEL, "The capacity left is 44. The capacity left is 31. ETA: 2026-09-03"),
        (VESSEL, "31 / 44. ETA: 2026-09-03"),
        (VESSEL, "Capacity left: 31. ETA: 2026-09-03 or 2026-09-04"),
        (VESSEL, f"It is {', '.join(map(str, range(1, 51)))}. ETA: 2026-09-03"),
        (VESSEL, "The capacity left of VS-77 is 31. ETA: 2026-09-03"),
        (VESSEL, "**Hanna**\n- capacity left: 31\n- ETA: 2026-09-03"),
        (VESSEL, "The capacity left is 2026-09-03 and the ETA is 31."),
        (VESSEL, "The capacity left is at least 31. ETA: 2026-09-03"),
        (BOOKING, "The status is requested, confirmed or cancelled."),
        (BOOKING, "The status is requested. The status is on hold."),
        (BOOKING, "It is false that the status is requested."),
        (DELAY, "The delay is 31 hours."),
        (DELAY, "Delay (hours): 31"),
        (DELAY, "The delay is 31 lightyears."),
        (COLD, "It is not refrigerated."),
        (COLD, "Yes and no."),
        (COLD, "The sheet is done."),
        (IDLE, "It is active."),
        (NO_PHONE, "The phone is 555."),
        (STOPS, "It stops at Oslo and Bergen."),
        (NO_STOPS, "Stops: Oslo"),
        (NONE_FOUND, "There is 1 vessel."),
        (NONE_FOUND, "Nothing else was changed."),
        (MOMENT, "It arrives on 16 March 2026."),
        (MOMENT, "It arrives on 16 March 2026 at 3 AM."),
    ],
)
def test_not_told(task: Task, message: str) -> None:
    """A value that occurs is not told when it is denied, doubted, beside another, of another thing, or only thought."""
    assert not solves(task, message)


def test_new_things_are_told_by_their_own_names() -> None:
    """An attempt that was given another id tells that one."""
    noticed = PROVEN.steps[2].model_copy(update={"answer": ["/notice_id"]})
    answers = [*PROVEN.answer, AnswerValue(step=2, pointer="/notice_id", value="N-1001")]
    task = PROVEN.model_copy(update={"steps": [*PROVEN.steps[:2], noticed], "answer": answers})
    final = task.final_state
    assert final is not None
    notices = final["notices"]
    assert isinstance(notices, dict)
    renamed: JsonObject = {**final, "notices": {"N-7": notices["N-1001"]}}
    assert judge_attempt(task, renamed, "One vessel fits; the notice is N-7.").kind == "solved"
    assert judge_attempt(task, renamed, "One vessel fits; the notice is N-1001.").kind == "unsolved"


@pytest.mark.parametrize("filler", ["[", "1 ", "{}", "no ", "is 31, "])
def test_a_message_without_end_is_not_read(filler: str) -> None:
    """What nobody would read to its end tells nothing, and is not looked through; reasoning does not count."""
    told = "The capacity left is 31, and the eta is 2026-09-03."
    verdict = judge_attempt(VESSEL, VESSEL.final_state, f"{told} {filler * (100_000 // len(filler))}")
    assert verdict.kind == "unsolved"
    assert any("longer than" in reason for reason in verdict.reasons)
    assert solves(VESSEL, f"<think>{filler * 10_000}</think>{told}")
