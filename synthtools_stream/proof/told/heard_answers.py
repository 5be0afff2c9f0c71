"""Read a closing message: which of the values asked for it tells, and what it says against them.

Each value must stand in the message at least once where it is asserted: not denied, asked or supposed; under its own
name or none; said of its own thing or none; in its own unit or none; and nowhere may another value stand in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from synthtools_stream.proof.told.declined import asks, declines
from synthtools_stream.proof.told.denial import is_denied
from synthtools_stream.proof.told.dumps import without_dumps
from synthtools_stream.proof.told.failure_claims import claims_failure
from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.told.mentions import Mention, mentions
from synthtools_stream.proof.told.message_text import plain, spoken, without_echo
from synthtools_stream.proof.told.rivals import rival
from synthtools_stream.proof.told.slots import Label, Message
from synthtools_stream.proof.told.wanted_values import Asked
from synthtools_stream.proof.told.yes_no import tells_absence, tells_truth
from synthtools_stream.records.twist import Expected
from synthtools_stream.state import rename

__all__ = ["untold"]

_SHOWN = 80
"""Characters of a value that are told in a reason."""
_MOST_CHARS = 6_000
"""Characters of a closing message that are read beside its answers, reasoning aside: nobody would read more, and what
is looked for in a message takes time that grows faster than it."""


def untold(known: Knowledge, message: str, names: Mapping[str, str], by_slot: Collection[str] = ()) -> list[str]:
    """Return why a message does not tell a task's answers; nothing where it does.

    `names` are the ids of the task's new entities and what the attempt calls them. Of answers that were told `by_slot`
    the message need say nothing; it may not say another.
    """
    if message == known.closing and not names and known.expected is Expected.done:
        return []  # there is nothing in it to be read otherwise; whoever proves many tasks says no more
    said = spoken(message)
    most = _MOST_CHARS + 2 * len(known.closing)
    if len(said) > most and known.asked:
        return [f"the closing message is longer than {most} characters"]
    said = said[-most:]  # where nothing is asked for, its end alone may say that all of it failed
    if names:
        ours = {theirs: own for own, theirs in names.items()}
        said = str(rename(said, {own: f"{own}-of-the-task" for own in names if own not in ours} | ours))
    text = without_echo(plain(without_dumps(said, known) if known.asked else said), known.wished)
    found = Message(text, known)
    told = [Label(one.start, one.end, asked.key) for asked in known.asked for one in mentions(asked, found)]
    against = (_against(one, found, known, told, apart=one.slot in by_slot) for one in known.asked)
    return [*(reason for reason in against if reason), *_against_outcome(text, known)]


def _against_outcome(text: str, known: Knowledge) -> Iterator[str]:
    """Yield what a plain message lacks, or has too much, of what the attempt must have come to."""
    match known.expected:
        case Expected.done:
            if (claim := claims_failure(text, known)) is not None:
                yield f"the closing message says {claim[:_SHOWN]!r}"
        case Expected.declined:
            if not declines(text):
                yield "the closing message does not say that something could not be done"
        case Expected.asked:
            if not asks(text, known.held_back):
                yield "the closing message does not ask for what the user holds back"


def _against(asked: Asked, message: Message, known: Knowledge, told: Sequence[Label], *, apart: bool) -> str | None:
    """Return what is wrong with how a value is told, or None; what is told `apart` may be left out.

    `told` is where the message says any of the values, each as a name for what stands beside it.
    """
    shown = repr(str(asked.value)[:_SHOWN])
    if isinstance(asked.value, bool):
        heard = tells_truth(message, asked)
        apart = apart and not tells_truth(message, asked._replace(value=not asked.value))
    elif asked.value is None or isinstance(asked.value, list | dict):
        heard = tells_absence(message, asked)
    else:
        asserted = list(_asserted(asked, message, known, told))
        other = rival(asked, asserted, message, known) if asserted or apart else None
        if other is not None:
            return f"the closing message tells {other[:_SHOWN]!r} beside {shown}"
        heard = bool(asserted)
    return None if heard or apart else f"the closing message does not tell {shown}"


def _asserted(asked: Asked, message: Message, known: Knowledge, told: Sequence[Label]) -> Iterator[Mention]:
    """Yield the places where a value is asserted under its own name, of its own thing."""
    for one in mentions(asked, message):
        if is_denied(message.unlabelled, one.start, one.end, known):
            continue
        label = message.label_of(one.start, one.end, told)
        if label is not None and not known.may_be_called(asked, label.key):
            continue
        if not known.is_of(asked, message.thing_of(one.start, one.end, asked.noun, known.told_names)):
            continue
        yield one
