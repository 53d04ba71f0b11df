"""Checks a file of predictions against the gold that it would be scored against."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dateline.corpus.store import Corpus
from dateline.errors import NotFoundError
from dateline.evaluation.scoring import GoldSource, OntologySource, as_gold
from dateline.files.reading import read_json
from dateline.ontology.derived_schemas import derived_schemas
from dateline.ontology.schemas import Schema
from dateline.packaged import packaged
from dateline.predictions.checking import CheckResult, Target, check_file
from dateline.predictions.label_index import OntologyIndex
from dateline.predictions.texts import CorpusTexts, Text
from dateline.validation.schema import SchemaValidator


def check_predictions(
    path: Path,
    gold: GoldSource,
    split: str | None = None,
    ontology: OntologySource | None = None,
) -> CheckResult:
    """Report the problems in a file of predictions, and what they do to the scores.

    With the gold of a corpus and its own ontology, what its rules for annotations refuse is a
    warning, of each line that fits the schema.
    ``gold``, ``split`` and ``ontology`` are those of `score`. A corpus may have no gold yet. Lines
    are rejected exactly if `score` refuses the file. Raises DatelineError if the file cannot be
    read at all, or the gold has errors.
    """
    corpus = _corpus(gold)
    schemas = _schemas(gold, corpus, ontology)
    schema = None if schemas is None else SchemaValidator(schemas, "prediction")
    try:
        found = as_gold(corpus or gold, split, ontology)
    except NotFoundError:
        if corpus is None or split is not None or ontology is not None:
            raise
        return check_file(
            path,
            Target(CorpusTexts(corpus), OntologyIndex(corpus.ontology), schema, corpus=corpus),
        )
    texts: Mapping[str, Text] = {document.id: document for document in found.every_document()}
    return check_file(
        path,
        Target(
            texts if corpus is None else CorpusTexts(corpus),
            OntologyIndex(found.ontology),
            schema,
            found.unscored,
            found.knowledge_bases,
            corpus if ontology is None else None,
        ),
    )


def _corpus(gold: GoldSource) -> Corpus | None:
    if isinstance(gold, str | Path) and (Path(gold) / "schema").is_dir():
        return Corpus(Path(gold))
    return gold if isinstance(gold, Corpus) else None


def _schemas(
    gold: GoldSource, corpus: Corpus | None, ontology: OntologySource | None
) -> Mapping[str, Schema] | None:
    """The schemas of predictions with these labels; None if the labels' schema is not known."""
    if corpus is not None and ontology is None:
        return corpus.schemas
    place = gold if ontology is None else ontology
    if not isinstance(place, str | Path):
        return None
    names = ("", "schema/ontology.schema.json", "ontology.schema.json")
    files = [path for path in (Path(place) / name for name in names) if path.is_file()]
    if not files:
        return None
    with packaged("schema") as folder:
        found = read_json(files[0])
        return {**Corpus(folder.parent).schemas, "ontology": found, **derived_schemas(found)}
