"""Times of day: every way to say one is heard as that one, and as no other."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.wording.clocks import parse_clock
from synthtools_stream.wording.value_search import Quoted, find_value

MINUTES = [time(hour, minute) for hour in range(24) for minute in range(60)]
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59), st.just(0) | st.integers(0, 59))


def spellings(clock: time) -> list[str]:
    """Return the usual ways to write a time of day."""
    minute, half = f"{clock.minute:02d}", "pm" if clock.hour >= 12 else "am"
    dotted, twelve = f"{half[0]}.m.", clock.hour % 12 or 12
    if clock.second:
        minute += f":{clock.second:02d}"
    found = [f"{clock.hour}:{minute}", f"{clock.hour:02d}:{minute}", f"{twelve}:{minute} {half.upper()}"]
    found += [f"{twelve}:{minute}{half}", f"{twelve:02d}:{minute} {dotted}"]
    if clock == time(clock.hour):
        found += [f"{twelve} {half}", f"{twelve}{half.upper()}", f"{twelve} {dotted}"]
    return found


@pytest.mark.parametrize("hour", range(24))
def test_every_minute_is_heard_in_all_its_spellings(hour: int) -> None:
    """Whatever form an argument has, and whatever form the user chose: the same minute is the same value."""
    for clock in MINUTES[60 * hour : 60 * (hour + 1)]:
        forms = spellings(clock)
        assert {parse_clock(form) for form in forms} == {clock}
        for said in forms:
            for value in (*forms, f"{clock:%H:%M:%S}"):
                found = find_value(f"Be there at {said}, please.", value)
                assert found is not None, (said, value)
                assert found.quote in (said, said.removesuffix(".")), (said, value)


@given(CLOCKS, CLOCKS, st.data())
def test_no_minute_is_heard_as_another(one: time, other: time, data: st.DataObject) -> None:
    """What says a time of day says no other one, also half a day away, and also where it is the whole text."""
    wanted = data.draw(st.sampled_from(spellings(other)))
    for said in spellings(one):
        for text in (f"Come at {said}.", said):
            assert (find_value(text, wanted) is not None) == (one == other), (text, wanted)


@pytest.mark.parametrize("clock", MINUTES[::7], ids=str)
def test_half_a_day_away_is_another_time(clock: time) -> None:
    """9:30 PM is not 09:30, whichever of the two is the value, and though the one text stands in the other."""
    other = clock.replace(hour=(clock.hour + 12) % 24)
    for said in spellings(clock):
        for value in spellings(other):
            assert find_value(f"Come at {said}.", value) is None, (said, value)


@pytest.mark.parametrize(
    ("text", "value", "quote", "normaliser"),
    [
        ("at 15:00, or 3 PM", "15:00", "15:00", None),
        ("at 3 PM, or 15:00", "15:00", "15:00", None),
        ("at 3:00 pm", "3:00 PM", "3:00 pm", "case"),
        ("at 3 p.m. sharp", "15:00", "3 p.m.", "clock"),
        ("at 15:00", "3 p.m.", "15:00", "clock"),
        ("at noon", "12:00", "noon", "clock"),
        ("at midnight", "00:00:00", "midnight", "clock"),
        ("at 15:00 PM", "15:00", "15:00 PM", "clock"),
        ("Start:15:00", "15:00", "15:00", None),
    ],
)
def test_quotes_of_times(text: str, value: str, quote: str, normaliser: str | None) -> None:
    """The value's own words are quoted where they stand; what is another form says so."""
    assert find_value(text, value) == Quoted(quote, normaliser)
    again = find_value(quote, value)
    assert again is not None
    assert again.normaliser == normaliser, "the quote alone says the value in the same way"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("at 9:30 PM", "09:30"),
        ("at 09:30 p.m.", "09:30"),
        ("at 9:30", "9:30 PM"),
        ("at 15:00:30", "15:00"),
        ("for 1:15:00", "15:00"),
        ("BK-15:00", "15:00"),
        ("at 115:00", "15:00"),
        ("3 people", "15:00"),
        ("3 amps", "03:00"),
        ("15 of them", "15:00"),
    ],
)
def test_other_times_are_not_heard(text: str, value: str) -> None:
    """What is part of another time, id or word is no time of day."""
    assert find_value(text, value) is None


@pytest.mark.parametrize("text", ["25:00", "12:60", "15", "0:00 PM", "13 am", "3:0", "15:00 sharp", "16:9", "pm", ""])
def test_other_texts_are_no_times(text: str) -> None:
    """A text that is no time of day, or more than one, is read as words."""
    assert parse_clock(text) is None
    assert not text or find_value(f"It is {text}, then.", text) == Quoted(text)
