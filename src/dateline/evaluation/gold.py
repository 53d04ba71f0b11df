"""The gold that predictions are scored against, from a corpus or from a built dataset."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from dateline.corpus.store import Corpus
from dateline.dataset.description.citation import read_citation
from dateline.dataset.rows import RowMaker
from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.units import UNIT_COLUMN, unit_of
from dateline.model import CONTENT_FIELDS, GOLD, Annotation, Entity, EventCluster, Struct
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology_file
from dateline.ontology.schemas import meta_keys
from dateline.predictions.item_checks import unknown_labels
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.packed import Packed
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text
from dateline.text import escaped
from dateline.validation.required import valid_annotations

COLUMNS = frozenset(
    {"id", "text", "text_length", "text_sha256", "split", "sentences", "tokens", "annotated"}
) | {"layers", *CONTENT_FIELDS, UNIT_COLUMN}
"""The columns that documents, their gold and their groups are made of."""
ONTOLOGY_HINT = (
    "Pass the ontology.schema.json of its corpus as `ontology` (option --ontology FILE)."
)


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
    """All documents that are scored, including those without items, sorted by id.

    ``documents`` makes each document again when it is iterated over, so that thousands fit in
    memory. ``unscored`` are ids of other documents: they have no gold, or are in another split.
    ``units`` are the units of documents for intervals and tests, from ``unit_column``; a document
    without one is a unit alone. ``knowledge_bases`` are those that entities are linked to.
    """

    name: str
    version: str | None
    split: str | None
    ontology: Ontology
    documents: Collection[GoldDocument]
    unscored: frozenset[str] = frozenset()
    units: Mapping[str, str] = {}
    unit_column: str = UNIT_COLUMN
    knowledge_bases: frozenset[str] = frozenset()


def read_gold(
    path: Path,
    split: str | None = None,
    ontology: Ontology | None = None,
    group_by: str | None = None,
) -> Gold:
    """Read the gold of a corpus folder or of a built dataset; ``split`` restricts it.

    Documents with the same value in the column ``group_by`` are one unit; by default in the column
    ``group``, if there is one.

    ``ontology`` replaces that of the corpus or dataset. Raises DatelineError if the folder is
    neither a corpus nor a dataset, has no gold, has labels that the ontology does not have, or is a
    dataset without an ontology and none is given.
    """
    if (path / "schema").is_dir():
        return with_ontology(gold_of_corpus(Corpus(path), split, group_by=group_by), ontology)
    # Scoring a corpus must not wait for the import of `datasets` and PyArrow.
    from dateline.dataset.description.card import CARD  # noqa: PLC0415
    from dateline.dataset.load import (  # noqa: PLC0415
        declared_ontology,
        load,
        stored,
        tables_explained,
    )

    if (path / CARD).is_file():
        used = ontology or declared_ontology(path)
        splits = stored(path)
        if split is not None and split not in splits:
            load(split=split, path=path)  # raises the error that lists the splits
        name = path.resolve().name
        with tables_explained(path):
            return gold_of_dataset(list(splits.values()), used, split, name, group_by)
    raise NotFoundError(
        f"{path}: is neither a corpus nor a built dataset. Expected a folder with schema/, or one "
        "that `dateline build` wrote."
    )


def read_hub_gold(
    name: str,
    split: str | None = None,
    ontology: Ontology | None = None,
    group_by: str | None = None,
) -> Gold:
    """Read the gold of a dataset on the Hugging Face Hub, ORG/NAME or ORG/NAME@REVISION.

    The other arguments are those of `read_gold`. Raises DatelineError as `read_gold` does, and if
    the dataset cannot be downloaded.
    """
    from dateline.dataset.download import downloaded  # noqa: PLC0415

    with downloaded(name) as folder:
        gold = read_gold(folder, split, ontology, group_by)
    return msgspec.structs.replace(gold, name=name)


def gold_of_corpus(
    corpus: Corpus,
    split: str | None = None,
    annotator: str = GOLD,
    group_by: str | None = None,
) -> Gold:
    """Read the gold of a corpus, or the annotations of another annotator to be used as gold.

    Raises DatelineError if there are none, or a file has errors.
    """
    citation = read_citation(corpus.root)
    rows = RowMaker(corpus.ontology, meta_keys(corpus.schemas))
    found, units, bases = Packed(GoldDocument), dict[str, str](), set[str]()
    present = {annotator} & {*corpus.annotators()}
    for valid in valid_annotations(corpus, annotators=present):
        document, annotation = valid.document, valid.annotations.get(annotator)
        if annotation is None or (split is not None and document.split != split):
            continue
        found.add(
            document.id,
            GoldDocument(
                id=document.id,
                text=document.text,
                text_sha256=document.text_sha256,
                split=document.split,
                sentences=document.sentences,
                tokens=document.tokens,
                layers=annotation.layers,
                items=Prediction.from_annotation(annotation),
            ),
        )
        bases |= _knowledge_bases(annotation)
        unit = unit_of(rows.document_row(document, None), group_by) if group_by else document.group
        if unit is not None:
            units[document.id] = unit
    if not found:
        where = f" in the split {split!r}" if split is not None else ""
        raise NotFoundError(
            f"{corpus.root}: there is no gold in annotations/{annotator}/{where}. "
            "Run `dateline adjudicate` to make it, or `dateline accept` with one annotator."
        )
    return Gold(
        name=citation.title or corpus.root.name,
        version=None if citation.version is None else str(citation.version),
        split=split,
        ontology=corpus.ontology,
        documents=found.values(),
        units=units,
        unit_column=group_by or UNIT_COLUMN,
        unscored=frozenset(corpus.document_ids()) - found.keys(),
        knowledge_bases=frozenset(bases),
    )


def gold_of_dataset(
    parts: Sequence[DatasetTable],
    ontology: Ontology | None,
    split: str | None = None,
    name: str = "dataset",
    group_by: str | None = None,
) -> Gold:
    """Read the gold of the config ``documents`` of a dataset, from its splits or from one of them.

    Raises DatelineError if there is no ontology, no row is annotated, or a label is not in the
    ontology.
    """
    from dateline.dataset.arrow_values import rows_of  # noqa: PLC0415

    if ontology is None:
        raise InvalidInputError(
            f"{name}: has no ontology, which a dataset in memory, or built by Dateline 0.1, does "
            f"not carry. {ONTOLOGY_HINT}"
        )
    scored = [part for part in parts if split is None or str(part.split) == split]
    documents, units, bases = Packed(GoldDocument), dict[str, str](), set[str]()
    index = OntologyIndex(ontology)
    for part in scored:
        for found, unit in _documents(part, group_by):
            if found.id in documents:
                raise InvalidInputError(f'{name}: the id "{escaped(found.id)}" is duplicated.')
            _refuse_unknown_labels(name, found, ontology, index)
            documents.add(found.id, found)
            bases |= _knowledge_bases(found.items)
            if unit is not None:
                units[found.id] = unit
    if not documents:
        raise NotFoundError(f"{name}: no document is annotated, so there is no gold.")
    documents.sort()
    version = next((str(p.info.version) for p in parts if p.info.version), None)
    ids = frozenset(row["id"] for part in parts for row in rows_of(part.data, ["id"]))
    return Gold(
        name=name,
        version=version,
        split=split,
        ontology=ontology,
        documents=documents.values(),
        units=units,
        unit_column=group_by or UNIT_COLUMN,
        unscored=ids - documents.keys(),
        knowledge_bases=frozenset(bases),
    )


def with_ontology(gold: Gold, ontology: Ontology | None) -> Gold:
    """The gold with another ontology, or unchanged without one.

    Raises InvalidInputError for a label that it does not have: such labels would equal each other,
    and any unknown label that a system predicts.
    """
    if ontology is None:
        return gold
    index = OntologyIndex(ontology)
    for document in gold.documents:
        _refuse_unknown_labels(gold.name, document, ontology, index)
    return msgspec.structs.replace(gold, ontology=ontology)


def ontology_at(path: Path) -> Ontology:
    """The ontology of a file ``ontology.schema.json``, of a corpus or of a built dataset.

    Raises DatelineError if there is none.
    """
    if not path.is_dir():
        return read_ontology_file(path)
    if (path / "schema").is_dir():
        return Corpus(path).ontology
    from dateline.dataset.load import declared_ontology  # noqa: PLC0415

    found = declared_ontology(path)
    if found is None:
        raise NotFoundError(f"{path}: the dataset has no ontology. {ONTOLOGY_HINT}")
    return found


def _refuse_unknown_labels(
    name: str, document: GoldDocument, ontology: Ontology, index: OntologyIndex
) -> None:
    for pointer, item, message in unknown_labels(document.items, index):
        place = f"{document.id}{pointer} ({item or 'no id'})"
        raise InvalidInputError(
            f"{name}: was not made with the ontology {ontology.title} {ontology.version}: "
            f"{escaped(f'{place}: {message}')}. {ONTOLOGY_HINT}"
        )


def _knowledge_bases(items: Prediction | Annotation) -> set[str]:
    linked: Iterable[Entity | EventCluster] = (*items.entities, *items.event_clusters)
    return {link.kb for item in linked for link in item.links}


def _documents(
    dataset: DatasetTable, group_by: str | None
) -> Iterator[tuple[GoldDocument, str | None]]:
    """The annotated documents with their units."""
    from dateline.dataset.arrow_values import rows_of  # noqa: PLC0415

    missing = {"text", "annotated", "layers"} - set(dataset.column_names)
    if missing:
        raise InvalidInputError(
            f"the dataset lacks the columns {', '.join(sorted(missing))}. "
            'Load its config "documents".'
        )
    # Unless there is a column to group by, those that nothing here needs are not decoded.
    columns = dataset.column_names if group_by else [*COLUMNS & {*dataset.column_names}]
    if group_by is None and UNIT_COLUMN in columns:
        group_by = UNIT_COLUMN
    for row in rows_of(dataset.data, columns, ranges=("sentences", "tokens")):
        if row["annotated"]:
            document = GoldDocument(
                id=row["id"],
                text=row["text"] or "",
                withheld=row.get("text_length", 0) if row["text"] is None else None,
                text_sha256=row["text_sha256"],
                split=row["split"],
                sentences=tuple(row["sentences"]),
                tokens=tuple(row["tokens"]),
                layers=tuple(row["layers"]),
                items=_items(row),
            )
            yield document, unit_of(row, group_by) if group_by else None


def _items(row: Mapping[str, Any]) -> Prediction:
    fields = {name: row[name] for name in CONTENT_FIELDS if name in row}
    items = [item for name, found in fields.items() if name != "attributes" for item in found]
    for item in (fields, *items):
        if "attributes" in item:
            # A column has every attribute; null means that it was not given.
            given = item["attributes"] or {}
            item["attributes"] = {key: value for key, value in given.items() if value is not None}
        for field in ("spans", "trigger", "cue"):
            for span in item.get(field) or ():
                # Quotes of a withheld text are null; offsets are enough to score.
                span["text"] = span["text"] or ""
    for entity in fields.get("entities", ()):
        entity["name"] = entity["name"] or ""
        if "link" in entity:
            # In a dataset of format 1.0, an entity has one link or none.
            entity["links"] = [link] if (link := entity.pop("link")) else []
    return msgspec.convert({"document": row["id"], **fields}, Prediction)
