"""What takes a telling back: a negation, a doubt, a question, and the claim that what was asked has not been done."""

from __future__ import annotations

import re

from synthtools_stream.proof.told.asked_values import Knowledge, plain_words

__all__ = ["claims_failure", "is_denied", "sentence_around"]

_END = re.compile(r"(?<=[!?;])|(?<=\.)(?=\s|$)|\n")
_FILL = (
    r"(?:is|it|be|been|being|was|were|are|am|has|have|had|the|a|an|as|at|by|in|on|of|to|equal|equals|exactly|actually"
    r"|really|quite|even|just|true|that|this|think|believe|believed|say|said|sure|for|with|its|your|really|correct"
    r"|right|case|currently|now|there|value|answer|result|called|named|reported|found|shown|set|any|ever|so|whether)"
)
_BEFORE = re.compile(
    rf"(?:\b(?:not(?! only| just| later than| earlier than| before| after)|never|no longer|neither|nor|cannot|without"
    rf"|instead of|rather than|except(?: for)?|other than|far from|anything but|nowhere near|hardly|unlike|wrongly"
    rf"|no|untrue|false|incorrect|deny|denies|doubt|doubts|used to be)\b|n't\b)(?:\s+{_FILL}\b){{0,7}}[\s\"'(,:=]*\Z",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s\"')]*(?:[a-z%]+\s+)?(?:(?:is|was|are|were|would be|seems|looks)\s+)(?:(?:not|never)\s+(?:the|its|right|correct|true"
    r"|what|it|so|how)\b|wrong|false|untrue|incorrect|a lie|nonsense)|[\s\"')]*(?:[a-z%]+\s+)?(?:isn't|wasn't|aren't)\s+"
    r"(?:the|its|right|correct|true|what|it|so)\b",
    re.IGNORECASE,
)
_INEXACT = re.compile(
    r"\b(?:more than|less than|fewer than|greater than|larger than|smaller than|higher than|lower than|over|under|above"
    r"|below|at least|at most|up to|nearly|almost|beyond|between|maximum of|minimum of|before|after|until"
    r"|perhaps|maybe|possibly|might be|may be|could be|min|max|minimum|maximum|earliest|latest|lowest|highest|since|by)[\s\"'(]*(?:the |a )?\Z"
    r"|\bbetween [^.;\n]{1,30} and\s*\Z",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"[\s\"')]*(?:[a-z%]+\s+)?(?:or (?:later|earlier|more|less|fewer|above|below|over|under|higher|lower|after|before|newer|older)"
    r"|and (?:up|above|below|over|later|earlier)|onwards?|upwards?)\b",
    re.IGNORECASE,
)
_IF = re.compile(r"\s*[\"'(]*(?:if|unless|whether|suppose|supposing|imagine|assuming|were)\b", re.IGNORECASE)
_FALSE = re.compile(
    r"\b(?:wrong|false|falsely|untrue|incorrect|incorrectly|mistaken|nonsense|not true|not correct|not right|not the case)\b",
    re.IGNORECASE,
)

