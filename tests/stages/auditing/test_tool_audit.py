"""Auditing: what code decides, what the judge is asked, and when a tool passes."""

from __future__ import annotations

import orjson
import pytest

from stages.auditing.tool_audit import Auditing
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.errors import Rejection, TransportError, UnusableReply
from synthtools_stream.recorded.scripted_model import Answer
from synthtools_stream.records import AuditedTool, Effects, OutputField, Parameter, Tool, ToolDraft
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from tests.stages.stagekit import GET, MOVE, SETTING, WORLD, Player, Stable, part, play, problems_told, refusal, shown

FLOOR = 0.34
CORRECT: JsonObject = {"reasoning": "", "judgment": "correct"}
INAPPROPRIATE: JsonObject = {"reasoning": "", "judgment": "inappropriate"}


def probe(mode: str = "happy_path", horse: Json = "HO-1001", status: int = 200, **more: Json) -> JsonObject:
    """Return one probe of the read tool."""
    return {
        "mode": mode,
        "purpose": f"look at {horse}",
        "arguments": {"horse_id": horse},
        "expected_status": status,
        **more,
    }


def pinned(attribute: str = "name") -> JsonObject:
    """Return a probe that must show a fact of the world."""
    return probe("state_pinned", fact={"collection": "horses", "id": "HO-1001", "attribute": attribute})


LOOK = GET.model_copy(update={"effects": Effects(reads=["horses"], writes=["horses"])})
"""A read that might write, so that code cannot account for all that it does."""


async def audit(stable: Stable, tool: Tool = LOOK, repeats: int = 1, floor: float = FLOOR) -> AuditedTool:
    """Audit one tool."""
    draft = ToolDraft(id=f"{SETTING.id}.{tool.tool_name}", setting=SETTING, tool=tool)
    (passed,) = await Auditing("simulated", floor, 2, repeats, model="m", seed=0).process(
        draft, stable.context(draft.id)
    )
    return passed


def stable(*probes: JsonObject, simulator: Player = play, judge: Player = (CORRECT,)) -> Stable:
    """Return a model that writes these probes, answers truthfully and judges well, unless told otherwise."""
    return Stable(world=[WORLD], probe=[{"probes": [*probes]}], simulator=simulator, audit_judge=judge)


def always_400(request: ChatRequest) -> JsonObject:
    """Refuse every call."""
    return refusal(400, "no")


HAPPY = [probe(), probe(horse="HO-1002")]


async def test_good_tool_passes_and_calls_are_few() -> None:
    """A well-played tool passes; per tool one world, one list of probes, then one call a probe and a judge's word."""
    model = stable(*HAPPY, probe("state_pinned", horse="HO-9999", status=404), pinned())
    passed = await audit(model)
    assert dict(model.calls) == {"world": 1, "probe": 1, "simulator": 4, "audit_judge": 3}
    assert (passed.reliability, passed.reliability_per_mode, passed.stability) == (
        1.0,
        {"happy_path": 1.0, "state_pinned": 1.0},
        1.0,
    )
    assert (passed.id, passed.tool_name) == (f"{SETTING.id}.GetHorse", "GetHorse")
    assert passed.meta == {"model": "m", "played": "simulated"}
    assert part(passed.to_json(), "probes", 2, "answers") == [{"status_code": 404, "judgment": "correct"}]


async def test_equal_repeats_judged_once() -> None:
    """The judge reads each distinct answer once, however often a probe is repeated."""
    model = stable(*HAPPY)
    await audit(model, repeats=3)
    assert (model.calls["simulator"], model.calls["audit_judge"]) == (6, 2)


async def test_world_is_the_environments() -> None:
    """Every tool of an environment asks for the same world, so the log answers all but the first."""
    model = stable(*HAPPY)
    await audit(model)
    await audit(model, GET.model_copy(update={"usage": "Read-only."}))
    assert (model.calls["world"], model.calls["probe"]) == (1, 2)


async def test_always_400_fails() -> None:
    """A tool that always refuses fails on its happy path, with the probe as evidence."""
    model = stable(*HAPPY, simulator=always_400, judge=[{"reasoning": "", "judgment": "should_pass_but_failed"}])
    with pytest.raises(Rejection) as caught:
        await audit(model)
    assert caught.value.reason == "unreliable"
    assert "happy_path: 0 of 2" in caught.value.detail
    evidence = caught.value.evidence or {}
    assert part(evidence, "probe", "call") == "GetHorse(horse_id='HO-1001')"
    assert part(evidence, "probe", "answers", 0) == {"status_code": 400, "judgment": "should_pass_but_failed"}


