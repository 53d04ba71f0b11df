"""Texts that systems read: documents of a corpus or a dataset, or files of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dateline.corpus.segmentation import segment
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.model import Range, Struct
from dateline.text import sha256_of_text


class Text(Struct, frozen=True):
    """A text with its segmentation; offsets are code points, end exclusive."""

    id: str
    text: str
    text_sha256: str
    sentences: tuple[Range, ...] = ()
    tokens: tuple[Range, ...] = ()

    def tokens_of(self, sentence: Range) -> list[Range]:
        """The tokens that lie in a sentence, in order."""
        return [t for t in self.tokens if sentence[0] <= t[0] and t[1] <= sentence[1]]


def texts_of_corpus(corpus: Corpus, split: str | None = None) -> Iterator[Text]:
    """The texts of a corpus, or of one of its splits, in the order of their ids."""
    for name in corpus.document_ids():
        document = corpus.read_document(name)
        if split is None or document.split == split:
            yield Text(
                id=name,
                text=document.text,
                text_sha256=document.text_sha256,
                sentences=document.sentences,
                tokens=document.tokens,
            )


def texts_of_folder(folder: Path) -> Iterator[Text]:
    """The ``*.txt`` files of a folder in UTF-8, in the order of their names; ids are the stems.

    Raises DatelineError where there are none, or one is not UTF-8.
    """
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise DatelineError(f"{folder}: there are no files that end in .txt.")
    for path in paths:
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise DatelineError(
                f"{path}: is not UTF-8: {error.reason} at byte {error.start}."
            ) from None
        sentences, tokens = segment(text)
        yield Text(
            id=path.stem,
            text=text,
            text_sha256=sha256_of_text(text),
            sentences=sentences,
            tokens=tokens,
        )
