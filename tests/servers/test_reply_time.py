"""How the time for a reply grows."""

from __future__ import annotations

from synthtools_stream.chat.language_model import ChatRequest, Message, Sampling
from synthtools_stream.servers.http_session import HttpTimeouts
from synthtools_stream.servers.reply_time import ReplyTime

REQUEST = ChatRequest("m", (Message("user", "u"),), Sampling(max_tokens=77), 3, schema_name="evolver", stage="s")


def test_grows_once_for_each_time() -> None:
    """Requests that ran out of one time double it once, up to four times the first; the fault names role and size."""
    time = ReplyTime(HttpTimeouts(reply_s=600.0), grows=True)
    seen: list[tuple[float, bool, bool]] = []
    first = time.given
    for given in (first, first, time.given):
        fault, grown = time.ran_out("http://h", REQUEST, given)
        seen.append((fault.after_s, fault.longest, grown))
    while True:
        fault, grown = time.ran_out("http://h", REQUEST, time.given)
        seen.append((fault.after_s, fault.longest, grown))
        if fault.longest:
            break

    assert seen == [
        (600.0, False, True),
        (600.0, False, False),
        (600.0, False, False),
        (1200.0, False, True),
        (2400.0, True, False),
    ]
    assert str(fault) == "http://h: timed out after 2400 s while generating at most 77 tokens (evolver)"
    assert fault.overloaded


def test_stays_where_it_may_not_grow() -> None:
    """A time that does not grow is the longest from the beginning."""
    time = ReplyTime(HttpTimeouts(reply_s=0.5), grows=False)
    fault, grown = time.ran_out("http://h", REQUEST, time.given)
    assert (fault.longest, grown, time.given.total) == (True, False, 0.5)