async def test_always_400_fails_in_spite_of_rules() -> None:
    """Breaking a rule is answered well by refusing, but that makes up for nothing."""
    move: JsonObject = {"horse_id": "HO-1001", "stall_id": "ST-13"}
    stay: JsonObject = {"horse_id": "HO-1001", "stall_id": "ST-11"}
    probes = [probe(arguments=move), probe(arguments=move, purpose="again")]
    probes += [probe("rule_violation", status=400, arguments=stay), probe("rule_violation", status=400, arguments=stay)]
    with pytest.raises(Rejection, match="happy_path"):
        await audit(stable(*probes, simulator=always_400, judge=[INAPPROPRIATE]), MOVE)
    assert (await audit(stable(*probes), MOVE)).reliability_per_mode["rule_violation"] == 1.0


async def test_looks_go_on_until_decided() -> None:
    """Ten good answers decide, and two or three bad ones; else new probes come first and repeats after them."""
    four = [*HAPPY, probe(purpose="third"), probe(purpose="fourth")]
    decided = stable(*four)
    assert (await audit(decided, repeats=5)).reliability == 1.0
    assert decided.calls["simulator"] == 10
    hopeless = stable(*four, judge=[INAPPROPRIATE])
    with pytest.raises(Rejection, match="10 of 10 answers were wrong"):
        await audit(hopeless, repeats=5)
    assert hopeless.calls["simulator"] == 10
    once_bad = stable(*four, simulator=_once(refusal(500, "crashed")))
    assert (await audit(once_bad, repeats=5)).reliability == 0.9375
    assert once_bad.calls["simulator"] == 16


def _once(bad: JsonObject) -> Player:
    """Answer the first call badly and all others truthfully."""
    answers: list[Answer] = []

    def play_once(request: ChatRequest) -> Answer:
        answers.append(play(request) if answers else bad)
        return answers[-1]

    return play_once


async def test_slip_of_the_judge_counts_once() -> None:
    """An answer that was found wrong is read afresh when it comes again; one found right is not."""
    four = [*HAPPY, probe(purpose="third"), probe(purpose="fourth")]
    model = stable(*four, judge=[INAPPROPRIATE, CORRECT])
    assert (await audit(model, repeats=5)).reliability == 0.9375
    assert model.calls["audit_judge"] == 5


async def test_impossible_judgment_is_sent_back() -> None:
    """A judge who says that a success should have passed is asked again: the word is no usable one."""
    impossible: JsonObject = {"reasoning": "", "judgment": "should_pass_but_failed"}
    model = stable(*HAPPY, judge=[impossible, CORRECT])
    assert (await audit(model)).reliability == 1.0
    told = [problem for request in model.asked("audit_judge") for problem in problems_told(request)]
    assert len(told) == 1
    assert "cannot be" in told[0]


async def test_refused_answers_count_as_wrong() -> None:
    """An answer that the runtime's checks refuse is no good one; it is not sent back."""
    liar: JsonObject = {"status_code": 200, "response": {"name": "Zorro", "weight": "much"}}
    answers: list[Answer] = []

    def mends(request: ChatRequest) -> Answer:
        answers.append(play(request) if problems_told(request) else liar)
        return answers[-1]

    model = stable(*HAPPY, simulator=mends)
    with pytest.raises(Rejection) as caught:
        await audit(model)
    told = part(caught.value.evidence or {}, "probe", "answers", 0)
    assert told == {"status_code": 200, "judgment": "inappropriate", "fault": "refused"}
    assert (model.calls["simulator"], model.calls["audit_judge"]) == (2, 0)


async def test_unreadable_replies_say_nothing_about_the_tool() -> None:
    """A reply that cannot be read is asked for again, and what then comes is judged as any other."""

    def mumbles(request: ChatRequest) -> Answer:
        return play(request) if problems_told(request) else "hm, let me see"

    audited, undisturbed = await audit(stable(*HAPPY, simulator=mumbles)), await audit(stable(*HAPPY))
    assert audited.reliability == 1.0
    assert audited.probes == undisturbed.probes


async def test_refused_refusals_stand_with_their_status() -> None:
    """A refusal that the runtime refuses keeps its status."""
    silent: JsonObject = {"status_code": 409, "error_message": None}
    model = stable(*HAPPY, simulator=[silent])
    with pytest.raises(Rejection) as caught:
        await audit(model)
    told = part(caught.value.evidence or {}, "probe", "answers", 0)
    assert told == {"status_code": 409, "judgment": "inappropriate", "fault": "refused"}
    assert model.calls["simulator"] == 2


async def test_nothing_readable_is_no_verdict() -> None:
    """A tool of which nothing readable was ever answered is told apart from an unreliable one."""
    with pytest.raises(Rejection) as caught:
        await audit(stable(*HAPPY, simulator=["hm"]))
    assert caught.value.reason == "unaudited"


