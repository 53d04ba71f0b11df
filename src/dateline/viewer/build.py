"""Writes the site of a corpus: pages of documents, stories and reports, and a list of documents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

import yaml

from dateline.corpus.store import Corpus
from dateline.dataset.build import Progress
from dateline.dataset.description.citation import title_of_corpus
from dateline.dataset.output_folder import Content, refuse_foreign_files, replaced_folder
from dateline.errors import NotFoundError
from dateline.model import GOLD, Annotation, Document, Struct
from dateline.rendering.header import Header, ReportLink
from dateline.rendering.site_links import (
    INDEX,
    REPORTS,
    document_file,
    report_file,
    story_file,
)
from dateline.validation.engine import CheckedDocument, Checker
from dateline.validation.incidents import Incident
from dateline.viewer.document_page import PageOfDocument, document_page, title_of
from dateline.viewer.index_page import Entry, entry_of, index_page
from dateline.viewer.labels import Labels
from dateline.viewer.stories.story import StoryDocument, story_of
from dateline.viewer.stories.story_page import story_page

MARKER = '<meta name="generator" content="dateline view">'
"""What the first page of a site has, by which a later run knows that it may replace the folder."""

SPACE = "README.md"
"""The card of a static Space."""


def _of_site(place: PurePath) -> bool:
    return place.suffix == ".html" or place == PurePath(SPACE)


SITE = Content("a site", "dateline view", INDEX, MARKER, _of_site)


class Options(Struct, frozen=True):
    """What a site shows.

    ``documents`` are ids, or none for all.
    ``annotators`` are one or two, or none for gold, where there is gold, and else for the first
    annotator of each document. ``withhold`` leaves out the texts that must not be shared.
    Those of documents in ``include_text`` are shown nevertheless. ``predictions``, by document, are
    beside the first annotation, and only their documents are shown. With ``as_space``, the folder
    is one that the Hugging Face Hub shows as a static Space.
    """

    documents: Collection[str] = ()
    annotators: tuple[str, ...] = ()
    withhold: bool = True
    include_text: Collection[str] = ()
    as_space: bool = False
    predictions: Mapping[str, Annotation] | None = None


class Report(NamedTuple):
    """A report for the site: its name in `REPORTS`, and what makes its page.

    This gets the header of the page, and the ids of the documents whose texts are withheld.
    """

    name: str
    page: Callable[[Header, Collection[str]], str]


class Site(Struct, frozen=True):
    """What a site has: the number of its documents, and the ids of those without their text.

    ``unreadable`` are the ids of documents that do not match their schema, so they have no page.
    """

    documents: int
    withheld: tuple[str, ...]
    unreadable: tuple[str, ...]


def build_site(
    corpus: Corpus,
    out: Path,
    options: Options,
    progress: Progress = iter,
    reports: Sequence[Report] = (),
) -> Site:
    """Write the site of a corpus to the folder ``out``, replacing an earlier one.

    Raises NotFoundError if the corpus has no documents, or an annotator no annotations, and
    ConflictError if ``out`` has anything but a site. ``out`` is then unchanged.
    """
    refuse_foreign_files(out, SITE)
    _check_annotators(corpus, options)
    predicted = options.predictions
    known = corpus.document_ids()
    if unknown := {*options.documents} - {*known}:
        raise NotFoundError(f"the corpus has no document {', '.join(sorted(unknown))}.")
    wanted = set(options.documents or known) & set(known if predicted is None else predicted)
    ids = [one for one in known if one in wanted]
    if not ids:
        raise NotFoundError(
            f"{corpus.documents}: there are no documents. Put texts into seeds/ and run "
            "`dateline ingest`."
        )
    labels = Labels(corpus.ontology)
    title = title_of_corpus(corpus)
    header = Header(
        title, reports=tuple(ReportLink(REPORTS[r.name], report_file(r.name)) for r in reports)
    )
    entries: list[Entry] = []
    groups: dict[str, list[StoryDocument]] = {}
    withheld: list[str] = []
    unreadable: list[str] = []
    with replaced_folder(out) as folder:
        found = Checker(corpus).check_documents(progress(ids))
        for previous, checked, document, following in _with_neighbours(found, unreadable):
            hidden = options.withhold and not (
                document.rights.redistribute_text or document.id in options.include_text
            )
            withheld += [document.id] if hidden else []
            shown = _shown_annotations(checked.annotations, options)
            if predicted is not None:
                shown = [*shown[:1], predicted[document.id]]
            html = document_page(
                PageOfDocument(
                    document=document,
                    annotations=shown,
                    incidents=_relevant(checked, shown),
                    previous=previous,
                    following=following,
                    withheld=hidden,
                ),
                labels,
                header,
            )
            _write(folder / document_file(document.id), html)
            first = shown[0] if shown else None
            if document.group is not None:
                part = StoryDocument(
                    document=document,
                    annotation=first,
                    title=title_of(document, withheld=hidden),
                    withheld=hidden,
                )
                groups.setdefault(document.group, []).append(part)
            entries.append(
                entry_of(document, first, sorted(checked.annotations), labels, withheld=hidden)
            )
        _write_stories(folder, header, groups, labels)
        for report in reports:
            file = report_file(report.name)
            _write(folder / file, report.page(header.of_page(file), withheld))
        _write(folder / INDEX, index_page(header, entries, labels))
        if options.as_space:
            _write(folder / SPACE, _space_card(title))
    return Site(documents=len(entries), withheld=tuple(withheld), unreadable=tuple(unreadable))


def _with_neighbours(
    found: Iterable[CheckedDocument], unreadable: list[str]
) -> Iterator[tuple[str | None, CheckedDocument, Document, str | None]]:
    """Each document between the ids of those before and after it that have a page too.

    Ids of documents that do not match their schema are added to ``unreadable``.
    """
    previous: str | None = None
    waiting: tuple[CheckedDocument, Document] | None = None
    for checked in found:
        if checked.document is None:
            unreadable.append(checked.id)
            continue
        if waiting is not None:
            yield previous, *waiting, checked.id
            previous = waiting[0].id
        waiting = checked, checked.document
    if waiting is not None:
        yield previous, *waiting, None


def _write_stories(
    folder: Path, header: Header, groups: Mapping[str, Sequence[StoryDocument]], labels: Labels
) -> None:
    """Write a page for each group. The text of a contrast is an original's, so it tells nothing."""
    for group, documents in groups.items():
        contrasts = [one for one in documents if one.document.contrast is not None]
        others = [one for one in documents if one.document.contrast is None]
        story = story_of(group, others, labels)
        _write(folder / story_file(group), story_page(header, story, contrasts, labels))