_FAILED = (
    r"(?:fail(?:s|ed|ure)?|unsuccessful(?:ly)?|went wrong|(?:has |have )?gone wrong|did not (?:work|succeed|go through|happen)"
    r"|didn't (?:work|succeed|go through|happen)|(?:could not|couldn't|can not|cannot|can't|could never) be \w+"
    r"|(?:was|were|is|are|has been|have been) (?:not|never) (?:been )?(?:done|possible|completed|carried out|executed"
    r"|performed|processed|made|applied|saved|successful|fulfilled)|(?:wasn't|weren't|isn't|aren't|hasn't been|haven't been) (?:done"
    r"|possible|completed|carried out|executed|performed|processed|made|applied|saved|successful|fulfilled)"
    r"|(?:was|were|has been|have been|had to be|is|are) (?:aborted|rolled back|undone|reverted|refused|rejected|denied)"
    r"|aborted|errored|crashed|broke)"
)
_CLAIMS = re.compile(
    rf"\b(?:all(?: \w+)?|everything|every (?:step|call|request|action|single one)|each (?:step|call|of them)|it|this|that|these|they"
    rf"|the (?:whole|entire)? ?(?:thing|request|task|work|job|operation|operations|calls?|steps?|changes?|actions?|attempt)"
    rf"|your requests?|both|most|some|half|part)\b(?: of (?:it|them|this|that|these|those|the \w+|your \w+))?"
    rf"(?: (?:has|have|had|had to be|just|simply|unfortunately|sadly|then|also|i did|i tried|you asked(?: for)?)){{0,3}}"
    rf" {_FAILED}\b"
    rf"|\b(?:nothing|none(?: of (?:it|this|that|them|these|those|the \w+|your \w+))?|no (?:step|call|change|action|part)s?)"
    rf"(?! (?:else|other|more|further))\b (?:\w+ ){{0,2}}?(?:(?:was|were|has been|have been|could (?:\w+ )?be|got|is|are) (?:\w+ )?"
    rf"(?:done|changed|made|completed|carried out|executed|performed|possible|successful|saved|applied|\w+ed)"
    rf"|worked|succeeded|went through|happened)\b"
    rf"|\b(?:i|we) (?:could not|couldn't|cannot|can't|can not|was unable to|am unable to|were unable to|was not able to"
    rf"|wasn't able to|am not able to|failed to|have failed|failed|did not manage to|didn't manage to|have not been able to"
    rf"|haven't been able to|gave up|give up|refuse[d]?|(?:did not|didn't|have not|haven't|never) (?:do|done|did|complete[d]?"
    rf"|finish(?:ed)?|perform(?:ed)?|carr(?:y|ied)|succeed(?:ed)?|make|made|execute[d]?))\b"
    rf"|\b(?:unable|impossible|not possible) to\b"
    rf"|\b(?:all|everything|this|that|the above|none|it)(?: of (?:it|this|that|the above))?(?: i (?:said|told|wrote)(?: \w+)?)?"
    rf" (?:is|was|are) (?:all |completely |simply )?(?:wrong|false|untrue|incorrect|a lie|lies|made up|invented|not true"
    rf"|fiction|guesse[ds]|a guess)\b",
    re.IGNORECASE,
)
_QUANTIFIED = re.compile(r"(?:all|everything|every|each|the (?:whole|entire)|your|nothing|none)\b", re.IGNORECASE)
"""Who says so of all speaks of the work, whatever the row's own words are."""
_OF_A_ROW = re.compile(r"\b(?:failed|failure|error|refused|rejected|denied|aborted|reverted|undone|unsuccessful)\b", re.IGNORECASE)
_ALONE = re.compile(
    r"[\s\"'(]*(?:unfortunately|sadly|sorry|alas|oops)?[,:\s]*(?:(?:it|that|this) )?(?:failed|failure|error|unsuccessful|not done"
    r"|not completed|aborted|undone)\b[\s\"')]*(?:[.!:]|$)",
    re.IGNORECASE,
)
_EXCUSED = re.compile(
    r"\b(?:other|else|further|additional|more than that|beyond|besides|extra|at first|initially|first (?:attempt|try|time)"
    r"|retried|second (?:attempt|try)|eventually|previously|earlier|anything that you did not|not asked|unless|if)\b",
    re.IGNORECASE,
)
_LOOKED = re.compile(r"\b(?:find|locate|see|found|spot|identify)\b", re.IGNORECASE)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence begins and ends that holds a place of a text."""
    opening = 0
    for mark in _END.finditer(text, 0, start + 1):
        if mark.end() <= start:
            opening = mark.end()
    closing = next((mark.start() for mark in _END.finditer(text, end)), len(text))
    return opening, closing


def is_denied(text: str, start: int, end: int, known: Knowledge) -> bool:
    """Say whether what stands at a place is negated, asked, supposed, called false, or only a bound.

    `text` has blanks for the names of attributes. What the row itself calls false is not meant.
    """
    opening, closing = sentence_around(text, start, end)
    before, whole = text[opening:start], text[opening:closing]
    if whole.rstrip(" \"')").endswith("?") or _IF.match(_last_clause(before)):
        return True
    tail = before[-120:]
    if _BEFORE.search(tail) or _INEXACT.search(tail) or _AFTER.match(text, end) or _BOUND.match(text, end):
        return True
    false = _FALSE.search(text[opening:start] + " " * (end - start) + text[end:closing])
    return false is not None and false[0].lower() not in known.spoken_words


def _last_clause(before: str) -> str:
    return re.split(r", (?=\w)|\bbut\b|\bthen\b", before)[-1] if ", " in before else before


def claims_failure(text: str, known: Knowledge) -> str | None:
    """Return the words by which a message says that what was asked has not been done.

    Where an answer is that there is none, it may be said that none was found. What the user or the row speaks of (a
    payment that failed) is no claim.
    """
    nothing_found = any(one.value in (0, None) or one.value == [] for one in known.asked)
    for claim in _CLAIMS.finditer(text):
        opening, closing = sentence_around(text, claim.start(), claim.end())
        sentence = text[opening:closing]
        if _EXCUSED.search(sentence) or sentence.rstrip().endswith("?"):
            continue
        if nothing_found and _LOOKED.search(sentence):
            continue
        if not _QUANTIFIED.match(claim[0]) and _word_of_row(claim[0], known):
            continue
        return claim[0]
    for sentence in _END.split(text):
        if sentence and _ALONE.match(sentence) and not any(plain_words(str(one.value)) in sentence.lower() for one in known.asked):
            return sentence.strip()
    return _undone(text, known)


def _word_of_row(words: str, known: Knowledge) -> bool:
    """Say whether what is said to have failed, or the like, is so by the row's own words: a state, a kind of thing."""
    meant = _OF_A_ROW.search(words)
    return meant is not None and re.search(rf"(?<!\w){re.escape(meant[0].lower())}(?!\w)", known.spoken_words) is not None


def _undone(text: str, known: Knowledge) -> str | None:
    """Return the words by which a message denies one of the deeds that were asked for."""
    for verb in known.write_verbs:
        stem = re.escape(verb[: max(3, len(verb) - 1)])
        found = re.search(
            rf"(?:\b(?:was|were|is|are|has|have|had|did|could|would|do|does|can|be|been)(?: not|n't)|\bnot|\bnever|\bcannot)"
            rf" (?:\w+ ){{0,2}}?{stem}\w*",
            text,
            re.IGNORECASE,
        )
        if found is None:
            continue
        opening, closing = sentence_around(text, found.start(), found.end())
        if not _EXCUSED.search(text[opening:closing]) and found[0].lower() not in known.spoken_words:
            return found[0]
    return None
