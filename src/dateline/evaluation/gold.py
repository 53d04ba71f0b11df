"""The gold that predictions are scored against, from a corpus or from a built dataset."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import msgspec

from dateline.corpus.store import Corpus
from dateline.dataset.description.citation import read_citation
from dateline.dataset.rows import RowMaker
from dateline.dataset.stored import (
    CARD,
    DEFAULT_CONFIG,
    StoredDataset,
    StoredTable,
    neither,
    no_split,
    tables_explained,
)
from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.columns.gold_columns import GoldColumns
from dateline.evaluation.gold_documents import GoldDocument
from dateline.evaluation.units import UNIT_COLUMN, value_of, values_of
from dateline.model import GOLD, Struct
from dateline.ontology.labels import Ontology
from dateline.ontology.reading import read_ontology_file
from dateline.ontology.schemas import meta_keys
from dateline.predictions.item_checks import unknown_labels
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.packed import Packed
from dateline.predictions.prediction import Prediction
from dateline.text import escaped
from dateline.validation.required import valid_annotations

ORIGINAL = "contrast_of"
"""The column of the config ``documents`` that names the original of a contrast."""
ONTOLOGY_HINT = (
    "Pass the ontology.schema.json of its corpus as `ontology` (option --ontology FILE)."
)


class DatasetTable(Protocol):
    """What scoring needs of a ``datasets.Dataset``, which is slow to import."""

    @property
    def data(self) -> Any:
        """The Arrow table."""

    @property
    def info(self) -> Any:
        """Metadata, such as the version."""

    @property
    def split(self) -> Any:
        """The name of the split."""


class Gold(Struct, frozen=True, dict=True, gc=True):
    """All documents that are scored, including those without items, sorted by id.

    Contrasts are not among them, because most of a contrast is the same as in its original. They
    are in ``contrast_sets``, with those of their originals that have gold here; there,
    ``contrasts`` has the original of each contrast. Gold of nothing but contrasts is scored as it
    is.

    ``documents`` makes each document again when it is iterated over, so that thousands fit in
    memory; ``columns`` has all of them. ``unscored`` are ids of other documents: they have no gold,
    or are in another split. ``units`` are the units of documents for intervals and tests, from
    ``unit_column``; a document without one is a unit alone. ``fields`` has the fields by which
    documents are scored apart, and their values by document.
    """

    name: str
    version: str | None
    split: str | None
    ontology: Ontology
    documents: Collection[GoldDocument]
    unscored: frozenset[str] = frozenset()
    units: Mapping[str, str] = {}
    unit_column: str = UNIT_COLUMN
    fields: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    contrasts: Mapping[str, str] = {}
    contrast_sets: Gold | None = None

    def every_document(self) -> Iterator[GoldDocument]:
        """All documents that predictions are needed for: those that are scored, then contrasts."""
        yield from self.documents
        sets = self.contrast_sets
        if sets is not None:
            yield from (one for one in sets.documents if one.id in sets.contrasts)

    @property
    def knowledge_bases(self) -> frozenset[str]:
        """Those that items of any of these documents are linked to."""
        sets = self.contrast_sets
        return self.columns.knowledge_bases | (sets.knowledge_bases if sets else frozenset())

    @cached_property
    def columns(self) -> GoldColumns:
        """The documents as columns, made once."""
        return GoldColumns(self.documents, self.ontology)


def read_gold(
    path: Path,
    split: str | None = None,
    ontology: Ontology | None = None,
    group_by: str | None = None,
    by: Sequence[str] = (),
) -> Gold:
    """Read the gold of a corpus folder or of a built dataset; ``split`` restricts it.

    Documents with the same value in the column ``group_by`` are one unit; by default in the column
    ``group``, if there is one. ``by`` are fields by whose values documents are scored apart.

    ``ontology`` replaces that of the corpus or dataset. Raises DatelineError if the folder is
    neither a corpus nor a dataset, has no gold, has labels that the ontology does not have, or is a
    dataset without an ontology and none is given.
    """
    if (path / "schema").is_dir():
        gold = gold_of_corpus(Corpus(path), split, group_by=group_by, by=by)
        return with_ontology(gold, ontology)
    if (path / CARD).is_file():
        dataset = StoredDataset(path)
        used, tables = ontology or dataset.ontology, dataset.tables()
        if split is not None and split not in tables:
            raise no_split(path, DEFAULT_CONFIG, split, tables)
        withheld = dataset.withheld_labels
        if withheld is not None and (split in withheld.splits or {*tables} <= {*withheld.splits}):
            raise NotFoundError(
                f"{path}: the labels of the split {split or ', '.join(withheld.splits)} are "
                "withheld, so its predictions cannot be scored here. Send them to the maintainers, "
                "who score them with `dateline score`; to score on your own, name another split."
            )
        with tables_explained(path):
            return _gold_of_tables(
                list(tables.values()), used, split, path.resolve().name, group_by, by
            )
    raise neither(path)


def gold_of_corpus(
    corpus: Corpus,
    split: str | None = None,
    annotator: str = GOLD,
    group_by: str | None = None,
    by: Sequence[str] = (),
) -> Gold:
    """Read the gold of a corpus, or the annotations of another annotator to be used as gold.

    Raises DatelineError if there are none, or a file has errors.
    """
    citation = read_citation(corpus.root)
    rows = RowMaker(corpus.ontology, meta_keys(corpus.schemas))
    found, units = Packed(GoldDocument), dict[str, str]()
    fields: dict[str, dict[str, tuple[str, ...]]] = {field: {} for field in by}
    contrasts = {}
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
        row = rows.document_row(document, annotation) if group_by or by else None
        unit = value_of(row, group_by, "group_by") if group_by else document.group
        if unit is not None:
            units[document.id] = unit
        if document.contrast is not None:
            contrasts[document.id] = document.contrast.of
        for field, values in fields.items():
            if found_values := values_of(row, field, "by"):
                values[document.id] = found_values
    if not found:
        where = f" in the split {split!r}" if split is not None else ""
        raise NotFoundError(
            f"{corpus.root}: there is no gold in annotations/{annotator}/{where}. "
            "Run `dateline adjudicate` to make it, or `dateline accept` with one annotator."
        )
    gold = Gold(
        name=citation.title or corpus.root.name,
        version=None if citation.version is None else str(citation.version),
        split=split,
        ontology=corpus.ontology,
        documents=found.values(),
        units=units,
        unit_column=group_by or UNIT_COLUMN,
        fields=fields,
        contrasts=contrasts,
        unscored=frozenset(corpus.document_ids()) - found.keys(),
    )
    return _contrasts_apart(gold, found.keys(), lambda names: found.only(names).values())


def gold_of_dataset(
    parts: Sequence[DatasetTable],
    ontology: Ontology | None,
    split: str | None = None,
    name: str = "dataset",
    group_by: str | None = None,
    by: Sequence[str] = (),
) -> Gold:
    """Read the gold of the config ``documents`` of a dataset, from its splits or from one of them.

    Raises DatelineError if there is no ontology, no row is annotated, or a label is not in the
    ontology.
    """
    tables = [
        StoredTable(part.data, str(part.split), str(part.info.version or "") or None)
        for part in parts
    ]
    return _gold_of_tables(tables, ontology, split, name, group_by, by)


def _gold_of_tables(
    tables: Sequence[StoredTable],
    ontology: Ontology | None,
    split: str | None,
    name: str,
    group_by: str | None,
    by: Sequence[str],
) -> Gold:
    # Scoring a corpus must not wait for the import of PyArrow.
    from dateline.evaluation.stored_gold import StoredDocuments, all_ids, column_names  # noqa: PLC0415

    if ontology is None:
        raise InvalidInputError(
            f"{name}: has no ontology, which a dataset in memory, or of format 1.0, does not "
            f"carry. {ONTOLOGY_HINT}"
        )
    scored = [table.data for table in tables if split is None or table.split == split]
    documents = StoredDocuments(scored, name)
    if not documents:
        raise NotFoundError(f"{name}: no document is annotated, so there is no gold.")
    names = set.intersection(*(set(column_names(table)) for table in scored))
    if group_by is None and any(UNIT_COLUMN in column_names(table) for table in scored):
        group_by = UNIT_COLUMN
    gold = Gold(
        name=name,
        version=next((table.version for table in tables if table.version), None),
        split=split,
        ontology=ontology,
        documents=documents,
        units=documents.value(group_by, "group_by") if group_by else {},
        unit_column=group_by or UNIT_COLUMN,
        fields={field: documents.values(field, "by") for field in by},
        contrasts=documents.value(ORIGINAL, "by") if ORIGINAL in names else {},
        unscored=all_ids([table.data for table in tables]) - documents.ids,
    )
    return checked(_contrasts_apart(gold, documents.ids, documents.only))


def _contrasts_apart(
    gold: Gold, ids: Set[str], only: Callable[[Set[str]], Collection[GoldDocument]]
) -> Gold:
    """The gold with its contrasts in ``contrast_sets``; ``only`` gives some of its documents."""
    others = ids - gold.contrasts.keys()
    if not gold.contrasts or not others:
        return gold
    members = gold.contrasts.keys() | {*gold.contrasts.values()}
    return msgspec.structs.replace(
        gold,
        documents=only(others),
        units={name: unit for name, unit in gold.units.items() if name in others},
        # What only contrasts have, such as their kind, does not divide the others.
        fields={name: by for name, by in gold.fields.items() if not by or by.keys() & others},
        contrasts={},
        contrast_sets=msgspec.structs.replace(gold, documents=only(members)),
    )


def restricted(gold: Gold, documents: Collection[GoldDocument]) -> Gold:
    """The gold with only these documents to score, and without contrast sets."""
    names = {document.id for document in documents}
    return msgspec.structs.replace(
        gold,
        documents=documents,
        units={name: unit for name, unit in gold.units.items() if name in names},
        fields={
            field: {name: value for name, value in values.items() if name in names}
            for field, values in gold.fields.items()
        },
        unscored=gold.unscored | {one.id for one in gold.documents if one.id not in names},
        contrast_sets=None,
    )


def with_ontology(gold: Gold, ontology: Ontology | None) -> Gold:
    """The gold with another ontology, or unchanged without one.

    Raises InvalidInputError for a label that it does not have.
    """
    if ontology is None:
        return gold
    sets = gold.contrast_sets and msgspec.structs.replace(gold.contrast_sets, ontology=ontology)
    return checked(msgspec.structs.replace(gold, ontology=ontology, contrast_sets=sets))


def checked(gold: Gold) -> Gold:
    """The same gold.

    Raises InvalidInputError for a label that its ontology does not have: such labels would equal
    each other, and any unknown label that a system predicts.
    """
    for document in gold.documents if gold.columns.has_unknown_labels else ():
        _refuse_unknown_labels(gold.name, document, gold.ontology, gold.columns.ontology_index)
    if gold.contrast_sets is not None:
        checked(gold.contrast_sets)
    return gold


def ontology_at(path: Path) -> Ontology:
    """The ontology of a file ``ontology.schema.json``, of a corpus or of a built dataset.

    Raises DatelineError if there is none.
    """
    if not path.is_dir():
        return read_ontology_file(path)
    if (path / "schema").is_dir():
        return Corpus(path).ontology
    found = StoredDataset(path).ontology
    if found is None:
        raise NotFoundError(f"{path}: the dataset has no ontology. {ONTOLOGY_HINT}")
    return found


def _refuse_unknown_labels(
    name: str, document: GoldDocument, ontology: Ontology, index: OntologyIndex
) -> None:
    for pointer, item, message, _ in unknown_labels(document.items, index):
        place = f"{document.id}{pointer} ({item or 'no id'})"
        raise InvalidInputError(
            f"{name}: was not made with the ontology {ontology.title} {ontology.version}: "
            f"{escaped(f'{place}: {message}')}. {ONTOLOGY_HINT}"
        )
