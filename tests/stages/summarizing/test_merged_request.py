"""Summarizing: one request that holds what the user said and nothing else, then the proof."""

from __future__ import annotations

import orjson
import pytest

from stages.summarizing.merged_request import Summarizing, forbidden_words, required_quotes
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.proof.certificate import row_digest
from synthtools_stream.proof.verification import VerificationStatus, verify_task
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import Change, Provenance, ProvenanceKind, Task
from synthtools_stream.values.jsontypes import JsonObject
from tests.stages.evolution.evolutionkit import STEPS, SUMMARY, evolved, released, stable
from tests.stages.stagekit import Player, Stable, part, play, problems_told, refusal, shown


async def summarized(*summaries: str) -> tuple[Task, Stable]:
    """Summarize the three-step task with these answers."""
    model = Stable(summarizer=[{"summary": summary} for summary in summaries], simulator=play)
    task = await evolved(stable())
    (made,) = await Summarizing().process(task, model.context(task.id))
    return made, model


async def test_one_call_and_a_certificate() -> None:
    """A good request costs one call, and the task leaves with a certificate that holds."""
    task, model = await summarized(f"  {SUMMARY}\n")
    assert model.calls["summarizer"] == 1
    assert task.summary == SUMMARY
    assert task.certificate is not None
    assert task.certificate.integrity
    assert task.certificate.provenance
    assert task.certificate.verdict.accepts_ground_truth
    assert task.certificate.verdict.rejects_nothing
    assert task.certificate.digest == row_digest(task, task.certificate)
    assert verify_task(task).status is VerificationStatus.proven


async def test_usage_is_what_the_task_has_cost() -> None:
    """A row's usage adds up what evolution and summarizing read, and the certificate does not depend on it."""
    draft = await evolved(stable())
    task, model = await summarized(SUMMARY)
    spent = [part(meta.usage, "requests") for meta in (draft.meta, task.meta)]
    assert spent[0] == 1 + 3 * len(STEPS), "a plan, then three calls a step"
    assert spent[1] == 1 + 3 * len(STEPS) + sum(model.calls.values())
    assert part(task.meta.usage, "prompt_tokens") not in (0, None)
    assert task.certificate is not None
    bare = task.model_copy(update={"meta": task.meta.model_copy(update={"usage": {}})})
    assert row_digest(bare, task.certificate) == task.certificate.digest


async def test_summarizer_is_told_the_rules() -> None:
    """The model gets the turns, the quotes that must stand there, and what must not."""
    _, model = await summarized(SUMMARY)
    (request,) = model.asked("summarizer")
    assert shown(request, "turns") == [turn for turn, _, _ in STEPS]
    assert shown(request, "must_contain") == ["HO-1001", "ST-13", "495"]
    assert shown(request, "must_not_contain") == ["Alba", "GetHorse", "MoveHorse", "RecordWeight"]


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        (SUMMARY.replace("ST-13", "another stall"), "['ST-13']"),
        (SUMMARY.replace("495", "4950"), "['495']"),
        (SUMMARY.replace("the name of HO-1001", "whether HO-1001 is alba"), "['Alba']"),
        (f"{SUMMARY} Use MoveHorse.", "['MoveHorse']"),
        (SUMMARY.replace("ST-13", "st-13"), "'ST-13' for /stall_id"),
        ("HO-1001 ST-13 495", "too short"),
        (SUMMARY.replace("then move", "then never move"), "the request says no or not 1 times (never), the turns 0"),
        (f"{SUMMARY} Also sell HO-1001.", "the request says 'HO-1001' 2 times, the turns 1"),
    ],
)
async def test_flaws_are_told(summary: str, told: str) -> None:
    """Missing quotes, values that only a tool told, tool names and too little are told, and it is written again."""
    task, model = await summarized(summary, SUMMARY)
    assert task.summary == SUMMARY
    assert model.calls["summarizer"] == 2
    assert told in problems_told(model.asked("summarizer")[1])[0]


async def test_lasting_flaw_rejects() -> None:
    """A request that stays incomplete rejects the task."""
    with pytest.raises(UnusableReply, match="ST-13"):
        await summarized(SUMMARY.replace("ST-13", "another stall"))


async def test_no_proof_no_release() -> None:
    """A task whose parts disagree is rejected as unproven, however good the request."""
    task = await evolved(stable())
    wrong = task.model_copy(update={"final_state": task.initial_state})
    model = Stable(summarizer=[{"summary": SUMMARY}], simulator=play)
    with pytest.raises(Rejection) as caught:
        await Summarizing().process(wrong, model.context(task.id))
    assert caught.value.reason == "unproven"
    assert model.calls["simulator"] == 0


def misplaying(right: str, wrong: str) -> Player:
    """Return a simulator that says one thing for another."""

    def misplay(request: ChatRequest) -> Answer:
        answer: JsonObject = orjson.loads(orjson.dumps(play(request)).replace(right.encode(), wrong.encode()))
        return answer

    return misplay


@pytest.mark.parametrize(
    ("simulator", "told"),
    [
        ([refusal(400, "not now")], "step 0 is now answered 400"),
        (["nonsense"], "step 0: no usable answer"),
        ([refusal(404, "no such horse")], "step 0: no usable answer: .* every id that the call gives exists"),
        (misplaying("Alba", "Nero"), "step 0: no usable answer: .* is 'Nero', but"),
        (misplaying("ST-13", "ST-12"), "stall_id"),
    ],
)
async def test_fresh_answers_must_agree(simulator: Player, told: str) -> None:
    """A task whose calls come to something else on fresh answers is rejected as unstable."""
    task = await evolved(stable())
    model = Stable(summarizer=[{"summary": SUMMARY}], simulator=simulator)
    with pytest.raises(Rejection, match=told) as caught:
        await Summarizing().process(task, model.context(task.id))
    assert caught.value.reason == "unstable"


async def test_fresh_answers_are_asked_once_a_step() -> None:
    """Stability costs one simulator call a step, after what costs none, and stands in the certificate."""
    task, model = await summarized(SUMMARY)
    assert (task.certificate and task.certificate.stability, model.calls["simulator"]) == (True, 3)


async def test_summarizing_anew() -> None:
    """A released task can be given another request; its certificate is made anew."""
    task = await released()
    model = Stable(summarizer=[{"summary": f"Hello! {SUMMARY}"}], simulator=play)
    (again,) = await Summarizing().process(task, model.context(task.id))
    assert again.certificate is not None
    assert task.certificate is not None
    assert again.certificate.digest != task.certificate.digest
    assert verify_task(again).status is VerificationStatus.proven


async def test_words_of_derived_and_minted() -> None:
    """Quotes inside a derived value must stand there; minted ids must not, unless the user said them."""
    task = await evolved(stable())
    said = Provenance(kind=ProvenanceKind.user, turn=0, quote="tomorrow")
    derived = Provenance(kind=ProvenanceKind.derived, formula="shift", inputs=[said], values=["x"])
    create = Change(op="create", collection="horses", id="HO-1003")
    step = task.steps[0].model_copy(update={"provenance": {"/day": derived}, "changes": [create]})
    known = step.model_copy(update={"turn": f"{step.turn} HO-1003"})
    assert required_quotes(task.model_copy(update={"steps": [step, step]})) == ["tomorrow"]
    assert "HO-1003" in forbidden_words(task.model_copy(update={"steps": [step]}))
    assert "HO-1003" not in forbidden_words(task.model_copy(update={"steps": [known]}))
