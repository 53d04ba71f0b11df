"""Texts that systems read: the documents of a corpus, or the files of a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from dateline.corpus.store import Corpus
from dateline.errors import NotFoundError
from dateline.files.reading import read_text
from dateline.model import Document, Range, Struct
from dateline.text import sha256_of_text


class Text(Struct, frozen=True):
    """A text with its sentences and tokens, as offsets in code points, end exclusive.

    Of a text that is withheld, ``text`` is empty and ``withheld`` is its length.
    """

    id: str
    text: str
    text_sha256: str
    sentences: tuple[Range, ...] = ()
    tokens: tuple[Range, ...] = ()
    withheld: int | None = None

    @property
    def length(self) -> int:
        """The length of the text in code points, also if it is withheld."""
        return len(self.text) if self.withheld is None else self.withheld

    def tokens_of(self, sentence: Range) -> list[Range]:
        """The tokens of a sentence, in order."""
        return [t for t in self.tokens if sentence[0] <= t[0] and t[1] <= sentence[1]]


class CorpusTexts(Mapping[str, Text]):
    """The texts of a corpus by document id; each is read from disk when it is looked up."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._ids = dict.fromkeys(corpus.document_ids())

    def __getitem__(self, name: str) -> Text:
        if name not in self._ids:
            raise KeyError(name)
        return _text_of(self._corpus.read_document(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, name: object) -> bool:
        return name in self._ids


def texts_of_corpus(corpus: Corpus, split: str | None = None) -> Iterator[Text]:
    """The texts of a corpus, or of one of its splits, sorted by id."""
    for name in corpus.document_ids():
        document = corpus.read_document(name)
        if split is None or document.split == split:
            yield _text_of(document)


def texts_of_folder(folder: Path) -> Iterator[Text]:
    """The ``*.txt`` files of a folder, in UTF-8, sorted by name; the file's stem is the id.

    Raises DatelineError if there are none, or one is not UTF-8.
    """
    from dateline.corpus.segmentation.choosing import segmenter_for  # noqa: PLC0415 (slow to import)

    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise NotFoundError(f"{folder}: has no .txt files.")
    for path in paths:
        text = read_text(path)
        sentences, tokens = segmenter_for(text).segment(text)
        yield Text(
            id=path.stem,
            text=text,
            text_sha256=sha256_of_text(text),
            sentences=sentences,
            tokens=tokens,
        )


def _text_of(document: Document) -> Text:
    return Text(
        id=document.id,
        text=document.text,
        text_sha256=document.text_sha256,
        sentences=document.sentences,
        tokens=document.tokens,
    )
