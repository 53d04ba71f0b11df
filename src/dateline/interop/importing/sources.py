"""Finds what to read: the files or folders of a format, with their split and annotator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.interop.format import CONTRASTS, Format, ReadingOptions
from dateline.interop.source import UNNAMED, SourceDocument
from dateline.interop.spool import Spool
from dateline.model import Annotation
from dateline.rendering.listing import listed
from dateline.text import sha256_of_text

SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "devel": "validation",
    "development": "validation",
    "testa": "validation",
    "test": "test",
    "testb": "test",
    "eval": "test",
}
"""Names of files and folders that name a split."""


_SHARD = re.compile(r"-\d{5}-of-\d{5}(?=\.)")
"""The number of a file of several, as `datasets` names them."""

SHOWN = 5
"""How many files a message lists."""


class Source(NamedTuple):
    """A file or folder to read, the annotator, and the split that its name gives.

    One that ``may_be_empty`` is a folder beside those of splits, which need not have documents.
    """

    path: Path
    annotator: str
    split: str | None
    may_be_empty: bool = False


def find_sources(form: Format, paths: Iterable[tuple[str, Path]]) -> list[Source]:
    """What to read at these paths, each with the annotator whose annotations are there.

    A folder stands for the files of the format in it, or for a folder of each split. Where there
    are folders of splits, those beside them are splits as well, with names that are not known.
    Raises NotFoundError if there is nothing, and InvalidInputError for files beside such folders.
    """
    found: list[Source] = []
    for annotator, path in paths:
        if not path.exists():
            raise NotFoundError(f"{path}: there is no such file or folder.")
        if not path.is_dir():
            found.append(Source(path, annotator, split_of(path)))
        elif form.suffix:
            parts = sorted(p for p in path.rglob("*") if p.name.endswith(form.suffix))
            if not parts:
                raise NotFoundError(f"{path}: has no files of {form.name} (NAME{form.suffix}).")
            found += [Source(part, annotator, split_of(part)) for part in parts]
        else:
            found += _in_folder(form, annotator, path)
    return found


def _in_folder(form: Format, annotator: str, path: Path) -> list[Source]:
    """A folder with documents, or those of splits in it."""
    folders = [p for p in sorted(path.iterdir()) if p.is_dir() and not p.name.startswith(".")]
    if not any(map(split_of, folders)):
        return [Source(path, annotator, split_of(path))]
    beside = [p.name for p in sorted(path.iterdir()) if p.suffix in form.endings and p.is_file()]
    if beside:
        names = ", ".join(listed(beside, SHOWN))
        raise InvalidInputError(
            f"{path}: has files beside the folders of splits: {names}. Move them into a folder."
        )
    return [
        Source(p, annotator, split_of(p) or p.name, may_be_empty=split_of(p) is None)
        for p in folders
    ]


def read_sources(
    form: Format, sources: Iterable[Source], options: ReadingOptions | None = None
) -> Iterator[SourceDocument]:
    """The documents of all sources. Raises InvalidInputError for what cannot be read."""
    reader = form.reader_with(options or {})
    for source in sources:
        with suppress(NotFoundError) if source.may_be_empty else nullcontext():
            for document in reader(source.path):
                annotations, losses = document.annotations, document.losses
                if source.annotator != UNNAMED and annotations:
                    if {*annotations} - {UNNAMED}:
                        raise InvalidInputError(
                            f"{source.path}: names its annotators itself; leave out "
                            f'"{source.annotator}=".'
                        )
                    annotations = dict.fromkeys([source.annotator], annotations[UNNAMED])
                    losses = tuple(
                        replace(loss, annotator=source.annotator)
                        if loss.annotator == UNNAMED
                        else loss
                        for loss in losses
                    )
                split = document.split or source.split
                yield replace(document, annotations=annotations, losses=losses, split=split)


class SourceDocuments:
    """The documents of a source, which are kept in a file and can be read several times.

    Those with one name and one text are one document with the annotations of all. ``empty`` are the
    names of those that have no text, which are left out. Raises ConflictError if two have one name
    and different texts, or one annotator, and NotFoundError if there is none.
    """

    def __init__(self, documents: Iterable[SourceDocument]) -> None:
        self._spool = Spool(SourceDocument)
        self._parts: dict[str, list[int]] = {}
        self._texts: dict[str, str] = {}
        self._annotators: dict[str, set[str]] = {}
        self.empty: list[str] = []
        for document in documents:
            if document.text.strip():
                self._add(document)
            else:
                self.empty.append(document.name)
        if not self._parts:
            raise NotFoundError("The source has no documents with a text.")

    def _add(self, document: SourceDocument) -> None:
        name, text = document.name, sha256_of_text(document.text)
        if self._texts.setdefault(name, text) != text:
            raise ConflictError(
                f'"{name}" is the name of two documents with different texts. Rename one of them.'
            )
        annotators = self._annotators.setdefault(name, set())
        if twice := annotators & document.annotations.keys():
            who = ", ".join(sorted(filter(None, twice))) or "one annotator"
            raise ConflictError(
                f'"{name}" has two annotations by {who}. Name the annotators: ANNOTATOR=PATH.'
            )
        annotators.update(document.annotations)
        self._parts.setdefault(name, []).append(self._spool.append(document))

    @property
    def annotators(self) -> list[str]:
        """The annotators of the source, sorted."""
        return sorted(set().union(*self._annotators.values()))

    @property
    def annotations(self) -> Iterator[Annotation]:
        """The annotations of all documents."""
        for document in self:
            yield from document.annotations.values()

    def __len__(self) -> int:
        """The number of documents."""
        return len(self._parts)

    def __iter__(self) -> Iterator[SourceDocument]:
        """The documents in the order of the source."""
        for positions in self._parts.values():
            first, *others = (self._spool[position] for position in positions)
            for other in others:
                first = replace(
                    first,
                    annotations={**first.annotations, **other.annotations},
                    items=Counter(first.items) + Counter(other.items),
                    losses=(*first.losses, *other.losses),
                )
            yield first


def same_split(name: str, allowed: Iterable[str]) -> str:
    """The name of ``allowed`` for a split of another name, such as dev for validation.

    The name itself if there is none.
    """
    there = [*allowed]
    split = SPLITS.get(name.lower())
    found = [other for other in there if split and SPLITS.get(other.lower()) == split]
    return found[0] if name not in there and len(found) == 1 else name


def split_of(path: Path) -> str | None:
    """The split that the name gives, such as eng.testa or train.unified.jsonl; None without one."""
    if path.is_dir():
        return SPLITS.get(path.name.lower().removesuffix(CONTRASTS))
    parts = re.split(r"[._-]", _SHARD.sub("", path.name.lower()))[-3:]
    return next((SPLITS[part] for part in reversed(parts) if part in SPLITS), None)
