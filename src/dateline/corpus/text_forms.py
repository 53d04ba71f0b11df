"""Recognition of a document's text in another form, and conversion of offsets between the forms.

Other programs get a text from its seed, with a byte order mark, boilerplate, or other line ends
than the document, or rebuild it from its tokens, with other white space. All offsets are Unicode
code points, end exclusive.
"""

from __future__ import annotations

import itertools
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from dateline.corpus.boilerplate import BYTE_ORDER_MARK, boilerplate_in
from dateline.corpus.seed_text import text_of_seed
from dateline.corpus.store import Corpus
from dateline.files.writing import sha256
from dateline.model import Dropped, Range, Struct
from dateline.ontology.schemas import boilerplate

_BLANKS = " \t\n"


class TextMatch(Struct, frozen=True):
    """A document whose text is that of a copy, ``text``, and where the characters of both are.

    ``copied[i]`` and ``kept[i]`` are the offsets of one character in the copy and in the document.
    """

    document: str
    text: str
    copied: Sequence[int]
    kept: Sequence[int]

    def range_of(self, start: int, end: int) -> Range | None:
        """A range of the copy as a range of the document; None if nothing of it is in there."""
        first, last = bisect_left(self.copied, start), bisect_left(self.copied, end)
        return (self.kept[first], self.kept[last - 1] + 1) if first < last else None


class TextFinder:
    """Finds the document of a corpus with a text, whichever form the text is in."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._patterns = boilerplate(corpus.schemas)
        self._by_text: dict[str, str] = {}
        self._by_form: dict[str, list[str]] = {}
        self._by_characters: dict[str, list[str]] = {}
        self._by_seed: dict[str, tuple[Dropped, ...]] = {}
        for document in map(corpus.read_document, corpus.document_ids()):
            self._by_text[document.text_sha256] = document.id
            self._by_form.setdefault(_hash(_form(document.text, ())[0]), []).append(document.id)
            characters = _hash("".join(document.text.split()))
            self._by_characters.setdefault(characters, []).append(document.id)
            self._by_seed[document.seed.sha256] = document.seed.dropped

    def find(self, copy: str) -> list[TextMatch]:
        """The documents with this text: the one with exactly this, or all with a form of it.

        If there are none, those whose text has other white space.
        """
        exact = self._by_text.get(_hash(copy))
        if exact is not None:
            same = range(len(copy))
            return [TextMatch(document=exact, text=copy, copied=same, kept=same)]
        for form_of, known in ((_form, self._by_form), (_characters, self._by_characters)):
            for cuts in self._cuts(copy):
                form, copied = form_of(copy, cuts)
                names = known.get(_hash(form), []) if form else []
                if names:
                    return [
                        TextMatch(
                            document=name,
                            text=copy,
                            copied=copied,
                            kept=form_of(self._corpus.read_document(name).text, ())[1],
                        )
                        for name in names
                    ]
        return []

    def _cuts(self, copy: str) -> Iterator[Sequence[Dropped]]:
        """What may have been dropped from the copy to make a document."""
        yield ()
        yield boilerplate_in(copy, self._patterns)
        # The patterns may have changed since the seed was ingested.
        for start in ("", BYTE_ORDER_MARK):
            shift = len(start)
            dropped = self._by_seed.get(_hash(start + copy), ())
            yield [
                replace(cut, start=cut.start - shift, end=cut.end - shift)
                for cut in dropped
                if cut.end > shift
            ]


def possible_texts(copy: str, dropped: Sequence[Dropped] = ()) -> Iterator[str]:
    """Every text that a copy may stand for, the likeliest first; compare their hashes.

    These are the copy as it came, without byte order mark, and without the ranges ``dropped`` from
    a document's seed; each of them as it is and in the Unicode normalizations NFC and NFD, with
    other line ends, and with one line end or none at the end.
    """
    starts = [copy, copy.removeprefix(BYTE_ORDER_MARK), text_of_seed(copy, dropped)]
    forms: list[Callable[[str], str]] = [
        str,
        lambda text: unicodedata.normalize("NFC", text),
        lambda text: unicodedata.normalize("NFD", text),
    ]
    for start, form in itertools.product(dict.fromkeys(starts), forms):
        text = form(start)
        yield text
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        for end in ("\n", "\r\n", "\r"):
            for body in (plain, plain.rstrip("\n"), plain.rstrip("\n") + "\n"):
                yield body.replace("\n", end)


def _form(text: str, cuts: Sequence[Dropped]) -> tuple[str, Sequence[int]]:
    r"""The text with ``\n`` as line ends and no blanks around it, and its characters' offsets."""
    places: Sequence[int] = range(len(text))
    if cuts:
        places = _kept_places(len(text), cuts)
        text = text_of_seed(text, cuts)
    if "\r" in text:
        kept = [i for i in range(len(text)) if text[i : i + 2] != "\r\n"]
        places = [places[i] for i in kept]
        text = "".join(text[i] for i in kept).replace("\r", "\n")
    start = len(text) - len(text.lstrip(_BLANKS))
    form = text.strip(_BLANKS)
    return form, places[start : start + len(form)]


def _characters(text: str, cuts: Sequence[Dropped]) -> tuple[str, Sequence[int]]:
    """The characters of the text that are not white space, and their offsets."""
    form, places = _form(text, cuts)
    at = [i for i, character in enumerate(form) if not character.isspace()]
    return "".join(form.split()), [places[i] for i in at]


def _kept_places(length: int, cuts: Sequence[Dropped]) -> list[int]:
    """Where the characters come from that are left; those of a replacement from its start."""
    places: list[int] = []
    position = 0
    for cut in cuts:
        places += range(position, cut.start)
        places += [cut.start] * len(cut.replacement)
        position = cut.end
    return [*places, *range(position, length)]


def _hash(text: str) -> str:
    # A copy may have half of a surrogate pair, and is then no document's text.
    return sha256(text.encode("utf-8", "surrogatepass"))
