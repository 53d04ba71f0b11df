"""Writes the documents of a source as seeds: the text, its metadata, and its tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, InvalidInputError
from dateline.files.writing import sha256
from dateline.ingest.metadata_fields import Value, checked, fields_of, parsed, shown
from dateline.interop.importing.sources import same_split
from dateline.interop.losses import Loss
from dateline.interop.representation import tokens_by_sentence, written
from dateline.interop.source import SourceDocument
from dateline.model import Document
from dateline.ontology.schemas import split_shares

_META = "meta."


class SeedWriter:
    """Writes seeds of a corpus, each of which has a name of its own."""

    def __init__(self, corpus: Corpus) -> None:
        self._folder = corpus.seeds
        self._fields = fields_of(corpus.schemas)
        self._splits = split_shares(corpus.schemas)
        self._sources: dict[str, str] = {}

    def write(self, source: SourceDocument) -> str:
        """Write a document. Returns the name of its seed.

        Raises ConflictError if another document has the same.
        """
        name = _seed_name(source.name)
        if name in self._sources:
            raise ConflictError(
                f'"{source.name}": another document has the name "{name}". Rename one of them.'
            )
        self._sources[name] = source.name
        files = {f"{name}.txt": source.text.encode()}
        if toml := _toml(self._metadata(source)[0]):
            files[f"{name}.toml"] = toml.encode()
        words = _words(source)
        if words is not None:
            files[f"{name}.tokens.json"] = json.dumps(words, ensure_ascii=False).encode()
        for file, content in files.items():
            (self._folder / file).write_bytes(content)
        return name

    def counts(self, source: SourceDocument) -> dict[str, int]:
        """How many parts of the document there are, by kind, apart from annotations."""
        given = {
            "documents": 1,
            "metadata": len(_given(source)),
            "segmentation": int(source.tokens is not None),
        }
        return {kind: count for kind, count in given.items() if count}

    def losses(self, source: SourceDocument, known: Document | None) -> Iterator[Loss]:
        """What cannot be written, or was not because the corpus has the text already."""
        metadata, reasons = self._metadata(source)
        if known is not None:
            there = _given_of(known)
            for name, value in metadata.items():
                if there.get(name) != value:
                    reasons[name] = "the corpus has the text already, with other metadata"
        for name, reason in reasons.items():
            yield _left_out(source, "metadata", name, reason)
        if source.tokens is None:
            return
        if known is not None:
            if (source.sentences, source.tokens) != (known.sentences, known.tokens):
                reason = "the corpus has the text already, with another segmentation"
                yield _left_out(source, "segmentation", "segmentation", reason)
        elif _words(source) is None:
            reason = "it has no sentences, or they do not cover the text"
            yield _left_out(source, "segmentation", "segmentation", reason)

    def _metadata(self, source: SourceDocument) -> tuple[dict[str, Value], dict[str, str]]:
        """What the corpus can have of the metadata, and why not of the rest, by field."""
        values: dict[str, Value] = {}
        reasons: dict[str, str] = {}
        for name, value in _given(source).items():
            field = self._fields.get(name)
            if field is None:
                reasons[name] = "the corpus does not declare it"
                continue
            if name == "split":
                value = same_split(str(value), self._splits)
            if field.kind == "text":
                (value,) = written(value)  # type: ignore[arg-type]
            read = parsed if isinstance(value, str) else checked
            try:
                values[name] = read("", name, value, field)  # type: ignore[arg-type]
            except InvalidInputError:
                reasons[name] = f"is {shown(value)}, expected {field.expected}"
        return values, reasons


def _given(source: SourceDocument) -> dict[str, Value]:
    """The metadata that a source has, by the fields of seeds."""
    fields: dict[str, Value | None] = {
        "title": source.title,
        "language": source.language,
        "split": source.split,
        **{_META + key: value for key, value in source.meta.items()},
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _given_of(document: Document) -> Mapping[str, object]:
    return {
        "title": document.title,
        "language": document.language,
        "split": document.split,
        **{_META + key: value for key, value in document.meta.items()},
    }


def _toml(metadata: Mapping[str, Value]) -> str:
    lines = [f"{n} = {_shown(v)}\n" for n, v in metadata.items() if not n.startswith(_META)]
    table = [
        f"{n.removeprefix(_META)} = {_shown(v)}\n"
        for n, v in metadata.items()
        if n.startswith(_META)
    ]
    return "".join([*lines, *(["[meta]\n", *table] if table else ())])


def _shown(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)


def _left_out(source: SourceDocument, kind: str, name: str, reason: str) -> Loss:
    return Loss(document=source.name, kind=kind, name=name, outcome="left out", reason=reason)


def _words(source: SourceDocument) -> list[list[str]] | None:
    """The tokens of each sentence; None if there are none, or if they do not cover the text."""
    if source.sentences is None or source.tokens is None:
        return None
    sentences = tokens_by_sentence(source.sentences, source.tokens)
    end = 0
    for start, next_end in (token for tokens in sentences for token in tokens):
        if source.text[end:start].strip():
            return None
        end = next_end
    if source.text[end:].strip():
        return None
    return [[source.text[start:end] for start, end in tokens] for tokens in sentences]


def _seed_name(name: str) -> str:
    cleaned = re.sub(r"[/\\\x00-\x1f]", "-", name).strip(".") or "document"
    return cleaned if len(cleaned) <= 100 else f"{cleaned[:80]}-{sha256(name.encode())[:8]}"
