"""The claim that what was asked has not been done: `all of it failed`, `I was unable to move it`, `nothing was done`.

A state that is right beside such a message is not what the user was told, so that it is not solved. What the row itself
calls failed or refused (a payment) is no claim, and neither is what is said of other work than what was asked.
"""

from __future__ import annotations

import re

from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.told.row_facts import plain_words
from synthtools_stream.proof.told.sentences import sentence_around, sentences

__all__ = ["claims_failure"]

_DONE = (
    "done|possible|completed|carried out|executed|performed|processed|made|applied|saved|successful|fulfilled"
    "|changed|moved|sent"
)
_FAILED = (
    r"(?:fail(?:s|ed|ure)?|unsuccessful(?:ly)?|(?:has |have )?(?:went|gone) wrong"
    r"|(?:did not|didn't) (?:work|succeed|go through|happen)"
    r"|(?:could not|couldn't|can not|cannot|can't|could never) be \w+"
    rf"|(?:was|were|is|are|has been|have been) (?:not|never) (?:been )?(?:{_DONE})"
    rf"|(?:wasn't|weren't|isn't|aren't|hasn't been|haven't been) (?:{_DONE})"
    r"|(?:was|were|has been|have been|had to be|is|are) (?:aborted|rolled back|undone|reverted|refused|rejected|denied)"
    r"|aborted|errored|crashed)"
)
_ALL = (
    r"(?:all(?: \w+)?|everything|every (?:step|call|request|action|single one)|each (?:step|call|of them)|it|this"
    r"|that|these"
    r"|they|the (?:(?:whole|entire) )?(?:thing|request|task|work|job|operations?|calls?|steps?|changes?|actions?"
    r"|attempt)"
    r"|your requests?|both|most|some|half|part)"
)
_OF_THEM = r"(?: of (?:it|them|this|that|these|those|the \w+|your \w+))?"
_BETWEEN = (
    r"(?: (?:has|have|had|had to be|just|simply|unfortunately|sadly|then|also|i did|i tried|you asked(?: for)?)){0,3}"
)
_NONE = r"(?:nothing|none|no (?:step|call|change|action|part)s?)(?! (?:else|other|more|further))"
_NOT_I = (
    r"(?:i|we) (?:was unable|were unable|am unable|was not able|wasn't able|am not able|failed|have failed"
    r"|did not manage"
    r"|didn't manage|have not been able|haven't been able) to"
    r"|(?:i|we) (?:gave up|give up|refused?)"
    rf"|(?:i|we) (?:could not|couldn't|cannot|can't|can not|did not|didn't|have not|haven't|never) (?:actually )?"
    rf"(?:do|did|complete|finish(?:ed)?|perform|carry|carried|succeed(?:ed)?|make|execute|process|fulfil|fulfill|help"
    rf"|proceed|look up"
    rf"|get|retrieve|access|determine|tell|{_DONE})"
)
_UNTRUE = r"(?:wrong|false|untrue|incorrect|a lie|lies|made up|invented|not true|fiction|guesses|guessed|a guess)"
_CLAIM = re.compile(
    rf"\b(?:{_ALL}{_OF_THEM}{_BETWEEN} {_FAILED}"
    rf"|{_NONE}{_OF_THEM} (?:\w+ ){{0,2}}?(?:(?:was|were|has been|have been|could (?:\w+ )?be|got|is"
    rf"|are) (?:\w+ )?(?:{_DONE}|\w+ed)"
    r"|worked|succeeded|went through|happened)"
    rf"|{_NOT_I}|(?:unable|impossible|not possible) to"
    rf"|(?:all|everything|this|that|the above|none|it){_OF_THEM}(?: i (?:said|told|wrote)(?: \w+)?)? (?:is|was|are)"
    rf" (?:all |completely |simply )?{_UNTRUE})\b",
    re.IGNORECASE,
)
_QUANTIFIED = re.compile(r"(?:all|everything|every|each|the (?:whole|entire)|your|nothing|none)\b", re.IGNORECASE)
"""Who says so of all speaks of the work, whatever the row's own words are."""
_OF_A_ROW = re.compile(
    r"\b(?:failed|failure|error|refused|rejected|denied|aborted|reverted|undone|unsuccessful)\b", re.IGNORECASE
)
_ALONE = re.compile(
    r"[\s\"'(]*(?:unfortunately|sadly|sorry|alas|oops)?[,:\s]*(?:(?:it|that|this) )?(?:failed|failure|error"
    r"|unsuccessful"
    r"|not done|not completed|aborted|undone)\b[\s\"')]*(?:[.!:]|$)",
    re.IGNORECASE,
)
_EXCUSED = re.compile(
    r"\b(?:other|else|further|additional|beyond|besides|extra|at first|initially|first (?:attempt|try|time)|retried"
    r"|second (?:attempt|try)|eventually|previously|earlier|not asked|unless|if)\b",
    re.IGNORECASE,
)
"""What makes it a word about something else, or about an attempt before the one that went well."""
_LOOKED = re.compile(r"\b(?:find|locate|see|found|spot|identify)\b", re.IGNORECASE)


def claims_failure(text: str, known: Knowledge) -> str | None:
    """Return the words by which a plain message says that what was asked has not been done.

    Where an answer is that there is none, it may be said that none was found.
    """
    nothing_found = any(one.value in (0, None) or one.value == [] for one in known.asked)
    for claim in _CLAIM.finditer(text):
        opening, closing = sentence_around(text, claim.start(), claim.end())
        sentence = text[opening:closing]
        if _EXCUSED.search(sentence) or sentence.rstrip().endswith("?"):
            continue
        if (nothing_found and _LOOKED.search(sentence)) or (
            not _QUANTIFIED.match(claim[0]) and _is_of_row(claim[0], known)
        ):
            continue
        return claim[0]
    alone = (sentence for sentence in sentences(text) if _ALONE.match(sentence) and not _tells_answer(sentence, known))
    return next(alone, None) or _denied_deed(text, known)


def _is_of_row(words: str, known: Knowledge) -> bool:
    """Say whether what is said to have failed, or the like, is so by the row's own words: a state, a kind of thing."""
    meant = _OF_A_ROW.search(words)
    return meant is not None and re.search(rf"(?<!\w){meant[0].lower()}(?!\w)", known.spoken_words) is not None


def _tells_answer(sentence: str, known: Knowledge) -> bool:
    return any(plain_words(str(one.value)) in sentence.lower() for one in known.asked)


def _denied_deed(text: str, known: Knowledge) -> str | None:
    """Return the words by which a message denies one of the deeds that were asked for: `was not moved`."""
    for verb in known.write_verbs:
        stem = re.escape(verb[: max(3, len(verb) - 1)])
        found = re.search(
            r"(?:\b(?:was|were|is|are|has|have|had|did|could|would|do|does|can|be|been)(?: not"
            r"|n't)|\bnot|\bnever|\bcannot|\bcan't"
            rf"|\bcouldn't) (?:\w+ ){{0,2}}?{stem}\w*",
            text,
            re.IGNORECASE,
        )
        if found is None:
            continue
        opening, closing = sentence_around(text, found.start(), found.end())
        if not _EXCUSED.search(text[opening:closing]) and found[0].lower() not in known.spoken_words:
            return found[0]
    return None
