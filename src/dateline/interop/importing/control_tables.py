"""The tables of a mapping: by kind of label, or by the controls of a labelling page.

A mapping by controls has the tables ``labels.CONTROL``, ``choices.CONTROL``, ``texts`` and
``relations``, which are read as tables by kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dateline.errors import InvalidInputError
from dateline.interop.importing.labels import ATTRIBUTE, KINDS
from dateline.interop.source import UNLABELLED, UNLABELLED_RELATION

IGNORE = "ignore"
DEFAULTS = "defaults"
"""The table of a mapping with values for items that have none."""

Table = dict[str, str | list[str]]

_OWN = ("labels", "choices", "texts", "relations")
_ENTITY = "entity:"
_ITEMS = ("mention", "document")
"""What answers of a page are about: a region, or the whole text."""
_OPTIONS = {
    "document": {name: name for name in ("text", "id", "object", "attributes")},
    "ignore": {"controls": "ignore", "types": "types"},
}
"""The options of a reader by their table and name in a mapping."""


def reading_options(tables: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What the tables ``document`` and ``ignore`` tell a reader.

    Raises InvalidInputError for an entry that does not exist.
    """
    found = {}
    for table, options in _OPTIONS.items():
        for name, value in _table(table, tables.get(table, {})).items():
            if name not in options:
                raise InvalidInputError(
                    f"{table}.{name}: does not exist. Allowed: {', '.join(options)}."
                )
            found[options[name]] = (value,) if isinstance(value, str) else tuple(value)
    return {name: values for name, values in found.items() if values}


def by_kind(tables: Mapping[str, Any]) -> dict[str, Table]:
    """The tables by kind of label. Raises InvalidInputError for a table of another form."""
    given = {name: table for name, table in tables.items() if name not in (*_OWN, *_OPTIONS)}
    for name in given:
        if name not in (*KINDS, DEFAULTS) and "." not in name:
            kinds = ", ".join(
                (*KINDS, 'the name of an attribute such as "mention.level"', DEFAULTS)
            )
            raise InvalidInputError(f"{name}: is not a kind of label. Allowed: {kinds}.")
    found: dict[str, Table] = {"entity": {}, "relation": {}, ATTRIBUTE: {}}
    found |= {name: {**_table(name, table)} for name, table in given.items()}
    found["entity"].update(_labels(_nested(tables, "labels")))
    for control, names in _nested(tables, "choices").items():
        _add_choices(found, control, names)
    for control, target in _table("texts", tables.get("texts", {})).items():
        for item, texts in _by_item(target):
            found[ATTRIBUTE][f"{item}.{control}"] = texts
    relations = _table("relations", tables.get("relations", {}))
    found["relation"].update(
        {name or UNLABELLED_RELATION: target for name, target in relations.items()}
    )
    return found


def _labels(controls: Mapping[str, Table]) -> Iterator[tuple[str, str | list[str]]]:
    """Labels alone if they mean the same in all controls, and with their control."""
    targets: dict[str, list[str | list[str]]] = {}
    for control, names in controls.items():
        for name, given in names.items():
            target = given.removeprefix(_ENTITY) if isinstance(given, str) else given
            yield f"{control}.{name}", target
            targets.setdefault(name or UNLABELLED, []).append(target)
    for name, some in targets.items():
        if all(target == some[0] for target in some):
            yield name, some[0]


def _add_choices(found: dict[str, Table], control: str, names: Table) -> None:
    if all(target == IGNORE for target in names.values()):
        found[ATTRIBUTE].update(dict.fromkeys((f"{item}.{control}" for item in _ITEMS), IGNORE))
        return
    for name, target in names.items():
        for item, texts in _by_item(target):
            found.setdefault(f"{item}.{control}", {})[name] = texts


def _by_item(target: str | list[str]) -> Iterator[tuple[str, list[str]]]:
    """The targets for answers about a region, and about the whole text."""
    texts = [target] if isinstance(target, str) else target
    for item in _ITEMS:
        fitting = [
            text
            for text in texts
            if text in (IGNORE, "?") or text.startswith("document.") == (item == "document")
        ]
        if fitting or not texts:
            yield item, fitting


def _nested(tables: Mapping[str, Any], name: str) -> dict[str, Table]:
    tables_of = tables.get(name, {})
    if not isinstance(tables_of, dict):
        raise InvalidInputError(f"{name}: is not a table of controls.")
    return {control: _table(f"{name}.{control}", some) for control, some in tables_of.items()}


def _table(name: str, given: object) -> Table:
    """A table of labels with what they are mapped to."""
    if not isinstance(given, dict):
        raise InvalidInputError(f"{name}: is not a table.")
    for key, value in given.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in values):
            raise InvalidInputError(f"{name}.{key}: is not a text or a list of texts.")
    return given
