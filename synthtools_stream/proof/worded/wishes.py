"""Every wish of a turn is in the request, no other wish is, and each turn wishes what its tool does.

Code knows no grammar. A wish is gone when most of the words that its turn alone shares with its tool are not in the
request; a wish is new when a clause of the request is made of words that no turn has, or when a verb of doing stands
there that no turn has. Words that join, thank or ask count for nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep, key_of
from synthtools_stream.proof.worded.key_words import KeyWords
from synthtools_stream.proof.worded.text_mentions import Reading
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.proof.worded.word_stems import Word, name_stems, stem

__all__ = ["turn_wish_findings", "wish_findings"]

LOST = "lost_wish"
ADDED = "added_wish"
IDLE = "idle_turn"
OPPOSITE = "opposite"
_FEWEST = 1 / 2
"""Share of a turn's own words of which its merged form keeps more: models change some words, not most of them."""
_MOST_STRANGE = 0.5
"""Share of a clause's words that may stand in no turn: above it, the clause is about something else."""
_CLAUSE = re.compile(
    r"[.;:?!\n]+|, (?:and |but )?(?:then|after|next|finally)|\b(?:and then|after that|following that|once that)\b"
)
_DOING = frozenset(
    """
    add alert allocate amend annul append approve arrange archive assign attach authorise authorize award ban
    bill block book buy call cancel change charge clear close complete confirm convert copy create cut
    deactivate decline decrease delete deliver deny disable discard dismiss dispatch donate double drop edit
    eliminate email empty enable end enrol enroll erase escalate evict expel extend file fire flag forward
    freeze fulfil grant halve hand hire hold increase insert install invite invoice issue kill lend link lock
    log lower mail mark merge message modify move notify offer open order overwrite pack pair pause pay phone
    pick place postpone print process promote publish purchase purge put raise reassign rebook record reduce
    refund register reject release relocate remove rename renew rent reopen repair replace reschedule reserve
    reset resolve restore resume retire return reverse revoke rid scrap schedule sell send ship sign split start
    stop submit subscribe suspend swap switch tag terminate text throw transfer trash undo unassign uninstall
    unlink unlock unsubscribe update upgrade upload vacate void waive warn wipe withdraw write
    """.split()  # noqa: SIM905
)
"""Verbs that change something, as they stand in a wish; those that only look do no harm in other words."""
_FREE = frozenset(
    stem(word)
    for word in """
    find look check search list display view show read retrieve fetch identify determine locate detail details
    information info following present new newly created existing current result results use using matching
    match item job matter work errand point several request handle deal sort busy items record records entry
    entries question currently regarding concerning
    """.split()  # noqa: SIM905
)
"""Words of looking and pointing that a request may have of its own."""
_OPENING = re.compile(
    r"(?:I|We|My|Our|There|It|This|The|Some|Here|These|Hi|Hello|Hey|Good|Dear|Today|Things?)\b[^.!?:;\n]*[.!?:;]",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"(?:\A|[.;:?!,\n]|\b(?:and|then|also|please|to|you|kindly|now|just|finally|next|first|lastly|or|simply))\s+\Z|\A\Z",
    re.IGNORECASE,
)
_PAIRS = [
    (frozenset(map(stem, one.split())), frozenset(map(stem, other.split())))
    for one, other in (
        ("increase raise boost grow", "decrease lower reduce cut shrink"),
        ("add insert include", "remove delete exclude drop"),
        ("open reopen", "close shut"),
        ("start begin launch resume", "stop halt suspend pause"),
        ("enable activate", "disable deactivate"),
        ("approve accept confirm", "reject decline refuse deny cancel"),
        ("lock block freeze", "unlock unblock unfreeze release"),
        ("assign link pair attach", "unassign unlink unpair detach"),
        ("create", "delete remove erase"),
        ("extend lengthen", "shorten"),
        ("postpone delay", "advance"),
        ("publish", "unpublish retract"),
        ("keep", "discard delete cancel"),
        ("restore", "archive"),
    )
]
_OPPOSITES = [*_PAIRS, *((other, one) for one, other in _PAIRS)]
_BARE = re.compile(r"\s*(?:[.;:?!,]|\Z)")