async def test_some_unreadable_runs_cost_nothing() -> None:
    """Runs that stay unreadable to the end are not scored, and the others decide."""

    def fails_at_times(request: ChatRequest) -> Answer:
        return "hm" if request.seed % 3 == 0 or problems_told(request) else play(request)

    audited = await audit(stable(*HAPPY, simulator=fails_at_times), repeats=4)
    assert audited.reliability == 1.0
    assert "unreadable" in str(audited.probes)


async def test_every_reply_is_on_the_tools_meter() -> None:
    """What probes and judges cost counts for the tool: world, probes, two answers and two judgments."""
    draft = ToolDraft(id=f"{SETTING.id}.{LOOK.tool_name}", setting=SETTING, tool=LOOK)
    model = stable(*HAPPY)
    context = model.context(draft.id)
    await Auditing("simulated", FLOOR, 2, 1, model="m", seed=0).process(draft, context)
    assert context.usage.requests == sum(model.calls.values()) == 6
    assert context.usage.completion_tokens > 0


@pytest.mark.parametrize(
    "answer",
    [refusal(500, "crashed"), refusal(403, "you must not"), refusal(404, "there is no horse HO-1001")],
)
async def test_absurd_statuses_need_no_judge(answer: JsonObject) -> None:
    """A crash, a denial that the tool does not speak of, and 404 where everybody exists are wrong for sure."""
    model = stable(*HAPPY, simulator=[answer])
    with pytest.raises(Rejection) as caught:
        await audit(model)
    assert part(caught.value.evidence or {}, "probe", "answers", 0, "fault") == "refused"
    assert model.calls["audit_judge"] == 0


async def test_plain_reads_are_accounted_for_by_code() -> None:
    """Where all of a response stands in the world under the id that was asked for, no judge is needed."""
    model = stable(*HAPPY)
    assert (await audit(model, GET)).reliability == 1.0
    assert model.calls["audit_judge"] == 0
    graded = GET.model_copy(update={"output_details": {**GET.output_details, "grade": OutputField(type="string")}})
    another = stable(*HAPPY, simulator=grading)
    await audit(another, graded)
    assert another.calls["audit_judge"] == 2
    liar = stable(*HAPPY, simulator=[{"status_code": 200, "response": {"name": "Nero", "weight": 480}}])
    with pytest.raises(Rejection, match="happy_path: 0 of 2"):
        await audit(liar, GET)
    assert (liar.calls["audit_judge"], liar.calls["simulator"]) == (0, 2)


def grading(request: ChatRequest) -> Answer:
    """Return what the state holds, and a grade besides, which nothing tells."""
    answer: JsonObject = orjson.loads(orjson.dumps(play(request)))
    return {**answer, "response": {**object_at(answer, "response"), "grade": "good"}}


def judge_by_purpose(request: ChatRequest) -> str | JsonObject:
    """Give no usable word on the second and the fourth look."""
    return "what?" if shown(request, "purpose") in ("look at HO-1002", "fourth") else CORRECT


async def test_silent_judge_counts_for_nobody() -> None:
    """A judge's unusable word leaves its probe unscored; the tool passes on the others."""
    probes = [*HAPPY, probe(purpose="third"), probe(purpose="fourth")]
    passed = await audit(stable(*probes, judge=judge_by_purpose))
    assert passed.reliability == 1.0
    assert part(passed.to_json(), "probes", 1, "answers", 0) == {"status_code": 200, "judgment": None}


async def test_silent_first_look_gets_a_second() -> None:
    """Where the judge said nothing usable of a whole first look, the second is taken all the same."""
    probes = [probe(purpose="fourth"), probe(horse="HO-1002"), probe(purpose="third"), probe(purpose="fifth")]
    assert (await audit(stable(*probes, judge=judge_by_purpose))).reliability == 1.0


async def test_silent_judge_proves_nothing() -> None:
    """A tool of whose happy path nothing was judged is unaudited, not unreliable."""
    with pytest.raises(Rejection) as caught:
        await audit(stable(*HAPPY, judge=["what?"]))
    assert caught.value.reason == "unaudited"


async def test_schema_breaking_probes_dropped() -> None:
    """Probes whose call breaks the schema say nothing about the tool and are not run."""
    model = stable(probe(horse=7), probe(arguments={}), *HAPPY)
    passed = await audit(model)
    assert (model.calls["simulator"], len(passed.probes)) == (2, 2)
    with pytest.raises(Rejection, match="unaudited"):
        await audit(stable(probe(horse=7)))


