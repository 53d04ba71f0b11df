"""JSON exports of Label Studio projects, whatever their labels.

A project does not say what its labels are, so every region is read as a mention, every choice, text
or number as an attribute with the name of its control, and every relation as one of mentions. A
mapping can make other items of them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from dateline.errors import InvalidInputError
from dateline.interop.format import Format, Holds
from dateline.interop.source import (
    DOCUMENT_FIELDS,
    UNLABELLED,
    UNLABELLED_RELATION,
    SourceDocument,
    SourceLoss,
    source_annotation,
    spans_at,
)
from dateline.interop.units import units_of
from dateline.label_studio.convert.placing import Written, place_regions
from dateline.label_studio.convert.region_ids import with_ids
from dateline.label_studio.importing.export_file import (
    ExportedAnnotation,
    ExportedTask,
    newest,
    read_export,
)
from dateline.label_studio.importing.source_labels import ANSWERS, is_of_the_text, labels_of
from dateline.label_studio.result_rows import Row, rows_of, string, strings, text_of, value_of
from dateline.model import Annotation, Attributes, AttributeValue, Mention, Relation

_METADATA = ("title", "language", "split")
"""Fields of tasks that are fields of a document; others are its further metadata."""


def _read(path: Path) -> Iterator[SourceDocument]:
    """A document for each text, with the newest annotation by each user."""
    tasks = read_export(path)
    by_text: dict[str, list[ExportedTask]] = {}
    text_fields = _text_fields(tasks)
    for task in tasks:
        field = next((name for name in text_fields if name in task.fields), None)
        if field is None:
            raise InvalidInputError(
                f"{path}: task {task.number} has no text in its data. Leave it out of the export."
            )
        rest = {name: value for name, value in task.fields.items() if name != field}
        by_text.setdefault(task.fields[field], []).append(replace(task, fields=rest))
    names = _names(path, by_text)
    labels = _label_names(tasks)
    for (text, some), name in zip(by_text.items(), names, strict=True):
        yield _Text(path, name, text, labels).document(some)


def _text_fields(tasks: Iterable[ExportedTask]) -> list[str]:
    """The fields of tasks: first the one that has the most quotes of regions, or most text."""
    found: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for task in tasks:
        quotes = [q for a in task.annotations for row in rows_of(a.result) if (q := text_of(row))]
        for name, text in task.fields.items():
            found[name] += sum(quote in text for quote in quotes)
            sizes[name] += len(text)
    return sorted(filter(sizes.get, sizes), key=lambda name: (-found[name], -sizes[name], name))


def _names(path: Path, by_text: Mapping[str, Sequence[ExportedTask]]) -> list[str]:
    """A name for each text, from a field of its task if that differs in all of them."""
    first = [tasks[0] for tasks in by_text.values()]
    for field in (*DOCUMENT_FIELDS, "id", "name"):
        names = [task.fields.get(field, "") for task in first]
        if all(names) and len({*names}) == len(names):
            return names
    return [f"{path.stem}-{task.number}" for task in first]


def _label_names(tasks: Iterable[ExportedTask]) -> Mapping[tuple[str, str], str]:
    """The type of mentions by control and label; with the control if another one has the label."""
    controls: dict[str, set[str]] = defaultdict(set)
    for task in tasks:
        for row in (row for a in task.annotations for row in rows_of(a.result)):
            for label in labels_of(row) if row.get("type") == "labels" else ():
                controls[label.name].add(label.control)
    return {
        (control, label): (f"{control}.{label}" if len(some) > 1 and label else label) or UNLABELLED
        for label, some in controls.items()
        for control in some
    }


class _Losses:
    """Collects what is left out."""

    def __init__(self) -> None:
        self.all: list[SourceLoss] = []

    def lose(self, kind: str, name: str, reason: str) -> None:
        """Count something that is left out."""
        self.all.append(SourceLoss(kind=kind, name=name, reason=reason))


class _Text:
    """The tasks with one text."""

    def __init__(
        self, path: Path, name: str, text: str, labels: Mapping[tuple[str, str], str]
    ) -> None:
        self._path, self._name, self._text, self._labels = path, name, text, labels
        self._losses = _Losses()

    def document(self, tasks: Sequence[ExportedTask]) -> SourceDocument:
        """The document with the newest annotation by each user."""
        lose = self._losses.lose
        by_user: dict[str, list[ExportedAnnotation]] = {}
        for task in tasks:
            for number in range(1, task.predictions + 1):
                lose("predictions", f"task {task.number}, {number}", "predictions are not imported")
            for annotation in task.annotations:
                if annotation.skipped:
                    lose("annotations", annotation.id, "was skipped")
                else:
                    by_user.setdefault(annotation.user, []).append(annotation)
        chosen = {user: self._newest(user, some) for user, some in sorted(by_user.items())}
        annotations = {user: self._annotation(one) for user, one in chosen.items()}
        items = Counter(loss.kind for loss in self._losses.all)
        for one in annotations.values():
            items.update(unit.kind for unit in units_of(one))
        given = {field: v for field, v in tasks[0].fields.items() if v != self._name}
        return SourceDocument(
            name=self._name,
            text=self._text,
            title=given.get("title"),
            language=given.get("language"),
            split=given.get("split"),
            meta={field: value for field, value in given.items() if field not in _METADATA},
            annotations=annotations,
            items=items,
            losses=tuple(self._losses.all),
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
                self._losses.lose("annotations", older.id, reason)
        return annotations[at]

    def _annotation(self, exported: ExportedAnnotation) -> Annotation:
        reading = _Result(self._text, exported.result, self._labels, self._losses)
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


class _Result:
    """Reads the rows of one annotation, which may have any shape."""

    def __init__(
        self,
        text: str,
        result: object,
        labels: Mapping[tuple[str, str], str],
        losses: _Losses,
    ) -> None:
        self._text, self._types, self._lose = text, labels, losses.lose
        self.mentions: dict[str, Mention] = {}
        self.relations: dict[tuple[str, str, str], Relation] = {}
        self.attributes: dict[str, Attributes] = {}
        rows, _ = with_ids(rows_of(result))
        self._regions([row for row in rows if row.get("type") == "labels"])
        self._answers([row for row in rows if row.get("type") in ANSWERS])
        for number, row in enumerate(rows, 1):
            kind = row.get("type")
            if kind == "relation":
                self._relation(row)
            elif kind not in ("labels", *ANSWERS):
                name = string(row.get("id")) or str(number)
                self._lose(string(kind) or "rows", name, "such rows are not imported")

    def _regions(self, rows: Sequence[Row]) -> None:
        given = [(string(row.get("id")), value_of(row), text_of(row)) for row in rows]
        shown = self._object(rows)
        written = [
            Written(start=value.get("start"), end=value.get("end"), quote=quote)
            for _, value, quote in given
        ]
        _, places = place_regions(self._text, written)
        for row, (name, _, _), place in zip(rows, given, places, strict=True):
            if string(row.get("to_name")) != shown:
                self._lose("mentions", name, f'is not in the text that "{shown}" shows')
                continue
            if place.range is None or (place.message and not place.repaired):
                self._lose("mentions", name, place.message)
                continue
            spans = spans_at(self._text, [place.range])
            for label in labels_of(row):
                type_ = self._types[label.control, label.name]
                mention = Mention(id=name, spans=spans, type=type_)
                first = self.mentions.setdefault(name, mention)
                if first.spans != spans:
                    self._lose("mentions", name, "is in two places, of which the first is read")
                elif first.type != type_:
                    reason = f'is "{first.type}" already'
                    self._lose("labels", f"{name} {type_}", reason)

    def _object(self, rows: Iterable[Row]) -> str:
        """The object of the page that most regions are of, with their quote at their offsets."""
        found: Counter[str] = Counter()
        for row in rows:
            start, end = (value_of(row).get(offset) for offset in ("start", "end"))
            is_there = isinstance(start, int) and isinstance(end, int)
            fits = is_there and self._text[start:end] == text_of(row)
            found[string(row.get("to_name"))] += 1 + 1000 * fits
        return max(found, key=lambda name: found[name], default="")

    def _answers(self, rows: Iterable[Row]) -> None:
        found: dict[str, dict[str, list[AttributeValue]]] = defaultdict(lambda: defaultdict(list))
        kinds: dict[tuple[str, str], str] = {}
        for row in rows:
            name, control, kind = (string(row.get(k)) for k in ("id", "from_name", "type"))
            owner = "" if is_of_the_text(row, self.mentions) else name
            unit = "mention attributes" if owner else "document attributes"
            shown = f"{owner}.{control}" if owner else control
            values = _values(kind, value_of(row))
            if values is None or not control:
                self._lose(unit, shown, "has no value that can be read")
            elif not values:
                continue
            elif owner and owner not in self.mentions:
                self._lose(unit, shown, "is of a region that has no label, or is left out")
            elif kinds.setdefault((owner, control), kind) != kind:
                self._lose(unit, shown, "has a value of another kind already")
            else:
                found[owner][control] += values
        for owner, by_control in found.items():
            self.attributes[owner] = {
                control: _joined(kinds[owner, control], values)
                for control, values in by_control.items()
            }
            if owner:
                mention = self.mentions[owner]
                self.mentions[owner] = replace(mention, attributes=self.attributes[owner])

    def _relation(self, row: Row) -> None:
        source, target = string(row.get("from_id")), string(row.get("to_id"))
        if row.get("direction") == "left":
            source, target = target, source
        for label in dict.fromkeys(labels_of(row)):
            relation = Relation(
                type=label.name or UNLABELLED_RELATION, source=source, target=target
            )
            missing = [end for end in (source, target) if end not in self.mentions]
            if missing:
                reason = f"joins what has no label, or is left out ({', '.join(missing)})"
                self._lose("relations", relation.name, reason)
            elif self.relations.setdefault(relation.key, relation) is not relation:
                self._lose("relations", relation.name, "is given twice")
            elif row.get("direction") == "bi":
                self._lose("directions", relation.name, "points both ways, and is read as drawn")


def _values(kind: str, value: Mapping[str, Any]) -> list[AttributeValue] | None:
    """What a row answers, empty if nothing; None if it cannot be read."""
    if kind == "number":
        given = value.get("number")
        if given is None:
            return []
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        return [given] if is_number and math.isfinite(given) else None
    given = value.get("choices" if kind == "choices" else "text")
    texts = [text for text in strings(given) if text]
    return [*texts] if texts or given in (None, "", [], [""]) else None


def _joined(kind: str, values: Sequence[AttributeValue]) -> AttributeValue:
    """The values of all rows as one: several choices, lines of a text, or the last number."""
    if kind == "number":
        return values[-1]
    texts = [*dict.fromkeys(map(str, values))]
    if kind == "choices" and len(texts) > 1:
        return tuple(sorted(texts))
    return "\n".join(texts)


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
    reader=_read,
    notes=(
        'The export "JSON" of a project with any labels. Regions are mentions, choices, texts and '
        "numbers are attributes with the name of their control, and relations are those of "
        "mentions; a mapping makes other items of them. Annotators are the numbers of users. The "
        "newest annotation of each is read; skipped ones, older ones, and predictions are left out."
    ),
)