def wish_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the turns whose wish the request has lost, and the clauses and verbs that no turn asks for."""
    if told.request is None:
        return
    for spoken in told.steps:
        yield from _lost(told, spoken, told.request)
    yield from _added(told, told.request)


def turn_wish_findings(told: Conversation, spoken: SpokenStep) -> Iterator[Finding]:
    """Yield what is wrong with a turn that wishes nothing, something else, or the opposite of what its tool does."""
    known = spoken.tool_stems
    stems = spoken.turn.stems
    keys = KeyWords(told, spoken.turn, [spoken.index])
    asks = bool(spoken.step.answer) and all(keys.is_asked(key_of(pointer)) for pointer in spoken.step.answer)
    if not asks and not _wishes(spoken) & known:
        yield Finding(
            IDLE,
            f"turn {spoken.index} asks for nothing in the words of {spoken.tool.tool_name}: use its verbs and nouns",
        )
        return
    does = {*name_stems(spoken.tool.tool_name)[:1], *(stem(word) for word in spoken.tool.tool_description.split()[:1])}
    # `name_parts`, since "its issue date" issues nothing
    own = spoken.purpose, spoken.value_stems, told.name_parts
    verbs = _imperatives(spoken.turn)
    foreign = [word for word in verbs if not any(word.stem in known_stems for known_stems in own)]
    if foreign and (does & stems or any(word.stem in spoken.purpose for word in verbs)):
        yield Finding(
            ADDED,
            f"turn {spoken.index} also says '{foreign[0].text}', which its tool does not do: ask for one thing only",
        )
    for one, other in _OPPOSITES:
        if does.isdisjoint(one) or stems.isdisjoint(other) or not stems.isdisjoint(one):
            continue
        said = [word for word in spoken.turn.words if word.stem in other]
        if not known.intersection(word.stem for word in said):
            yield Finding(OPPOSITE, f"turn {spoken.index} says '{said[0].text}', the opposite of what its tool does")


def _wishes(spoken: SpokenStep) -> set[str]:
    """Return the stems of a turn's words that do not give a value."""
    quotes = {proof.quote for proof in spoken.step.provenance.values() if proof.quote and proof.turn == spoken.index}
    spans = [span for quote in quotes for span in _occurrences(quote, spoken.turn.text)]
    return {
        word.stem
        for word in spoken.turn.words
        if not any(start <= word.start and word.end <= end for start, end in spans)
    }


def _occurrences(quote: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where words that give a value begin and end."""
    start = text.find(quote)
    while start >= 0:
        yield start, start + len(quote)
        start = text.find(quote, start + 1)


def _lost(told: Conversation, spoken: SpokenStep, request: Reading) -> Iterator[Finding]:
    others = (other.turn.stems for other in told.steps if other is not spoken)
    own = (spoken.turn.stems & spoken.purpose).difference(_FREE, *others)
    kept = own & request.stems
    if own and len(kept) <= _FEWEST * len(own):
        lacking = [word.text for word in spoken.turn.words if word.stem in own - kept]
        yield Finding(
            LOST, f"the request does not ask for what turn {spoken.index} asks: it lacks {', '.join(lacking[:5])}"
        )
    for word in _imperatives(spoken.turn):
        if word.stem not in request.stems:
            yield Finding(
                LOST, f"the request lacks '{word.text}' of turn {spoken.index}: keep the verb of what is to be done"
            )


def _is_bare(reading: Reading, word: Word) -> bool:
    """Say whether a clause ends with a verb of doing, so that it has no object."""
    return _BARE.match(reading.rest, word.end) is not None


def _added(told: Conversation, request: Reading) -> Iterator[Finding]:
    known = told.turn_stems
    choices = {stem(value) for kind in told.types for part in kind.attributes for value in part.enum or ()}
    for word in request.words:
        if word.stem in choices and word.stem not in known and word.stem not in _FREE:
            yield Finding(ADDED, f"the request says '{word.text}', which no turn says: choose what the turns choose")
    wished = {part for spoken in told.steps for part in (*_wishes(spoken), *name_stems(spoken.tool.tool_name))}
    bare = {word.stem for spoken in told.steps for word in _imperatives(spoken.turn) if _is_bare(spoken.turn, word)}
    verbs = _imperatives(request)
    for word in verbs:
        if word.stem in wished and word.stem not in bare and _is_bare(request, word):
            yield Finding(LOST, f"the request says '{word.text}' and not what: say it as the turn does")
    # A word that gives a value in a turn ("by email") may be said as often in the request.
    new = [word for word in verbs if word.stem not in wished]
    said = Counter([word.stem for spoken in told.steps for word in spoken.turn.words] if new else ())
    merged = Counter([word.stem for word in request.words] if new else ())
    for word in new:
        if merged[word.stem] > said[word.stem]:
            yield Finding(
                ADDED, f"the request says '{word.text}', which no turn asks for: leave it out, or use the turn's verb"
            )
            return
    start = _opening(told, request)
    for stop in [*(match.start() for match in _CLAUSE.finditer(request.rest)), len(request.rest)]:
        if stop < start:
            continue
        first, last = (bisect_left(request.words, place, key=attrgetter("start")) for place in (start, stop))
        words = request.words[first:last]
        strange = [word for word in words if word.stem not in known and word.stem not in _FREE]
        if len(strange) > _MOST_STRANGE * len(words):
            shown = " ".join(request.text[start:stop].split()).strip(" ,.;:")
            yield Finding(ADDED, f"'{shown[:80]}' stands in no turn: leave it out, or say it in the turns' words")
        start = stop


def _opening(told: Conversation, request: Reading) -> int:
    """Return where a first sentence ends that tells of nothing in the world ("We are short of hands"); else 0."""
    found = _OPENING.match(request.rest)
    if found is None or (request.mentions and request.mentions[0].start < found.end()):
        return 0
    names = [name for kind in told.types for name in (kind.name, *(part.name for part in kind.attributes))]
    world = {part for name in names for part in name_stems(name)}
    words = [word for word in request.words if word.start < found.end()]
    return 0 if any(word.stem in world or word.text.casefold() in _DOING for word in words) else found.end()


def _imperatives(reading: Reading) -> list[Word]:
    """Return the verbs of doing that stand where a wish begins."""
    return [
        word
        for word in reading.words
        if word.text.casefold() in _DOING and _IMPERATIVE.search(reading.rest[max(0, word.start - 12) : word.start])
    ]
