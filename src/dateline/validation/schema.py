"""JSON Schema validation: a fast yes or no, and an explanation where it is no.

``jsonschema-rs`` answers whether an instance is valid; ``jsonschema`` is asked only when it is not,
for errors that can be walked. Where alternatives fail (``oneOf``), the explanation follows the one
that was meant: an annotated enumeration becomes «X is not one of …», and an object with a constant
member, such as an event's type, is held against the alternative with that constant.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import msgspec

from dateline.errors import DatelineError
from dateline.json_pointer import pointer_of
from dateline.ontology.schemas import Schema
from dateline.text import excerpt
from dateline.validation.incidents import Finding

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

Path = tuple[str | int, ...]


class SchemaValidator:
    """Validates instances against one of a corpus's schemas."""

    def __init__(self, schemas: Mapping[str, Schema], name: str) -> None:
        self._schemas = schemas
        self._name = name
        try:
            registry = jsonschema_rs.Registry([(s["$id"], dict(s)) for s in schemas.values()])
            self._fast = jsonschema_rs.Draft202012Validator(dict(schemas[name]), registry=registry)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            reason = str(error).splitlines()[0]
            raise DatelineError(
                f"schema/{name}.schema.json, or one that it refers to, is no usable JSON Schema: "
                f"{reason}. Compare it with the one that `dateline init` writes."
            ) from None

    @cached_property
    def reference(self) -> Draft202012Validator:
        """The same schema in ``jsonschema``, which explains."""
        # Imported here because a valid corpus never needs it.
        from jsonschema import Draft202012Validator  # noqa: PLC0415
        from referencing import Registry, Resource  # noqa: PLC0415

        resources = [(s["$id"], Resource.from_contents(s)) for s in self._schemas.values()]
        return Draft202012Validator(
            self._schemas[self._name], registry=Registry().with_resources(resources)
        )

    def is_valid(self, instance: object) -> bool:
        """Whether the instance is valid, quickly."""
        return self._fast.is_valid(instance)

    def findings(self, instance: object) -> Iterator[Finding]:
        """Everything that is wrong with the instance; nothing if it is valid."""
        if self.is_valid(instance):
            return
        seen = set()
        for error in self.reference.iter_errors(instance):
            for finding in _explain(error, ()):
                if (finding.pointer, finding.message) not in seen:
                    seen.add((finding.pointer, finding.message))
                    yield msgspec.structs.replace(finding, subject=_subject(instance, finding))


def _explain(error: ValidationError, base: Path) -> Iterator[Finding]:
    path = (*base, *error.relative_path)
    if error.validator in ("oneOf", "anyOf") and error.context:
        yield from _explain_alternatives(error, path)
        return
    message, hint = _wording(error)
    yield _finding(path, message, hint, error.instance)


def _explain_alternatives(error: ValidationError, path: Path) -> Iterator[Finding]:
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    constants = {i: c for i, c in ((i, _failed_constant(b)) for i, b in branches.items()) if c}
    meant = [branch for i, branch in branches.items() if i not in constants]
    if not meant:
        places = {tuple(c.relative_path) for c in constants.values()}
        if len(places) == 1:
            value = next(iter(constants.values())).instance
            message, hint = _not_one_of(value, [c.validator_value for c in constants.values()])
            for position, constant in constants.items():
                if value in _formerly(error, position):
                    hint = (
                        f"It is called «{constant.validator_value}» now: `dateline rename` "
                        "replaces it in all files."
                    )
            yield _finding((*path, *places.pop()), message, hint, value)
            return
    if all(_lacks_only(branch) for branch in branches.values()):
        lacking: list[Any] = [branch[0].validator_value for branch in branches.values()]
        wanted = [name for names in lacking for name in names]
        yield _finding(path, f"none of {_names(wanted)} is there", "Add one.", error.instance)
        return
    if all(_is_of_another_type(branch) for branch in branches.values()):
        values: list[Any] = [branch[0].validator_value for branch in branches.values()]
        kinds = [kind for v in values for kind in (v if isinstance(v, list) else [v])]
        message = f"{_shown(error.instance)} is not of type {' or '.join(kinds)}"
        yield _finding(path, message, _write(kinds), error.instance)
        return
    # The alternative whose errors lie deepest came closest to fitting.
    for inner in max(meant or branches.values(), key=_depth):
        yield from _explain(inner, path)


