"""Words of the corpus's texts in examples of the guidelines.

Words are the tokens of the text, which a segmenter knows in every language. The example needs no
tokens: its letters are searched for those of consecutive tokens.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.files.reading import read_text
from dateline.model import Document, Range, Struct
from dateline.ontology.guidelines_page import PAGE, page_examples
from dateline.ontology.label_lists import label_lists
from dateline.ontology.rules import title_of
from dateline.shingles import words

SHARED = 4
"""Words in a row that an example may not share with a text."""

BYTES = 12
"""Bytes in UTF-8 that the letters of such words have at least; fewer are shared by chance."""

_KEY = 6
"""Letters by which examples are looked up."""


class Example(Struct, frozen=True):
    """An example or counterexample: what it is of, its text, and its letters without spaces."""

    of: str
    text: str
    letters: str


class Shared(Struct, frozen=True):
    """The longest passage of a text that an example shares, with its number of words."""

    example: Example
    range: Range
    words: int


class Examples:
    """The examples of a corpus's ontology and page of guidelines."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def shared_with(self, document: Document) -> Iterator[Shared]:
        """The examples that share `SHARED` words in a row with the text."""
        if not self._by_key:
            return
        found: dict[Example, Shared] = {}
        tokens = [
            (span, letters)
            for span in document.tokens
            if (letters := "".join(words(document.text[slice(*span)])))
        ]
        for first in range(len(tokens)):
            letters = ""
            for last in range(first, len(tokens)):
                letters += tokens[last][1]
                if len(letters) < _KEY:
                    continue
                holding = [e for e in self._by_key.get(letters[:_KEY], ()) if letters in e.letters]
                if not holding:
                    break
                count = last - first + 1
                is_long = count >= SHARED and len(letters.encode()) >= BYTES
                for example in holding if is_long else ():
                    if example not in found or found[example].words < count:
                        start, end = tokens[first][0][0], tokens[last][0][1]
                        found[example] = Shared(example=example, range=(start, end), words=count)
        yield from found.values()

    @cached_property
    def _by_key(self) -> Mapping[str, Collection[Example]]:
        """Examples by every sequence of `_KEY` letters in them."""
        found: defaultdict[str, dict[Example, None]] = defaultdict(dict)
        for example in self._all():
            for start in range(len(example.letters) - _KEY + 1):
                found[example.letters[start : start + _KEY]][example] = None
        return found

    def _all(self) -> Iterator[Example]:
        for kind, labels in label_lists(self._corpus.ontology, values=True).items():
            for label in labels:
                for text in (*label.examples, *label.counterexamples):
                    yield _example(title_of(kind, label.name), text)
        page = self._corpus.root / PAGE
        with contextlib.suppress(DatelineError):  # G901 reports a page that cannot be read.
            for example in page_examples(read_text(page)) if page.is_file() else ():
                yield _example(f"{PAGE}:{example.line}", example.text)


def _example(of: str, text: str) -> Example:
    return Example(of=of, text=text, letters="".join(words(text)))