def _check_annotators(corpus: Corpus, options: Options) -> None:
    known = corpus.annotators()
    for name in options.annotators:
        if name not in known:
            raise NotFoundError(
                f'"{name}" has no annotations. Annotators: {", ".join(known) or "none"}.'
            )


def _shown_annotations(annotations: Mapping[str, Annotation], options: Options) -> list[Annotation]:
    if options.annotators:
        return [annotations[name] for name in options.annotators if name in annotations]
    first = GOLD if GOLD in annotations else min(annotations, default=None)
    return [annotations[first]] if first is not None else []


def _space_card(title: str) -> str:
    """The settings of a static Space, as the front matter of its README.md."""
    settings = yaml.safe_dump(
        {"title": title, "sdk": "static", "app_file": INDEX}, allow_unicode=True, sort_keys=False
    )
    return f"---\n{settings}---\n"


def _relevant(checked: CheckedDocument, shown: Sequence[Annotation]) -> list[Incident]:
    """The problems of the document, the shown annotations, and those that cannot be read."""
    others = {*checked.annotations} - {annotation.annotator for annotation in shown}
    folders = {f"annotations/{name}" for name in others}
    return [one for one in checked.incidents if one.file.rpartition("/")[0] not in folders]


def _write(path: Path, html: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(html, encoding="utf-8", newline="\n")
