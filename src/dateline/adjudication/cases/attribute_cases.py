"""Cases on attributes of any kind, of mentions, entities, relations, events, claims, documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema_rs
import msgspec

from dateline.adjudication.cases.case import Case, ItemKind, Option, Validate
from dateline.adjudication.cases.case_list import CaseList
from dateline.annotations.differences import format_value
from dateline.model import Attributes, AttributeValue, Range, Struct
from dateline.ontology.labels import Attribute
from dateline.ontology.patterns import LINEAR


class Owner(Struct, frozen=True):
    """What has attributes: its key in ids of cases, its kind, and its place in the text."""

    key: str
    kind: ItemKind
    ranges: tuple[Range, ...]


def collect_attributes(
    owner: Owner,
    label: str,
    attributes: Sequence[Attribute],
    given: Mapping[str, Attributes],
    cases: CaseList,
) -> dict[str, AttributeValue]:
    """Collect a case for each attribute, and return the values that are known.

    ``label`` is that of the owner; empty while it is open, or if the owner is a document.
    ``given`` has the attributes by annotator. Where no annotator has the owner, a required
    attribute is a case without options.
    """
    found: dict[str, AttributeValue] = {}
    for attribute in attributes:
        if not attribute.is_of(label) or (not given and not attribute.required):
            continue
        values = {name: _plain(attribute, own.get(attribute.name)) for name, own in given.items()}
        several = attribute.kind == "labels"
        case = Case(
            id=f"{owner.key}/attribute/{attribute.name}",
            kind="labels" if several else "attribute",
            item_kind=owner.kind,
            detail=attribute.name,
            ranges=owner.ranges,
            options={
                name: Option(value=value, text=format_value(tuple(value) if several else value))
                for name, value in values.items()
            },
            allowed_values=_allowed_values(attribute),
            allows_none=not attribute.required,
            allows_several=several,
        )
        answer = cases.resolve(case, _validator(attribute))
        if answer is None:
            continue
        if several:
            labels = tuple(sorted({label for chosen in answer for label in chosen}))
            if labels or attribute.required:
                found[attribute.name] = labels
        elif answer and answer[0] is not None:
            found[attribute.name] = answer[0]
    return found


def _plain(attribute: Attribute, value: AttributeValue | None) -> Any:
    """The value as the log has it; several labels as a list, which is empty if there are none."""
    if attribute.kind != "labels":
        return value
    return sorted(value) if isinstance(value, tuple) else []


def _allowed_values(attribute: Attribute) -> tuple[str, ...]:
    return ("true", "false") if attribute.kind == "boolean" else attribute.value_names


def _validator(attribute: Attribute) -> Validate:
    names = attribute.value_names

    def validate(value: Any) -> Any:
        if attribute.kind == "label":
            return validate_label(names)(value)
        if attribute.kind == "labels":
            return sorted({validate_label(names)(one) for one in _as_list(value)})
        schema = msgspec.to_builtins(attribute.schema)
        if not jsonschema_rs.Draft202012Validator(schema, pattern_options=LINEAR).is_valid(value):
            article = "" if attribute.kind == "boolean" else "a "
            raise ValueError(f"{value!r} is not {article}{attribute.form}")
        return value

    return validate


def validate_label(labels: Sequence[str]) -> Validate:
    """A validator that accepts these labels."""

    def validate(value: Any) -> Any:
        if value not in labels:
            raise ValueError(f"{value!r} is unknown. Allowed: {', '.join(labels)}")
        return value

    return validate


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
