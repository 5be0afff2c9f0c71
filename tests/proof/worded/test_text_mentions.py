"""What a text says of values: each in one form, however it is written, and none inside a quoted text."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.worded.text_mentions import read_text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("by 16 March 2026", [("date", "2026-03-16")]),
        ("by March 16th, 2026 or 2026/03/17", [("date", "2026-03-16"), ("date", "2026-03-17")]),
        ("on 2026-03-16", [("date", "2026-03-16")]),
        ("on 3 Sept.", [("date", "--09-03")]),
        ("the 16th, tomorrow", [("day", "16th"), ("day", "tomorrow")]),
        ("at 3 pm, 15:00 or noon", [("time", "15:00:00"), ("time", "15:00:00"), ("time", "12:00:00")]),
        ("1,200 boxes, 12kg, 2.50 and -4", [("number", "1200"), ("number", "12"), ("number", "2.5"), ("number", "-4")]),
        ("a dozen, twelve, the first one", [("number", "12"), ("number", "12")]),
        ("I need two things done", []),
        ("move BK-2041 to A1", [("id", "BK-2041"), ("code", "a1")]),
        ('the note "Never mind BK-7, by 5 May."', [("text", "never mind bk-7, by 5 may")]),
        ("the horse's stall isn't 'Red Gate'", [("text", "red gate")]),
    ],
)
def test_each_value_in_one_form(text: str, found: list[tuple[str, str]]) -> None:
    """Dates in all orders, clocks, numbers with their marks or as words, ids, codes, quoted texts."""
    assert [(mention.kind, mention.value) for mention in read_text(text).mentions] == found


def test_known_words_are_mentions() -> None:
    """A dictated text without quotation marks, and an id of another form, are known from the calls."""
    read = read_text("Tell Yusuf_Rossi_96 that it Now Sails late.", ["now sails late"], ["yusuf_rossi_96"])
    assert [(mention.kind, mention.value) for mention in read.mentions] == [
        ("id", "yusuf_rossi_96"),
        ("text", "now sails late"),
    ]
    assert read.words == ()


def test_what_is_quoted_says_nothing() -> None:
    """The words of a dictated text are no words of the user's."""
    read = read_text('Send "never cancel this" to the shipper.')
    assert [word.stem for word in read.words] == ["send", "shipper"]
