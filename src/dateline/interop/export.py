"""Exporting the annotations of a corpus to a format: one file or folder for each split.

Contrasts are in files or folders of their own, because most of a contrast is its original again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dateline.corpus.annotators import annotation_files
from dateline.corpus.store import Corpus
from dateline.dataset.output_folder import refuse_existing_files, replaced_folder
from dateline.errors import InvalidInputError, NotFoundError
from dateline.interop.format import CONTRASTS, Format, Output
from dateline.interop.losses import Loss, LossCounter, LossError, LossReport, reason_lines
from dateline.interop.reduction import reduce
from dateline.interop.units import units_of, units_of_document
from dateline.model import GOLD, Annotation, Document, Struct
from dateline.ontology.schemas import meta_keys, split_shares
from dateline.rendering.listing import listed

ALL = "all"
"""In place of ids of documents: the texts of all of them."""

MAX_LINES = 50
"""How many reasons a message lists."""

WITHHELD = "its text may not be redistributed"

Progress = Callable[[Sequence[str]], Iterable[str]]


class ExportOptions(Struct, frozen=True):
    """What to export. ``split`` and ``documents`` limit the documents, all if not given.

    Documents whose text may not be redistributed are left out, except those in ``include_text``;
    `ALL` in it includes all of them. ``options`` are those of the format. With ``strict``, any loss
    of texts or annotations is an error.
    """

    annotator: str = GOLD
    split: str | None = None
    documents: Collection[str] = ()
    include_text: Collection[str] = ()
    options: Mapping[str, str] = {}
    strict: bool = False


class Exported(Struct, frozen=True):
    """The outcome: the files or folders with the number of their documents, and what is lost."""

    written: Mapping[str, int]
    report: LossReport


def export(
    corpus: Corpus,
    form: Format,
    out: Path,
    options: ExportOptions,
    progress: Progress = iter,
) -> Exported:
    """Write the annotations of one annotator to a new folder, all or nothing.

    Raises InvalidInputError for options that do not fit, NotFoundError if there is nothing to
    export, ConflictError if the folder is not empty, and LossError if something of texts
    or annotations is lost and ``strict`` is given.
    """
    if form.writer is None:
        raise InvalidInputError(f"{form.name}: can only be imported.")
    given = form.options(options.options)
    refuse_existing_files(out)
    exporter = _Exporter(corpus, form, options)
    names = exporter.documents_by_split(progress)
    written: dict[str, int] = {}
    with replaced_folder(out) as folder:
        for split, documents in names.items():
            target = folder / f"{split}{form.suffix}"
            form.writer(
                Output(
                    target=target,
                    items=exporter.reduced(progress(documents)),
                    ontology=corpus.ontology,
                    meta_keys=meta_keys(corpus.schemas),
                    options=given,
                )
            )
            written[str(out / target.name)] = len(documents)
        report = exporter.losses.report(form.name, "export")
        if options.strict and (refused := report.refused):
            lines = listed(reason_lines(refused), MAX_LINES)
            raise LossError(
                f"Nothing was exported, because {form.name} would lose:\n"
                + "\n".join(f"  {line}" for line in lines),
                report,
            )
    return Exported(written=written, report=report)


class _Exporter:
    def __init__(self, corpus: Corpus, form: Format, options: ExportOptions) -> None:
        self._corpus, self._form, self._options = corpus, form, options
        self.losses = LossCounter()

    def documents_by_split(self, progress: Progress) -> dict[str, list[str]]:
        """The ids of the annotated documents to export, by the name of their file or folder."""
        options = self._options
        splits = split_shares(self._corpus.schemas)
        if options.split is not None and options.split not in splits:
            raise InvalidInputError(
                f'split: "{options.split}" is unknown. Allowed: {", ".join(splits)}.'
            )
        annotated = annotation_files(self._corpus, options.annotator)
        known = {*self._corpus.document_ids()}
        for name in (*options.documents, *options.include_text):
            if name not in known and name != ALL:
                raise NotFoundError(f'"{name}": there is no such document in corpus/.')
        found: dict[str, list[str]] = {
            split + ending: [] for split in splits for ending in ("", CONTRASTS)
        }
        losses = []
        total = 0
        for name in progress(
            [n for n in annotated if not options.documents or n in options.documents]
        ):
            document = self._corpus.read_document(name)
            if options.split is not None and document.split != options.split:
                continue
            total += 1
            included = name in options.include_text or ALL in options.include_text
            if document.rights.redistribute_text or included:
                ending = "" if document.contrast is None else CONTRASTS
                found[document.split + ending].append(name)
            else:
                losses.append(
                    Loss(
                        document=name,
                        kind="documents",
                        name=name,
                        outcome="left out",
                        reason=WITHHELD,
                    )
                )
        self.losses.add({"documents": total}, losses)
        found = {split: names for split, names in found.items() if names}
        if not found:
            raise NotFoundError(
                "Nothing was exported: "
                + (
                    "the texts of all documents may not be redistributed. To export them for your "
                    "own use, add --include-text all. If they may be redistributed, say so in "
                    "seeds/seeds.toml, with redistribute_text = true under [rights], and run "
                    "`dateline ingest`."
                    if losses
                    else f'there are no such documents with annotations of "{options.annotator}".'
                )
            )
        return found

    def reduced(self, names: Iterable[str]) -> Iterator[tuple[Document, Annotation]]:
        """The documents as the format can hold them; what is lost is counted."""
        for name in names:
            document = self._corpus.read_document(name)
            annotation = self._corpus.read_annotation(self._options.annotator, name)
            less = reduce(document, annotation, self._form.holds)
            units = (*units_of_document(document), *units_of(annotation))
            self.losses.add(Counter(unit.kind for unit in units), less.losses)
            yield less.document, less.annotation
