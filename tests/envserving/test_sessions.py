"""Sessions: kept apart, bounded, ended by a submission, a close, or neglect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from synthtools_stream.envserving.sessions import Full, Players, Sessions, UnknownSession
from synthtools_stream.errors import UsageError
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.coded_task import coded
from tests.proof.freight import proven

CODED = coded()
CLOSING = "There is 1 vessel. 36 containers are left on VS-81. 2 bookings are confirmed. The shipper has been told."
MOVE: JsonObject = {"booking_id": "BK-2057", "vessel_id": "VS-81"}


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(most: int = 8, clock: _Clock | None = None) -> AsyncGenerator[Sessions]:
    """Yield sessions that are closed at the end."""
    async with open_sandbox(1) as sandbox:
        sessions = Sessions(Players(sandbox), most=most, idle_s=100.0, clock=clock or _Clock())
        try:
            yield sessions
        finally:
            await sessions.aclose()


async def test_an_attempt_over_the_wire() -> None:
    """Calls are answered, the submission ends it and tells nothing, the reward is there for who asks for it."""
    async with opened() as sessions:
        session = await sessions.begin(CODED)
        for text in CODED.gt_tool_calls:
            call = parse_call(text)
            assert (await session.call(call.name, call.arguments))["status_code"] == 200
        assert (session.over, session.reward) == (False, 0.0)
        assert session.submit(CLOSING)
        assert (session.over, session.reward, session.steps) == (True, 1.0, 6)
        assert not session.submit("Something else.")
        assert (await session.call("MoveBooking", MOVE))["status_code"] == 400
        assert session.reward == 1.0


async def test_sessions_are_worlds_of_their_own() -> None:
    """What one agent does, another does not see; ids cannot be guessed."""
    async with opened() as sessions:
        one, other = await sessions.begin(CODED), await sessions.begin(CODED)
        assert len({one.id, other.id}) == 2
        assert len(one.id) >= 32
        await one.call("MoveBooking", MOVE)
        assert one.env.state != CODED.initial_state
        assert other.env.state == CODED.initial_state


async def test_two_clients_of_one_session_take_turns() -> None:
    """Calls at once are made one after the other, and none is lost."""
    async with opened() as sessions:
        session = await sessions.begin(CODED)
        told = await asyncio.gather(*(session.call("MoveBooking", MOVE) for _ in range(5)))
        assert len(told) == len(session.env.turns) == session.steps == 5


async def test_as_many_as_there_is_room_for() -> None:
    """One too many is refused, whoever asks at the same moment; an end makes room."""
    async with opened(most=2) as sessions:
        asked = await asyncio.gather(*(sessions.begin(CODED) for _ in range(3)), return_exceptions=True)
        begun = [session for session in asked if not isinstance(session, BaseException)]
        assert [type(session) for session in asked if isinstance(session, BaseException)] == [Full]
        await sessions.end(begun[0].id)
        await sessions.begin(CODED)
        assert len(sessions) == 2


async def test_an_id_is_one_sessions() -> None:
    """Given twice, even at once, it is refused; after the end it is free again."""
    async with opened() as sessions:
        asked = await asyncio.gather(*(sessions.begin(CODED, session_id="a") for _ in range(2)), return_exceptions=True)
        refused = [session for session in asked if isinstance(session, BaseException)]
        assert [str(error) for error in refused] == ["session 'a' is in use; close it, or take another id"]
        await sessions.end("a")
        assert (await sessions.begin(CODED, session_id="a")).id == "a"


async def test_forgotten_sessions_end() -> None:
    """Who says nothing for too long loses the session; who uses it keeps it."""
    clock = _Clock()
    async with opened(clock=clock) as sessions:
        idle, used = await sessions.begin(CODED), await sessions.begin(CODED)
        clock.now = 80.0
        sessions.session(used.id)
        clock.now = 150.0
        await sessions.end_idle()
        assert sessions.session(used.id) is used
        with pytest.raises(UnknownSession, match="no such session"):
            sessions.session(idle.id)
        await sessions.end(idle.id)


async def test_task_that_nobody_plays() -> None:
    """It is not begun, and takes no room."""
    async with opened(most=1) as sessions:
        with pytest.raises(UsageError, match="nobody plays"):
            await sessions.begin(proven())
        await sessions.begin(CODED)
