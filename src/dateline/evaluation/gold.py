"""The gold that predictions are scored against, from a corpus or from a built dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from dateline.corpus.create import packaged_schemas
from dateline.corpus.store import Corpus
from dateline.dataset.description.citation import read_citation
from dateline.dataset.token_index import bio_tag_names
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.reading import converted, read_json
from dateline.model import GOLD, ITEM_FIELDS, Struct
from dateline.ontology.format import check_schemas
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology
from dateline.predictions.item_checks import unknown_labels
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text
from dateline.text import escaped
from dateline.validation.required import valid_annotations


class DatasetTable(Protocol):
    """What scoring needs of a ``datasets.Dataset``, which is slow to import."""

    @property
    def column_names(self) -> list[str]:
        """Names of all columns."""

    @property
    def data(self) -> Any:
        """The Arrow table."""

    @property
    def info(self) -> Any:
        """Metadata, such as the version."""

    @property
    def split(self) -> Any:
        """The name of the split."""


class GoldDocument(Text, frozen=True, kw_only=True):
    """A text with its gold items; ``layers`` are those that were annotated."""

    split: str
    layers: tuple[str, ...]
    items: Prediction


class Gold(Struct, frozen=True):
    """All documents that are scored, including those without items, sorted by id."""

    name: str
    version: str | None
    split: str | None
    ontology: Ontology
    documents: tuple[GoldDocument, ...]


def read_gold(path: Path, split: str | None = None, ontology: Ontology | None = None) -> Gold:
    """Read the gold of a corpus folder or of a built dataset; ``split`` restricts it.

    A dataset does not carry its ontology. Without ``ontology``, that of the corpus around the
    dataset is used, else the one that is packaged with Dateline. Raises DatelineError if the folder
    is neither a corpus nor a dataset, has no gold, or has other labels than the ontology.
    """
    if (path / "schema").is_dir():
        gold = gold_of_corpus(Corpus(path), split)
        return gold if ontology is None else msgspec.structs.replace(gold, ontology=ontology)
    # Scoring a corpus must not wait for the import of `datasets`.
    from dateline.dataset.description.card import CARD  # noqa: PLC0415
    from dateline.dataset.load import declared_tables, load  # noqa: PLC0415

    if (path / CARD).is_file():
        dataset = load(split=split, path=path)
        parts = [dataset] if split is not None else list(dataset.values())
        used = ontology or _ontology_near(path)
        if not _has_declared_labels(used, declared_tables(path)):
            raise _other_ontology(path.name, used, "the labels that its card declares")
        return gold_of_dataset(parts, used, split, path.resolve().name)
    raise NotFoundError(
        f"{path}: is neither a corpus nor a built dataset. Expected a folder with schema/, or one "
        "that `dateline build` wrote."
    )


def gold_of_corpus(corpus: Corpus, split: str | None = None, annotator: str = GOLD) -> Gold:
    """Read the gold of a corpus, or the annotations of another annotator to be used as gold.

    Raises DatelineError if there are none, or a file has errors.
    """
    citation = read_citation(corpus.root)
    found = []
    present = {annotator} & {*corpus.annotators()}
    for valid in valid_annotations(corpus, annotators=present):
        document, annotation = valid.document, valid.annotations.get(annotator)
        if annotation is None or (split is not None and document.split != split):
            continue
        found.append(
            GoldDocument(
                id=document.id,
                text=document.text,
                text_sha256=document.text_sha256,
                split=document.split,
                sentences=document.sentences,
                tokens=document.tokens,
                layers=annotation.layers,
                items=Prediction.from_annotation(annotation),
            )
        )
    if not found:
        where = f" in the split {split!r}" if split is not None else ""
        raise NotFoundError(
            f"{corpus.root}: there is no gold in annotations/{annotator}/{where}. "
            "Run `dateline adjudicate` to make it."
        )
    return Gold(
        name=citation.title or corpus.root.name,
        version=None if citation.version is None else str(citation.version),
        split=split,
        ontology=corpus.ontology,
        documents=tuple(found),
    )


def gold_of_dataset(
    parts: Sequence[DatasetTable],
    ontology: Ontology | None,
    split: str | None = None,
    name: str = "dataset",
) -> Gold:
    """Read the gold of the config ``documents`` of a dataset, from its splits.

    Without ``ontology``, the labels are those of the packaged one. Raises DatelineError if no row
    is annotated, or a label is not in the ontology.
    """
    used = ontology or _packaged_ontology()
    documents = [found for part in parts for found in _documents(part)]
    if not documents:
        raise NotFoundError(f"{name}: no document is annotated, so there is no gold.")
    index = OntologyIndex(used)
    for document in documents:
        for pointer, item, message in unknown_labels(document.items, index):
            place = f"{document.id}{pointer} ({item or 'no id'})"
            raise _other_ontology(name, used, f"{place}: {message}")
    version = next((str(p.info.version) for p in parts if p.info.version), None)
    return Gold(
        name=name,
        version=version,
        split=split,
        ontology=used,
        documents=tuple(sorted(documents, key=lambda document: document.id)),
    )


def ontology_at(path: Path) -> Ontology:
    """The ontology of a file ``ontology.schema.json``, or of a corpus folder.

    Raises DatelineError if it is not an ontology.
    """
    if path.is_dir():
        return Corpus(path).ontology
    schemas = {"ontology": converted(read_json(path), dict[str, Any])}
    check_schemas(schemas)
    return read_ontology(schemas)


def _documents(dataset: DatasetTable) -> Iterator[GoldDocument]:
    missing = {"text", "mentions", "events", "claims"} - set(dataset.column_names)
    if missing:
        raise InvalidInputError(
            f"the dataset lacks the columns {', '.join(sorted(missing))}. "
            'Load its config "documents".'
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
                items=_items(row),
            )


def _items(row: Mapping[str, Any]) -> Prediction:
    fields = {name: row[name] for name in ITEM_FIELDS}
    for name in ("mentions", "events", "claims"):
        for item in fields[name]:
            # A column has every attribute; null means that it was not given.
            given = item.get("attributes") or {}
            item["attributes"] = {key: value for key, value in given.items() if value is not None}
    return msgspec.convert({"document": row["id"], **fields}, Prediction)


def _other_ontology(name: str, ontology: Ontology, difference: str) -> InvalidInputError:
    return InvalidInputError(
        f"{name}: was not built with the ontology {ontology.title} {ontology.version}: "
        f"{escaped(difference)}. A dataset does not carry its ontology; pass the "
        "ontology.schema.json of its corpus as `ontology` (option --ontology)."
    )


def _has_declared_labels(ontology: Ontology, tables: Mapping[str, Any]) -> bool:
    """Whether the labels that a card declares, of mentions and claims, are the ontology's."""
    layers = ontology.layers
    expected = {
        ("entities", "ner_tags"): bio_tag_names(layers["entities"].label_names),
        ("claims", "act"): list(layers["claims"].label_names),
    }
    for (config, column), names in expected.items():
        feature = tables[config].features.get(column) if config in tables else None
        feature = getattr(feature, "feature", feature)
        if getattr(feature, "names", names) != names:
            return False
    return True


def _ontology_near(path: Path) -> Ontology:
    for folder in path.resolve().parents:
        if (folder / "schema" / "ontology.schema.json").is_file():
            return Corpus(folder).ontology
    return _packaged_ontology()


def _packaged_ontology() -> Ontology:
    with packaged_schemas() as folder:
        return Corpus(folder.parent).ontology
