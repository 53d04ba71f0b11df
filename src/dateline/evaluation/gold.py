"""What predictions are scored against, from a corpus or from a built dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dateline.corpus.store import Corpus, packaged_schemas
from dateline.dataset.description.citation import read_citation
from dateline.errors import DatelineError
from dateline.evaluation.columns.side import Said
from dateline.model import GOLD, Claim, Entity, Event, Mention, Range, Relation, Struct
from dateline.ontology.labels import Ontology
from dateline.predictions.texts import Text

if TYPE_CHECKING:
    from datasets import Dataset


class GoldDocument(Struct, frozen=True):
    """A document with its text and what the gold says of it, on the layers that were annotated."""

    id: str
    text: str
    text_sha256: str
    split: str
    sentences: tuple[Range, ...]
    tokens: tuple[Range, ...]
    layers: tuple[str, ...]
    said: Said


class Gold(Struct, frozen=True):
    """Every document that is scored, those without any item too, sorted by id."""

    name: str
    version: str | None
    split: str | None
    ontology: Ontology
    documents: tuple[GoldDocument, ...]


class Items(Struct, frozen=True):
    """What the gold says of a document, when it comes from a dataset."""

    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    events: tuple[Event, ...]
    event_relations: tuple[Relation, ...]
    claims: tuple[Claim, ...]
    claim_relations: tuple[Relation, ...]


def read_gold(path: Path, split: str | None = None, ontology: Ontology | None = None) -> Gold:
    """The gold of a corpus or of a built dataset that lies in a folder; ``split`` restricts it.

    A dataset does not carry its ontology: without one, that of the corpus around it is taken, else
    the one that came with the package. Raises DatelineError where the folder is neither, or has
    no gold.
    """
    if (path / "schema").is_dir():
        return gold_of_corpus(Corpus(path), split)
    # Scoring a corpus must not wait for the dataset machinery.
    from dateline.dataset.description.card import CARD  # noqa: PLC0415
    from dateline.dataset.load import load  # noqa: PLC0415

    if (path / CARD).is_file():
        dataset = load(split=split, path=path)
        parts = [dataset] if split is not None else list(dataset.values())
        return gold_of_dataset(parts, ontology or _ontology_near(path), split, path.resolve().name)
    raise DatelineError(
        f"{path}: is neither a corpus nor a built dataset. Name a folder with schema/, or one that "
        "`dateline build` wrote."
    )


def gold_of_corpus(corpus: Corpus, split: str | None = None, annotator: str = GOLD) -> Gold:
    """The gold of a corpus, or what an annotator says, to be taken for gold.

    Raises DatelineError where there is none, or a file is malformed.
    """
    citation = read_citation(corpus.root)
    found = []
    for name in sorted(path.stem for path in (corpus.annotations / annotator).glob("*.json")):
        document = corpus.read_document(name)
        if split is not None and document.split != split:
            continue
        annotation = corpus.read_annotation(annotator, name)
        if annotation.text_sha256 != document.text_sha256:
            raise DatelineError(
                f"{corpus.relative(corpus.annotation_path(annotator, name))}: was made on another "
                "text; run `dateline validate`."
            )
        found.append(
            GoldDocument(
                id=name,
                text=document.text,
                text_sha256=document.text_sha256,
                split=document.split,
                sentences=document.sentences,
                tokens=document.tokens,
                layers=annotation.layers,
                said=annotation,
            )
        )
    if not found:
        where = f"the split {split!r} of " if split is not None else ""
        raise DatelineError(f"{corpus.root}: there is no gold in {where}annotations/{annotator}/.")
    return Gold(
        name=citation.title or corpus.root.name,
        version=None if citation.version is None else str(citation.version),
        split=split,
        ontology=corpus.ontology,
        documents=tuple(found),
    )


def gold_of_dataset(
    parts: list[Dataset], ontology: Ontology | None, split: str | None = None, name: str = "dataset"
) -> Gold:
    """The gold of the ``documents`` config of a dataset.

    Raises DatelineError where no row is annotated.

    Without an ontology, the labels are those of the one that came with the package.
    """
    documents = [found for part in parts for found in _documents(part)]
    if not documents:
        raise DatelineError(f"{name}: no document has gold to score by.")
    version = next((str(p.info.version) for p in parts if p.info.version), None)
    return Gold(
        name=name,
        version=version,
        split=split,
        ontology=ontology or _packaged_ontology(),
        documents=tuple(sorted(documents, key=lambda document: document.id)),
    )


def _documents(dataset: Dataset) -> Iterator[GoldDocument]:
    missing = {"text", "mentions", "events", "claims"} - set(dataset.column_names)
    if missing:
        raise DatelineError(
            f"the dataset has no column {', '.join(sorted(missing))}; load its config «documents»."
        )
    for row in dataset.data.to_pylist():
        if row["annotated"]:
            yield GoldDocument(
                id=row["id"],
                text=row["text"],
                text_sha256=row["text_sha256"],
                split=row["split"],
                sentences=tuple((s["start"], s["end"]) for s in row["sentences"]),
                tokens=tuple((t["start"], t["end"]) for t in row["tokens"]),
                layers=tuple(row["layers"]),
                said=_items(row),
            )


def _items(row: Mapping[str, Any]) -> Items:
    fields = {name: row[name] for name in Items.__struct_fields__}
    for name in ("mentions", "events", "claims"):
        for item in fields[name]:
            # A column has every attribute; null is one that was not given.
            given = item.get("attributes") or {}
            item["attributes"] = {key: value for key, value in given.items() if value is not None}
    return msgspec.convert(fields, Items)


def _ontology_near(path: Path) -> Ontology:
    for folder in path.resolve().parents:
        if (folder / "schema" / "ontology.schema.json").is_file():
            return Corpus(folder).ontology
    return _packaged_ontology()


def _packaged_ontology() -> Ontology:
    with packaged_schemas() as folder:
        return Corpus(folder.parent).ontology


def texts_of_gold(gold: Gold) -> Iterator[Text]:
    """The texts that a gold is about, in the order of their ids."""
    for document in gold.documents:
        yield Text(
            id=document.id,
            text=document.text,
            text_sha256=document.text_sha256,
            sentences=document.sentences,
            tokens=document.tokens,
        )
