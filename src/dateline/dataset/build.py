"""`dateline build`: validate the corpus and write it as a dataset, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from dateline.corpus.store import Corpus
from dateline.dataset.description.card import CARD, CardContent, Counts, render
from dateline.dataset.description.citation import read_citation
from dateline.dataset.description.croissant import CROISSANT, croissant
from dateline.dataset.description.responsible_ai import responsible
from dateline.dataset.features import configs
from dateline.dataset.output_folder import refuse_foreign, replacing
from dateline.dataset.parquet import Files, RowWriter, Written, content_hash
from dateline.dataset.row_types import Row
from dateline.dataset.rows import RowMaker
from dateline.dataset.withholding import withheld
from dateline.errors import DatelineError
from dateline.model import Document
from dateline.ontology.schemas import split_shares
from dateline.validation.engine import CheckedCorpus, CheckedDocument, check_corpus
from dateline.validation.incidents import Incident

SHOWN_INCIDENTS = 5

Checked = CheckedDocument | CheckedCorpus
Watch = Callable[[Iterable[Checked]], Iterable[Checked]]
Withhold = Callable[[Document], bool]
"""Whether the text of a document is left out."""


def nothing_withheld(_document: Document) -> bool:
    """Every text is in the dataset, which is for one's own machine then."""
    return False


def build(
    corpus: Corpus, out: Path, watch: Watch = iter, withhold: Withhold = nothing_withheld
) -> Files:
    """Write the dataset of a corpus to the folder ``out``, in place of an earlier build.

    ``watch`` sees the documents go by, to show progress. Raises DatelineError, and leaves
    ``out`` as it was, where the corpus has errors or no documents, or ``out`` holds anything
    but a build.
    """
    refuse_foreign(out)
    splits = tuple(split_shares(corpus.schemas))
    _refuse_split_names(splits)
    tables = configs(corpus.schemas, corpus.ontology)
    citation, answers = read_citation(corpus.root), responsible(corpus.root)
    with replacing(out) as folder:
        counts = Counts()
        with ThreadPoolExecutor(max_workers=1) as worker:
            writers = {
                (name, split): RowWriter(folder / name / f"{split}.parquet", table.schema, worker)
                for name, table in tables.items()
                for split in splits
            }
            files = _write(corpus, writers, watch, counts, withhold)
        content = CardContent(
            ontology=corpus.ontology,
            citation=citation,
            configs=tables,
            files=files,
            counts=counts,
            content_sha256=content_hash(files),
            responsible=answers,
        )
        for name, text in ((CARD, render(content)), (CROISSANT, croissant(content))):
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return files


def _write(
    corpus: Corpus,
    writers: Mapping[tuple[str, str], RowWriter],
    watch: Watch,
    counts: Counts,
    withhold: Withhold,
) -> Files:
    maker = RowMaker(corpus.ontology)
    errors: list[Incident] = []
    total = 0
    try:
        for checked in watch(check_corpus(corpus)):
            found = [incident for incident in checked.incidents if incident.level == "error"]
            total += len(found)
            errors += found[: SHOWN_INCIDENTS - len(errors)]
            if total or isinstance(checked, CheckedCorpus) or checked.document is None:
                # After an error, only further errors matter.
                continue
            document, hidden = checked.document, withhold(checked.document)
            counts.add(document, checked.annotations, withheld=hidden)
            for name, rows in maker.rows(document, checked.annotations).items():
                if rows:
                    shown = _withheld(rows, document.text) if hidden else rows
                    writers[name, document.split].add(shown)
        _refuse_errors(errors, total)
        _refuse_nothing(corpus, counts)
        files: dict[str, dict[str, Written]] = {name: {} for name, _ in writers}
        for (name, split), writer in writers.items():
            written = writer.close()
            if written is not None:
                files[name][split] = written
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise
    return files


def _withheld(rows: Sequence[Row], text: str) -> list[dict[str, Any]]:
    return [withheld(row, text) for row in msgspec.to_builtins(rows)]


def _refuse_split_names(splits: Iterable[str]) -> None:
    for split in splits:
        if not re.fullmatch(r"\w+", split):
            raise DatelineError(
                f"schema/document.schema.json: the split {split!r} cannot be loaded under that "
                "name; use letters, digits and underscores."
            )


def _refuse_errors(errors: list[Incident], total: int) -> None:
    if total:
        first = "\n".join(f"  {e.file} {e.pointer}: {e.code} {e.message}" for e in errors)
        more = f"\n  and {total - len(errors)} more" if total > len(errors) else ""
        raise DatelineError(
            f"the corpus has {total} error{'s' if total > 1 else ''}, so nothing was built:\n"
            f"{first}{more}\nRun `dateline validate`, which says how to fix them."
        )


def _refuse_nothing(corpus: Corpus, counts: Counts) -> None:
    if not counts.documents:
        raise DatelineError(
            f"{corpus.documents}: there are no documents, and a dataset without rows cannot be "
            "loaded. Put texts into seeds/ and run `dateline ingest`."
        )
