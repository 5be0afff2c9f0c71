"""Many endpoints: where a failed request goes next, who is left out, and who comes later."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from synthtools_stream.errors import BackendGone, TransportError
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.endpoint_choice import Seat, Seats
from synthtools_stream.servers.retry_policy import RetryPolicy
from tests.servers.balancekit import AWAY, BROKEN, Time, balance, request

GONE = BackendGone("http://b has no model 'm'")


def crowd(count: int) -> list[ScriptedModel]:
    """Return endpoints that answer everything."""
    return [ScriptedModel(lambda _: "fine") for _ in range(count)]


@pytest.mark.parametrize("fault", [AWAY, BROKEN])
async def test_first_retry_goes_elsewhere_at_once(fault: TransportError) -> None:
    """What is the endpoint's fault is no reason to wait while another is there."""
    time = Time()
    bad = ScriptedModel(lambda _: fault)
    balancer = balance([bad, *crowd(3)], time)
    for number in range(40):
        await balancer.chat(request(f"e{number}"))
    assert bad.requests
    assert set(time.slept) == {0.0}


async def test_no_endpoint_is_asked_twice_while_others_were_not() -> None:
    """Retries go A, B, C, not A, B, A, B."""
    time = Time()
    bad = [ScriptedModel(lambda _: BROKEN) for _ in range(5)]
    policy = RetryPolicy(failures_to_set_aside=100)
    await balance([*bad, *crowd(1)], time, policy).chat(request("e"))
    assert all(len(model.requests) <= 1 for model in bad)


async def test_one_that_breaks_its_servers_does_not_run_through_all() -> None:
    """After two retries at once a request waits."""
    time = Time()
    bad = [ScriptedModel(lambda _: BROKEN) for _ in range(6)]
    with pytest.raises(TransportError):
        await balance(bad, time).chat(request("e"))
    assert time.slept[:2] == [0.0, 0.0]
    assert min(time.slept[2:]) >= 0.5


async def test_one_servers_wish_is_not_the_others() -> None:
    """How long a busy server wants to be left alone does not hold a request that goes elsewhere."""
    time = Time()
    busy = TransportError("busy", overloaded=True, retry_after_s=60.0)
    balancer = balance([ScriptedModel(lambda _: busy), *crowd(1)], time)
    for number in range(10):
        await balancer.chat(request(f"e{number}"))
    assert time.slept
    assert max(time.slept) <= 1.0


async def test_answers_to_what_was_sent_before_a_failure_say_nothing() -> None:
    """A server that ends finishes what it has begun, and takes nothing new: it is set aside all the same."""
    seat = Seat(ScriptedModel([]))
    policy = RetryPolicy()
    for number in range(3):
        seat.failed(AWAY, policy, now=10.0 + number)
        seat.answered(sent_at=5.0)
    assert seat.aside_until > 12.0
    seat.answered(sent_at=13.0)
    assert seat.failures == 0


class Roomy(ScriptedModel):
    """An endpoint that takes six requests at once."""

    limit = 6


async def test_a_full_home_is_left_while_another_has_room() -> None:
    """An empty slot costs more than a prefix; where all are full, requests wait at home up to its share."""
    seats = Seats([Roomy([]) for _ in range(3)], RetryPolicy(overload_factor=10.0), lambda: 0.0)
    taken: list[int] = []
    for _ in range(21):
        seat = seats.choose("e", ())
        assert seat is not None
        seat.in_flight += 1
        taken.append(seats.all.index(seat))
    home = taken[0]
    assert taken[:6] == [home] * 6
    assert Counter(taken[:18]) == {0: 6, 1: 6, 2: 6}
    assert taken[18:] == [home] * 3


async def test_an_endpoint_with_another_model_is_left_out() -> None:
    """It gets nothing more, one line says so, and no request is lost."""
    time, said = Time(), list[str]()
    other = ScriptedModel(lambda _: GONE)
    balancer = Balancer([other, *crowd(2)], sleep=time.sleep, rng=random.Random(1), clock=time, notice=said.append)
    for number in range(30):
        assert (await balancer.chat(request(f"e{number}"))).text == "fine"
    assert len(other.requests) == 1
    assert said == ["http://b has no model 'm'; it is left out, the run goes on with 2 others"]


async def test_the_last_one_stops_the_run() -> None:
    """Where nobody is left, the reason is passed on."""
    balancer = balance([ScriptedModel(lambda _: GONE), ScriptedModel(lambda _: GONE)], Time())
    with pytest.raises(BackendGone, match="no model"):
        await balancer.chat(request())


async def test_a_late_endpoint_gets_its_share() -> None:
    """One that was not there at the start takes over some sessions, and moves no others."""
    early = crowd(3)
    balancer = balance(early, Time())
    homes: dict[str, int] = {}
    for number in range(200):
        asked = [len(model.requests) for model in early]
        await balancer.chat(request(f"e{number}"))
        homes[f"e{number}"] = next(index for index in range(3) if len(early[index].requests) > asked[index])
    (late,) = crowd(1)
    balancer.add(late)
    for session, home in homes.items():
        before = len(early[home].requests)
        taken = len(late.requests)
        await balancer.chat(request(session))
        assert len(late.requests) > taken or len(early[home].requests) > before
    assert 30 <= len(late.requests) <= 70
