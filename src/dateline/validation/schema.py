"""JSON Schema validation: a fast check, and findings that explain what is invalid.

``jsonschema-rs`` checks whether an instance is valid. Only if it is not, ``jsonschema`` lists the
errors in detail. If all alternatives of a ``oneOf`` fail, the finding is about the one that was
meant: an enumeration of labels becomes "X is not allowed", and an object with a constant member,
such as the type of an event, is compared with the alternative that has this constant.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import msgspec

from dateline.errors import InvalidInputError
from dateline.json_pointer import pointer_of
from dateline.model import FORMER_VERSION, SCHEMA_VERSION
from dateline.ontology.patterns import LINEAR, searcher
from dateline.ontology.schemas import Schema
from dateline.rendering import suggestions
from dateline.rendering.listing import listed
from dateline.text import excerpt
from dateline.validation.incidents import Finding

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

Path = tuple[str | int, ...]

EXPLAINED = 50
"""Errors of a file that are explained, which takes milliseconds for each."""
_NAMES = 20
_UNIQUE = jsonschema_rs.Draft202012Validator({"uniqueItems": True})
_TYPES = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "array": "an array",
    "object": "an object",
    "boolean": "true or false",
}


class SchemaValidator:
    """Validates instances against one of a corpus's schemas."""

    def __init__(self, schemas: Mapping[str, Schema], name: str) -> None:
        self._schemas = schemas
        self._name = name
        try:
            self._registry = jsonschema_rs.Registry([(s["$id"], dict(s)) for s in schemas.values()])
            self._fast = jsonschema_rs.Draft202012Validator(
                dict(schemas[name]), registry=self._registry, pattern_options=LINEAR
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            reason = str(error).splitlines()[0]
            raise InvalidInputError(
                f"schema/{name}.schema.json, or one that it refers to, is not a valid JSON "
                f"Schema: {reason}. Compare it with the one that `dateline init` creates."
            ) from None

    @cached_property
    def reference(self) -> Draft202012Validator:
        """The same schema as a ``jsonschema`` validator, whose errors can be explained."""
        # Imported here because a valid corpus does not need it.
        from jsonschema import Draft202012Validator  # noqa: PLC0415
        from jsonschema.validators import extend  # noqa: PLC0415
        from referencing import Registry, Resource  # noqa: PLC0415

        resources = [(s["$id"], Resource.from_contents(s)) for s in self._schemas.values()]
        extended: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]
            Draft202012Validator, {"pattern": _check_pattern, "uniqueItems": _check_unique}
        )
        return extended(self._schemas[self._name], registry=Registry().with_resources(resources))

    def is_valid(self, instance: object) -> bool:
        """Whether the instance is valid."""
        return self._fast.is_valid(instance)

    def findings(self, instance: object) -> Iterator[Finding]:
        """Violations of the schema: about `EXPLAINED`, and a finding about how many there are.

        There are none if the instance is valid, and at least one if it is not.
        """
        if self.is_valid(instance):
            return
        part, positions = self._invalid_part(instance)
        found = self._explained(part, positions)
        if not found:
            # The two validators disagree. What is invalid is an error even without an explanation.
            found = [_unexplained(error, positions) for error in self._fast.iter_errors(part)]
        for finding in found[:EXPLAINED]:
            yield msgspec.structs.replace(finding, subject=_subject(instance, finding))
        items = sum(map(len, positions.values()))
        if len(found) > EXPLAINED or items > EXPLAINED:
            yield Finding(
                pointer="",
                message=f"{items:,} items have errors; only the first {EXPLAINED} errors are shown",
                hint="Fix those first.",
            )

    def _invalid_part(self, instance: object) -> tuple[object, Mapping[str, Sequence[int]]]:
        """The instance without valid items of its lists, and the positions of the invalid ones.

        Explaining takes a thousand times longer than validating, so that valid items are left out,
        and all but the first `EXPLAINED` invalid ones. A list of which all items are valid is left
        as it is if it is invalid as a whole, and is otherwise empty.
        """
        if not isinstance(instance, dict):
            return instance, {}
        positions: dict[str, Sequence[int]] = {}
        for name, value in instance.items():
            validator = self._of_properties.get(name)
            if validator is not None and isinstance(value, list):
                is_valid = validator.is_valid(value)
                bad = (
                    []
                    if is_valid
                    else [
                        position
                        for position, item in enumerate(value)
                        if not validator.is_valid([item])
                    ]
                )
                if is_valid or bad:
                    positions[name] = bad
        lists = {
            name: [instance[name][position] for position in bad[:EXPLAINED]]
            for name, bad in positions.items()
        }
        return {**instance, **lists}, positions

    @cached_property
    def _of_properties(self) -> Mapping[str, jsonschema_rs.Draft202012Validator]:
        """Fast validators of the instance's fields."""
        schema = self._schemas[self._name]
        return {
            name: jsonschema_rs.Draft202012Validator(
                {"$ref": f"{schema['$id']}#{pointer_of(('properties', name))}"},
                registry=self._registry,
                pattern_options=LINEAR,
            )
            for name in schema.get("properties", {})
            if "%" not in name
        }

    def _explained(self, part: object, positions: Mapping[str, Sequence[int]]) -> list[Finding]:
        found: dict[tuple[str, str], Finding] = {}
        # A schema can be nested deeper than Python can follow.
        with contextlib.suppress(RecursionError):
            for error in self.reference.iter_errors(part):
                path = _original(tuple(error.absolute_path), positions)
                for finding in _explain(error, path) if path is not None else ():
                    found.setdefault((finding.pointer, finding.message), finding)
                if len(found) > EXPLAINED:
                    break
        return list(found.values())