async def test_pinned_fact_is_looked_up() -> None:
    """A fact that the answer shows needs no judge; one that it does not show is judged."""
    filters = {**GET.parameters, "limit": Parameter(type="integer", default=5)}
    wide = GET.model_copy(update={"parameters": filters})
    some: JsonObject = {"horse_id": "HO-1001", "limit": 3}
    happy = [probe(arguments=some), probe(arguments=some)]
    shows = stable(*happy, {**pinned(), "arguments": some}, {**pinned("weight"), "arguments": some})
    await audit(shows, wide)
    assert shows.calls["audit_judge"] == 2
    hidden: JsonObject = {**pinned("stall_id"), "arguments": some}
    hides = stable(*happy, hidden, hidden)
    await audit(hides, wide)
    assert hides.calls["audit_judge"] == 4


async def test_unplayable_tool_fails() -> None:
    """A tool to which the simulator finds no acceptable answer is unreliable, and no judge is asked."""
    model = stable(*HAPPY, simulator=[{"status_code": 200, "response": {}}])
    with pytest.raises(Rejection, match="unreliable"):
        await audit(model)
    assert model.calls["audit_judge"] == 0


async def test_instability_is_told() -> None:
    """Repeats that differ lower the stability, not the reliability."""
    answers: list[Answer] = []

    def moody(request: ChatRequest) -> Answer:
        answers.append(refusal(400, "not now") if len(answers) % 4 in (1, 2) else play(request))
        return answers[-1]

    passed = await audit(stable(*HAPPY, simulator=moody), repeats=2)
    assert (passed.reliability, passed.stability) == (1.0, 0.0)


async def test_repeats_are_no_further_probes() -> None:
    """However often two probes are run, they are two: the floor that four probes clear stays out of reach."""
    with pytest.raises(Rejection, match=r"2 of 2 probes answered well, lower bound 0\.42"):
        await audit(stable(*HAPPY), repeats=5, floor=0.5)
    four = [*HAPPY, probe(purpose="third"), probe(purpose="fourth")]
    assert (await audit(stable(*four), repeats=5, floor=0.5)).reliability == 1.0


async def test_every_mode_must_clear() -> None:
    """A tool that is good on its happy path and bad at facts is unreliable, and the mode is told."""

    def judge(request: ChatRequest) -> JsonObject:
        return CORRECT if shown(request, "mode") == "happy_path" else INAPPROPRIATE

    with pytest.raises(Rejection, match="state_pinned: 0 of 2"):
        await audit(stable(*HAPPY, pinned("stall_id"), pinned("stall_id"), judge=judge))


@pytest.mark.parametrize(("slips", "passes"), [(0, True), (1, False), (3, False)])
async def test_mode_of_one_probe_allows_no_slip(slips: int, passes: bool) -> None:
    """Where a mode has but one probe, that one clears the usual floor only when all of its runs are right."""
    read: list[str] = []

    def judge(request: ChatRequest) -> JsonObject:
        if shown(request, "mode") == "happy_path":
            return CORRECT
        read.append("once more")
        return INAPPROPRIATE if len(read) <= slips else CORRECT

    lone = stable(*HAPPY, probe(purpose="third"), probe(purpose="fourth"), pinned("stall_id"), judge=judge)
    if passes:
        assert (await audit(lone, repeats=3, floor=0.26)).reliability_per_mode["state_pinned"] == 1.0
        return
    with pytest.raises(Rejection, match="state_pinned: 0 of 1"):
        await audit(lone, repeats=3, floor=0.26)


async def test_judge_silent_in_one_mode_leaves_it_out() -> None:
    """A mode of which the judge said nothing usable decides nothing; its answers stand there without a judgment."""

    def judge(request: ChatRequest) -> str | JsonObject:
        return CORRECT if shown(request, "mode") == "happy_path" else "what?"

    passed = await audit(stable(*HAPPY, pinned("stall_id"), pinned("stall_id"), judge=judge))
    assert passed.reliability_per_mode == {"happy_path": 1.0}
    assert part(passed.to_json(), "probes", 2, "answers", 0) == {"status_code": 200, "judgment": None}


async def test_bad_world_is_told() -> None:
    """A world that breaks its types is told and made again; a lasting flaw rejects the tool."""
    nobody: JsonObject = {"collection": "horses", "id": "HO-1003", "attributes": {"stall_id": "ST-99"}}
    bad: JsonObject = {**WORLD, "entities": [nobody]}
    model = Stable(world=[bad, WORLD], probe=[{"probes": [*HAPPY]}], simulator=play, audit_judge=[CORRECT])
    await audit(model)
    assert model.calls["world"] == 2
    with pytest.raises(UnusableReply, match="ST-99"):
        await audit(Stable(world=[bad]))


async def test_transport_passes() -> None:
    """A transport fault is no verdict on the tool."""
    with pytest.raises(TransportError):
        await audit(stable(*HAPPY, simulator=[TransportError("gone")]))
