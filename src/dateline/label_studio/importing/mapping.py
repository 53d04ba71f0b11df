"""Reading a mapping of another project's labels to this corpus's: a TOML file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from dateline.errors import InvalidInputError
from dateline.files.reading import read_toml
from dateline.label_studio.importing.source_labels import Kind, SourceLabel
from dateline.label_studio.importing.target_labels import UNDECIDED, TargetLabel, TargetLabels
from dateline.model import LAYERS, Struct
from dateline.ontology.labels import Ontology
from dateline.rendering.listing import listed
from dateline.text import excerpt

IGNORE = "ignore"
MAX_BYTES = 5_000_000
"""Size of the largest mapping that is read."""
MAX_PROBLEMS = 50
"""Problems that a message lists."""
MAX_LENGTH = 300
"""Characters of each of them: names may be of any length."""


class LabelMapping(Struct, frozen=True):
    """A mapping that fits the ontology; a label without targets is ignored.

    ``text_field`` and ``id_field`` are the fields of a task's data with the text and the document's
    id, ``object`` is the page's object that showed the text, and ``defaults`` are the values of
    controls that a region leaves empty.
    """

    text_field: str | None
    id_field: str | None
    object: str | None
    targets: Mapping[SourceLabel, tuple[TargetLabel, ...]]
    ignored_controls: frozenset[str]
    ignored_types: frozenset[str]
    defaults: Mapping[str, str]

    def of(self, label: SourceLabel) -> tuple[TargetLabel, ...] | None:
        """The targets of a label, empty if it is ignored, None if it is not mapped."""
        if label.control and label.control in self.ignored_controls:
            return ()
        if label.kind == "type" and label.name in self.ignored_types:
            return ()
        return self.targets.get(label)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers with a mapped label."""
        used = {target.layer for targets in self.targets.values() for target in targets}
        return tuple(layer for layer in LAYERS if layer in used)


class _Document(Struct, frozen=True):
    text: str | None = None
    id: str | None = None
    object: str | None = None


class _Ignored(Struct, frozen=True):
    controls: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()


_Named = dict[str, str | list[str]]


class _File(Struct, frozen=True):
    document: _Document = _Document()
    labels: dict[str, _Named] = msgspec.field(default_factory=dict)
    choices: dict[str, _Named] = msgspec.field(default_factory=dict)
    texts: _Named = msgspec.field(default_factory=dict)
    relations: _Named = msgspec.field(default_factory=dict)
    defaults: dict[str, str] = msgspec.field(default_factory=dict)
    ignore: _Ignored = _Ignored()


def read_mapping(path: Path, ontology: Ontology) -> LabelMapping:
    """Read a mapping. Raises InvalidInputError, with every entry that does not fit."""
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInputError(f"{path}: is larger than {MAX_BYTES:,} bytes; not a mapping.")
    try:
        file = msgspec.convert(read_toml(path), _File)
    except msgspec.ValidationError as error:
        problem = excerpt(str(error), 0, len(str(error)), MAX_LENGTH)
        raise InvalidInputError(
            f"{path}: {problem}. `dateline studio import EXPORT --template` prints a mapping to "
            "start from."
        ) from None
    known = TargetLabels(ontology)
    targets: dict[SourceLabel, tuple[TargetLabel, ...]] = {}
    problems = []
    for place, label, written in _entries(file):
        found = {text: known.find(label.kind, text) for text in written}
        problems += [
            f"{place}: {known.complaint(label.kind, text)}"
            for text, target in found.items()
            if target is None and text not in (IGNORE, UNDECIDED)
        ]
        if not written:
            problems.append(f'{place}: is empty. Write "{IGNORE}" to leave it out.')
        if UNDECIDED not in written:
            targets[label] = tuple(filter(None, found.values()))
    defaults = {}
    for name, value in file.defaults.items():
        text = f"{name}={value}"
        default = known.find("choice", text)
        if default is None:
            problems.append(f"defaults.{name}: {known.complaint('choice', text)}")
        else:
            defaults[default.control] = default.name
    if problems:
        lines = listed((excerpt(p, 0, len(p), MAX_LENGTH) for p in problems), MAX_PROBLEMS)
        raise InvalidInputError(f"{path}:\n" + "\n".join(f"  {line}" for line in lines))
    return LabelMapping(
        text_field=file.document.text,
        id_field=file.document.id,
        object=file.document.object,
        targets=targets,
        ignored_controls=file.ignore.controls,
        ignored_types=file.ignore.types,
        defaults=defaults,
    )


def _entries(file: _File) -> Iterator[tuple[str, SourceLabel, list[str]]]:
    """Each entry of the file: its place, the label, and what it is mapped to."""
    tables: tuple[tuple[Kind, dict[str, _Named]], ...] = (
        ("label", file.labels),
        ("choice", file.choices),
    )
    for kind, table in tables:
        for control, names in table.items():
            for name, written in names.items():
                label = SourceLabel(kind=kind, control=control, name=name)
                yield f"{kind}s.{control}.{name}", label, _list(written)
    for control, written in file.texts.items():
        yield f"texts.{control}", SourceLabel(kind="text", control=control, name=""), _list(written)
    for name, written in file.relations.items():
        label = SourceLabel(kind="relation", control="", name=name)
        yield f"relations.{name}", label, _list(written)


def _list(written: str | list[str]) -> list[str]:
    return [written] if isinstance(written, str) else written
