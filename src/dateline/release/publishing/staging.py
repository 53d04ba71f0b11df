"""Builds the folder to publish: the dataset of a release without texts that must not be shared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from dateline.corpus.store import Corpus, canonical_json
from dateline.corpus.withheld_labels import (
    Commitment,
    commitment,
    withheld_labels,
    without_labels,
)
from dateline.dataset.build import Progress, write_dataset
from dateline.dataset.description.citation import CITATION
from dateline.dataset.description.responsible_ai import DATASHEET
from dateline.dataset.output_folder import refuse_foreign_files, replaced_folder
from dateline.dataset.withholding import with_placeholders
from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.writing import write_atomically
from dateline.model import Annotation, Document, Struct
from dateline.release.changelog import CHANGELOG
from dateline.release.manifest import RELEASE, Manifest
from dateline.release.publishing.leaks import find_leaks
from dateline.release.publishing.withheld import published_manifest
from dateline.rendering.listing import listed


class StagedTexts(Struct, frozen=True):
    """Which texts a staged folder withholds, by document id.

    ``commitment`` is to the labels that are withheld, if any. ``included`` are texts that must not
    be shared by their rights, but were included on request.
    ``allowed`` are allowed phrases of withheld texts with the file that has them, and
    ``not_restorable`` describes titles and names that a reader's copy of the text cannot restore.
    """

    withheld: tuple[str, ...]
    included: tuple[str, ...]
    allowed: tuple[str, ...]
    not_restorable: tuple[str, ...]
    commitment: Commitment | None = None


def stage(
    corpus: Corpus,
    manifest: Manifest,
    out: Path,
    include_text: Collection[str] = (),
    progress: Progress = iter,
    allowed_phrases: Collection[str] = (),
) -> StagedTexts:
    """Write the files to publish of a release to the folder ``out``, replacing an earlier staging.

    Withholds every text whose rights forbid sharing it, except those of the documents in
    ``include_text``. Then searches every file, and the citation, datasheet and change log of the
    corpus, for words of the withheld texts, except ``allowed_phrases``.

    Labels of splits that the corpus withholds are left out, with a commitment to them.

    Raises NotFoundError for unknown documents, InvalidInputError if a file has words of a withheld
    text, and the errors of ``build``. ``out`` is then unchanged.
    """
    unknown = {*include_text} - {*corpus.document_ids()}
    if unknown:
        raise NotFoundError(f"the corpus has no document {', '.join(sorted(unknown))}.")

    def withhold(document: Document) -> bool:
        return not document.rights.redistribute_text and document.id not in include_text

    labels = withheld_labels(corpus)
    committed = None if labels is None else commitment(corpus, labels)
    with without_labels(corpus, labels) as seen:
        texts: dict[str, str] = {}
        included: list[str] = []
        not_restorable: list[str] = []
        for name in seen.document_ids():
            document = seen.read_document(name)
            if withhold(document):
                texts[name] = document.text
                annotators = seen.annotators_of(name)
                annotations = (seen.read_annotation(annotator, name) for annotator in annotators)
                not_restorable += _not_restorable(document, annotations)
            elif not document.rights.redistribute_text:
                included.append(name)
        refuse_foreign_files(out)
        with replaced_folder(out) as folder:
            built = write_dataset(seen, folder, progress, withhold, committed)
            if labels is not None:
                manifest = published_manifest(manifest, seen, folder, built.tables, labels)
            write_atomically(folder / RELEASE, canonical_json(manifest))
            allowed = _check_leaks(corpus, folder, texts, allowed_phrases)
        return StagedTexts(
            withheld=tuple(texts),
            included=tuple(included),
            allowed=allowed,
            not_restorable=tuple(not_restorable),
            commitment=committed,
        )


def _not_restorable(document: Document, annotations: Iterable[Annotation]) -> Iterator[str]:
    wordings = {"title": document.title}
    wordings.update({f"{a.annotator}/{e.id}": e.name for a in annotations for e in a.entities})
    for place, wording in wordings.items():
        if wording is not None and with_placeholders(wording, document.text) is None:
            yield f'{document.id}: {place} "{wording}"'


def _check_leaks(
    corpus: Corpus, folder: Path, texts: dict[str, str], allowed: Collection[str]
) -> tuple[str, ...]:
    """The allowed phrases that the files have. Raises InvalidInputError for any others."""
    paths = (corpus.root / name for name in (CITATION, DATASHEET, CHANGELOG))
    others = [path for path in paths if path.is_file()]
    leaks = list(find_leaks(folder, texts, allowed, others))
    refused = [f'{leak.file}{leak.place}: "{leak.words}"' for leak in leaks if not leak.allowed]
    if refused:
        raise InvalidInputError(
            "these files have words of texts that must not be shared:\n"
            + "\n".join(f"  {leak}" for leak in listed(refused, 20))
            + "\nRemove the words there. Where they are public anyway, or common, allow them "
            "(option --allow-phrases FILE); if the whole text may be published, include it (option "
            "--include-text ID)."
        )
    return tuple(dict.fromkeys(f'"{leak.words}" in {leak.file}' for leak in leaks))
