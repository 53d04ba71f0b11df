"""JSON exports of Label Studio projects, whatever their labels.

What a label means is not in an export: a mapping makes events, claims and other items of the
mentions and relations that are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from dateline.errors import InvalidInputError
from dateline.interop.format import Format, Holds, Reader, ReadingOptions
from dateline.interop.formats.label_studio.export_file import (
    ExportedAnnotation,
    ExportedTask,
    newest,
    read_export,
)
from dateline.interop.formats.label_studio.result import Page, ResultReader, fits, types_of
from dateline.interop.source import (
    DOCUMENT_FIELDS,
    SourceDocument,
    SourceLoss,
    count_items,
    source_annotation,
)
from dateline.label_studio.result_rows import rows_of, text_of
from dateline.model import Annotation
from dateline.rendering.listing import listed

_METADATA = ("title", "language", "split")
"""Fields of tasks that are fields of a document; others are its further metadata."""
_SHOWN = 20
_ENOUGH = 1000
"""How many regions show which field has the text."""


def _read(path: Path, options: ReadingOptions) -> Iterator[SourceDocument]:
    """A document for each text, with the newest annotation by each user."""
    tasks = read_export(path)
    by_text: dict[str, list[ExportedTask]] = {}
    text_fields = options.get("text") or _text_fields(tasks)[:1]
    for task in tasks:
        field = next((name for name in text_fields if name in task.fields), None)
        if field is None:
            raise InvalidInputError(
                f"{path}: task {task.number} has no {_quoted(text_fields) or 'text'} in its data. "
                f"It has the fields: {_quoted(task.fields) or 'none'}. Leave it out of the export, "
                "or name all fields that have the text of a task (option text, or text under "
                "[document] in the mapping)."
            )
        rest = {name: value for name, value in task.fields.items() if name != field}
        by_text.setdefault(task.fields[field], []).append(replace(task, fields=rest))
    names = _names(path, by_text, options.get("id", ()))
    attributes = options.get("attributes", ())
    page = Page(
        types=types_of((a.result for task in tasks for a in task.annotations), attributes),
        shown=options.get("object", ()),
        ignored=options.get("ignore", ()),
        attributes=attributes,
        other_rows=options.get("types", ()),
    )
    for (text, some), name in zip(by_text.items(), names, strict=True):
        yield _Text(path, name, text, page).document(some)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(listed((f'"{name}"' for name in names), _SHOWN))


def _text_fields(tasks: Iterable[ExportedTask]) -> Sequence[str]:
    """The fields of tasks: first the one that has the quotes of most tasks, or most text.

    Quotes at their offsets count most.
    """
    found: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    seen = 0
    for task in tasks:
        results = [a.result for a in task.annotations] if seen < _ENOUGH else []
        rows = [row for some in results for row in rows_of(some) if text_of(row)]
        seen += len(rows)
        for name, text in task.fields.items():
            found[name] += sum((text_of(row) in text) + 1000 * fits(row, text) for row in rows)
            sizes[name] += len(text)
    return sorted(filter(sizes.get, sizes), key=lambda name: (-found[name], -sizes[name], name))


def _names(
    path: Path, by_text: Mapping[str, Sequence[ExportedTask]], id_fields: Sequence[str]
) -> list[str]:
    """A name for each text, from a field of its task if that differs in all of them.

    Raises InvalidInputError if a field is asked for that some text does not have.
    """
    first = [tasks[0] for tasks in by_text.values()]
    for field in id_fields or (*DOCUMENT_FIELDS, "id", "name"):
        names = [task.fields.get(field, "") for task in first]
        if all(names) and len({*names}) == len(names):
            return names
    if id_fields:
        raise InvalidInputError(
            f"{path}: {_quoted(id_fields)} is not a field that names every text, each with its own "
            f"name. Task {first[0].number} has the fields: {_quoted(first[0].fields) or 'none'}."
        )
    return [f"{path.stem}-{task.number}" for task in first]


class _Text:
    """The tasks with one text."""

    def __init__(self, path: Path, name: str, text: str, page: Page) -> None:
        self._path, self._name, self._text, self._page = path, name, text, page
        self._losses: list[SourceLoss] = []

    def document(self, tasks: Sequence[ExportedTask]) -> SourceDocument:
        """The document with the newest annotation by each user."""
        by_user: dict[str, list[ExportedAnnotation]] = {}
        for task in tasks:
            for number in range(1, task.predictions + 1):
                name = f"task {task.number}, {number}"
                self._lose("predictions", name, "predictions are not imported")
            for annotation in task.annotations:
                if annotation.skipped:
                    self._lose("annotations", annotation.id, "was skipped")
                else:
                    by_user.setdefault(annotation.user, []).append(annotation)
        chosen = {user: self._newest(user, some) for user, some in sorted(by_user.items())}
        annotations = {user: self._annotation(one) for user, one in chosen.items()}
        given = {field: v for field, v in tasks[0].fields.items() if v != self._name}
        return SourceDocument(
            name=self._name,
            text=self._text,
            title=given.get("title"),
            language=given.get("language"),
            split=given.get("split"),
            meta={field: value for field, value in given.items() if field not in _METADATA},
            annotations=annotations,
            items=count_items(annotations.values(), self._losses),
            losses=tuple(self._losses),
        )

    def _newest(self, user: str, annotations: Sequence[ExportedAnnotation]) -> ExportedAnnotation:
        at = newest(annotations)
        if at is None:
            ids = ", ".join(one.id for one in annotations)
            raise InvalidInputError(
                f"{self._path}: {self._name}: user {user} has several annotations ({ids}) without "
                "times and ids. Leave one."
            )
        for position, older in enumerate(annotations):
            if position != at:
                reason = f"is older than {annotations[at].id} by the same user"
                self._lose("annotations", older.id, reason)
        return annotations[at]

    def _annotation(self, exported: ExportedAnnotation) -> Annotation:
        reading = ResultReader(self._text, exported.result, self._page, exported.user)
        self._losses += reading.losses
        empty = source_annotation(self._name, exported.user)
        provenance = replace(
            empty.provenance,
            tool="Label Studio",
            created=exported.created,
            updated=exported.updated_text,
        )
        return replace(
            empty,
            provenance=provenance,
            attributes=reading.attributes.get("", {}),
            mentions=tuple(reading.mentions.values()),
            relations=tuple(reading.relations.values()),
        )

    def _lose(self, kind: str, name: str, reason: str) -> None:
        self._losses.append(SourceLoss(kind=kind, name=name, reason=reason))


def _configured(options: ReadingOptions) -> Reader:
    return partial(_read, options=options)


FORMAT = Format(
    name="label-studio",
    title="Label Studio",
    suffix=".json",
    holds=Holds(
        kinds=frozenset(
            {
                "texts",
                "metadata",
                "document attributes",
                "mentions",
                "mention attributes",
                "relations",
            }
        ),
        ids=True,
    ),
    reader=_configured({}),
    reading={
        "text": "the field of a task with the text, by default the one with the quotes of regions",
        "id": "the field with the name of the document",
        "object": "the object of the page that shows the text, if there are several",
        "attributes": "a control whose labels are values of an attribute, not types of regions",
        "ignore": "a control whose regions and answers are left out",
        "types": "a type of regions, such as rectanglelabels, that nobody misses",
    },
    configured=_configured,
    notes=(
        'The export "JSON" of a project with any labels. Regions are mentions, choices, texts and '
        "numbers are attributes with the name of their control, and relations are those of "
        "mentions; a mapping makes other items of them. Annotators are the numbers of users. The "
        "newest annotation of each is read; skipped ones, older ones, and predictions are left out."
    ),
)
