"""Sentence boundaries that syntok sets wrongly, undone by what is around them.

A rule looks at the end of one sentence and the start of the next, within one line. Rules only join
sentences; they never split one. The lists of words are English where nothing else is said.
"""

from __future__ import annotations

import re

import regex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("""
    Adm Amb Asst Atty Brig Bro Capt Cdr Cmdr Col Comdr Cpl Cpt Dep Det Fr Ft Gen Gov Govs Hon Insp
    Lt Maj Messrs Mlle Mme Mmes Msgr Pfc Pres Prof Pvt Rep Reps Rev Rt Secy Sen Sens Sgt Spc Supt vs
    Dipl Frl Hr Ing Sra Srta Sig Dott Avv
    """)
"""Abbreviations that come before a name, in English, German, French, Spanish and Italian."""

COMPANY = _words("""
    AB AG Co Corp Corporation GmbH Holdings Inc Incorporated KK LLC LLP LP Ltd NV Oy Plc PLC SA SE
    SpA
    """)
"""Words that end the name of a company."""

MARKED_NAMES = _words("Guess Jeopardy Joomla Kahoot Wham Yahoo Yum")
"""Names that end with an exclamation or a question mark."""

FUNCTION_WORDS = _words("""
    A After All Also An And Another Any As Because Before Both But Each Either Every For From He Her
    Here Hers His How However I If In Is It Its Many Meanwhile Most My Neither No Nobody None Nor
    Not Nothing Now Of On One Or Our She So Some Such That The Their Then There These They This
    Those Though Thus To Under Until We Were What When Where Which While Who Why With Yes
    Yet You Your
    """)
"""Words that are not the start of a name."""

NAME_PARTICLES = _words(
    "al and bin da de del della den der di dos du el for ibn la le of the van von y zu"
)
"""Words in lower case within a name."""

ATTRIBUTION = _words("""
    acknowledged added adds admitted agreed announced answered argued asked asks begged bellowed
    called claimed commented complained concluded continued countered cried declared demanded
    exclaimed explained explains gasped growled inquired insisted interrupted joked laughed muttered
    murmured noted observed pleaded quipped recalled remarked repeated replied replies reported
    responded responds retorted roared said says screamed shouted shouts shrieked sighed stated
    thought told tells tweeted urged warned warns whispered wondered wonders writes wrote yelled
    yells
    """)
"""Verbs that attribute a quote, in the forms of the third person."""

ADVERBS = _words("again also finally later once then")
"""Words between a name and a verb; others end with "ly"."""

_QUOTES = "\"'´”’\u00bb›“‘"
_QUOTED = re.compile(rf"[?!…‽][?!…]*[{_QUOTES}]+$")
_OPENING = frozenset("\"'“”„\u00ab\u00bb‚‘’‹›¿¡")
_TITLE = re.compile(r"(?:^|[^\w.])([^\W\d_]+)\.$")
_MARKED = re.compile(r"(?:^|[^\w])([^\W\d_]+)[!?]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"\s*([^\W_]+(?:[-.'’][^\W_]+)*)\.?")
_DASH = re.compile(r"[-–—―]+\s*[^\W\d_]")
_GREEK = regex.compile(r"\p{Greek}\W*$")
_WINDOW = 200
_WORDS_OF_NAME = 8


def is_after_semicolon(before: str, after: str) -> bool:  # noqa: ARG001 (a rule has both sides)
    """Whether a boundary is after a semicolon, which is a question mark in Greek only."""
    return before.endswith(";") and _GREEK.search(before) is None


def is_within_name(before: str, after: str) -> bool:
    """Whether a boundary is within a name: after a title (`Rep. Bo`) or a mark (`Yahoo! Inc.`)."""
    first = _FIRST_WORD.match(after)
    if first is None or first.group() in FUNCTION_WORDS:
        return False
    title = _TITLE.search(before[-_WINDOW:])
    if title is not None:
        return title[1] in TITLES
    marked = _MARKED.search(before[-_WINDOW:])
    if marked is None or not marked[1][0].isupper():
        return False
    return marked[1] in MARKED_NAMES or first.group() in COMPANY


def is_before_attribution(before: str, after: str) -> bool:
    """Whether a boundary is between a quoted question or exclamation and who says it.

    After a full stop it is not: before an attribution, a quote ends with a comma instead.
    """
    if _QUOTED.search(before[-_WINDOW:]) is None or not _is_all_quoted(before):
        return False
    dash = _DASH.match(after)
    if dash is not None:
        return dash.group()[-1].islower()
    return _starts_with_attribution(after[:_WINDOW])


def _is_all_quoted(sentence: str) -> bool:
    """Whether a sentence that ends with a quotation mark is quoted from its start."""
    if sentence[0] in _OPENING:
        return True
    # A quote of several sentences has been opened in an earlier one.
    body = sentence.rstrip(_QUOTES)
    return not any(mark in body for mark in '"“”„\u00ab\u00bb')


def _starts_with_attribution(text: str) -> bool:
    """Whether a text starts with a name followed by a verb of attribution."""
    position, word = 0, ""
    for number in range(_WORDS_OF_NAME):
        found = _WORD.match(text, position)
        if found is None:
            return False
        is_owned = word.endswith(("'s", "’s"))
        word, position = found[1], found.end()
        if number == 0:
            if not word[0].isupper() or word in FUNCTION_WORDS:
                return False
        elif word in ATTRIBUTION:
            return True
        elif word[0].islower() and not (
            is_owned or word in NAME_PARTICLES or word in ADVERBS or word.endswith("ly")
        ):
            return False
    return False