def _formerly(error: ValidationError, position: int) -> Sequence[object]:
    """Former names of the label at this position of an annotated enumeration."""
    entries: Any = error.validator_value
    entry = entries[position]
    names = entry.get("x-formerly", ()) if isinstance(entry, dict) else ()
    return names if isinstance(names, list) else ()


def _lacks_only(branch: list[ValidationError]) -> bool:
    return len(branch) == 1 and branch[0].validator == "required" and not branch[0].relative_path


def _is_of_another_type(branch: list[ValidationError]) -> bool:
    return len(branch) == 1 and branch[0].validator == "type" and not branch[0].relative_path


def _failed_constant(branch: list[ValidationError]) -> ValidationError | None:
    """The error that rules an alternative out: its constant is not what the instance has."""
    return next((e for e in branch if e.validator == "const" and len(e.relative_path) < 2), None)


def _depth(branch: list[ValidationError]) -> int:
    return min(len(error.relative_path) * 2 + (error.validator != "type") for error in branch)


def _wording(error: ValidationError) -> tuple[str, str]:
    """What is wrong, and the hint."""
    value: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    about = schema.get("description") or "Correct it."
    match error.validator:
        case "required":
            missing = [name for name in wanted if name not in value]
            return f"missing: {_names(missing)}", f"Add {_names(missing)}."
        case "additionalProperties":
            known = schema.get("properties", {})
            extra = [name for name in value if name not in known]
            return f"{_names(extra)} is not known here", f"Known are {_names(known)}."
        case "enum":
            return _not_one_of(value, wanted)
        case "const":
            return _not_one_of(value, [wanted])
        case "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            message = f"{_shown(value)} is not of type {' or '.join(kinds)}"
            return message, f"{_write(kinds)} {schema.get('description', '')}".strip()
        case "pattern":
            return f"{_shown(value)} does not match {wanted}", about
        case "minimum":
            return f"{_shown(value)} is less than {wanted}", about
        case "minLength" | "minItems":
            return "is empty or too short", f"Fill it in, or write null if it may be. {about}"
        case "uniqueItems":
            return "holds the same value twice", "Keep one of them."
        case "oneOf" | "anyOf":
            return "fits more than one alternative", "Keep just one of them."
        case _:
            return excerpt(error.message, 0, len(error.message), 160), about


_WRITTEN = {
    "integer": "a whole number",
    "string": "a text in quotation marks",
    "array": "a list",
    "object": "an object in braces",
    "boolean": "true or false",
}


def _write(kinds: Iterable[str]) -> str:
    return f"Write {' or '.join(_WRITTEN.get(kind, kind) for kind in kinds)}."


def _subject(instance: object, finding: Finding) -> str:
    """The id of the item that a finding lies in; a list's name and a position lead to it."""
    match finding.pointer.split("/"):
        case ["", name, position, *_] if isinstance(instance, dict) and position.isdigit():
            items = instance.get(name)
            if isinstance(items, list) and isinstance(items[int(position)], dict):
                found = items[int(position)].get("id", "")
                return found if isinstance(found, str) else ""
    return ""


def _not_one_of(value: object, allowed: list[Any]) -> tuple[str, str]:
    names = [str(item) for item in allowed]
    close = difflib.get_close_matches(str(value), names, n=1)
    guess = f"Did you mean {close[0]}? " if close else ""
    return f"{_shown(value)} is not allowed here", f"{guess}Allowed are {_names(names)}."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"«{name}»" for name in names)


def _shown(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, default=str)
    return excerpt(written, 0, len(written))


def _finding(path: Path, message: str, hint: str, value: object) -> Finding:
    return Finding(
        pointer=pointer_of(path),
        message=message,
        hint=hint,
        quote=_shown(value),
    )