def _check_pattern(
    _validator: object, pattern: str, instance: object, _schema: object
) -> Iterator[ValidationError]:
    """The keyword "pattern", by the regular expressions of the fast validator."""
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415

    if isinstance(instance, str) and not searcher(pattern)(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _check_unique(
    _validator: object, unique: object, instance: object, _schema: object
) -> Iterator[ValidationError]:
    """The keyword "uniqueItems", in linear time."""
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415

    if unique is True and not _UNIQUE.is_valid(instance):
        yield ValidationError("has duplicates")


def _original(path: Path, positions: Mapping[str, Sequence[int]]) -> Path | None:
    """A place of the invalid part in the instance; None for a list that the part has shortened."""
    if not path or path[0] not in positions:
        return path
    name = str(path[0])
    return (name, positions[name][int(path[1])], *path[2:]) if len(path) > 1 else None


def _unexplained(
    error: jsonschema_rs.ValidationError, positions: Mapping[str, Sequence[int]]
) -> Finding:
    path = _original(tuple(error.instance_path), positions) or ()
    message = f"does not fit the schema: {excerpt(error.message, width=160)}"
    return _finding(path, message, "Fix the value.", error.instance)


def _explain(error: ValidationError, path: Path) -> Iterator[Finding]:
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
                        f'It was renamed to "{constant.validator_value}". '
                        "Run `dateline rename` to replace it in all files."
                    )
            yield _finding((*path, *places.pop()), message, hint, value)
            return
    if all(_lacks_only(branch) for branch in branches.values()):
        lacking: list[Any] = [branch[0].validator_value for branch in branches.values()]
        wanted = [name for names in lacking for name in names]
        yield _finding(path, f"one of {_names(wanted)} is missing", "Add one.", error.instance)
        return
    if all(_is_of_another_type(branch) for branch in branches.values()):
        values: list[Any] = [branch[0].validator_value for branch in branches.values()]
        kinds = [kind for v in values for kind in (v if isinstance(v, list) else [v])]
        message, hint = _wrong_type(error.instance, kinds)
        yield _finding(path, message, hint, error.instance)
        return
    # The alternative whose errors are nested deepest is the closest match.
    for inner in max(meant or branches.values(), key=_depth):
        yield from _explain(inner, (*path, *inner.relative_path))


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
    """The error that excludes an alternative: the instance has another constant."""
    return next((e for e in branch if e.validator == "const" and len(e.relative_path) < 2), None)


def _depth(branch: list[ValidationError]) -> int:
    return min(len(error.relative_path) * 2 + (error.validator != "type") for error in branch)


_MIGRATE = f"Run `dateline migrate` if the file is of format {FORMER_VERSION}."


def _wording(error: ValidationError) -> tuple[str, str]:
    """Message and hint."""
    value: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    about = schema.get("description") or "Fix the value."
    match error.validator:
        case "required":
            missing = [name for name in wanted if name not in value]
            is_former = "schema_version" in missing
            return f"missing: {_names(missing)}", (
                _MIGRATE if is_former else f"Add {_names(missing)}."
            )
        case "additionalProperties":
            known = schema.get("properties", {})
            extra = [name for name in value if name not in known]
            return f"unknown: {_names(extra)}", f"Allowed: {', '.join(known) or 'nothing'}."
        case "enum":
            return _not_one_of(value, wanted)
        case "const":
            is_former = (value, wanted) == (FORMER_VERSION, SCHEMA_VERSION)
            message, hint = _not_one_of(value, [wanted])
            return message, _MIGRATE if is_former else hint
        case "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            message, hint = _wrong_type(value, kinds)
            meaning = schema.get("description")
            return message, f"{hint} It is: {meaning}" if meaning else hint
        case "pattern":
            return f"{_shown(value)} does not match {wanted}", about
        case "minimum":
            return f"{_shown(value)} is less than {wanted}", about
        case "minLength" | "minItems":
            return "is empty or too short", f"Add a value, or write null if it is allowed. {about}"
        case "uniqueItems":
            return "has a duplicate value", "Remove the duplicate."
        case "oneOf" | "anyOf":
            return "matches more than one alternative", "Keep one of them."
        case _:
            return excerpt(error.message, width=160), about


def _wrong_type(value: object, types: Sequence[str]) -> tuple[str, str]:
    expected = " or ".join(_TYPES.get(type_, type_) for type_ in types)
    bare = ", without quotes" if isinstance(value, str) and value and _is_bare(value, types) else ""
    return f"{_shown(value)} has the wrong type", f"Expected {expected}{bare}."


def _is_bare(text: str, types: Sequence[str]) -> bool:
    """Whether a text would have one of these types without its quotes."""
    with contextlib.suppress(ValueError):
        return jsonschema_rs.is_valid({"type": [*types]}, json.loads(text))
    return False


def _subject(instance: object, finding: Finding) -> str:
    """The id of the item that the finding is in, such as that of /mentions/3."""
    match finding.pointer.split("/"):
        case ["", name, position, *_] if isinstance(instance, dict) and position.isdigit():
            items = instance.get(name)
            if isinstance(items, list) and isinstance(items[int(position)], dict):
                found = items[int(position)].get("id", "")
                return found if isinstance(found, str) else ""
    return ""


def _not_one_of(value: object, allowed: list[Any]) -> tuple[str, str]:
    return f"{_shown(value)} is not allowed", suggestions.allowed(str(value), map(str, allowed))


def _names(names: Iterable[str]) -> str:
    return ", ".join(listed((f'"{excerpt(name)}"' for name in names), _NAMES))


def _shown(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, default=str)
    return excerpt(written)


def _finding(path: Path, message: str, hint: str, value: object) -> Finding:
    return Finding(
        pointer=pointer_of(path),
        message=message,
        hint=hint,
        quote=_shown(value),
    )
