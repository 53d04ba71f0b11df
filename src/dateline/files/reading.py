"""One strict reader for each kind of file: JSON, TOML, YAML and text; `lines` has those of lines.

Files come from outside. What a lenient parser would change or drop in silence (a repeated key, NaN,
a number that no double holds, a byte order mark) is an error here, and no input can crash a reader.
Messages name line and column as far as the parser tells them.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Hashable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dateline.errors import InvalidInputError
from dateline.files.opening import compression, opened
from dateline.files.typed_json import decode_typed
from dateline.json_pointer import pointer_of

T = TypeVar("T")

DEPTH = 100
"""Levels of nesting that are read; no file of ours has more than a dozen."""
LARGEST = 2 * 1024**3
"""Bytes of a file that is read as a whole."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_PERHAPS_LARGE = re.compile(rb"\d{19}|\d[eE]\+?\d{3}")
# At the start of a value, as hashes have digits and letters that look like a number.
_LARGE_NUMBER = re.compile(rb"(?:^|[:,[\s])-?(?:\d{19}|[\d.]+[eE]\+?\d{3})")
_LONG_NUMBER = re.compile(r"[0-9][0-9_]{4000}")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
# What the two parsers of PyYAML read differently.
_READ_DIFFERENTLY = re.compile(r"[\t!?\ufeff]|[|>][-+\d]*#")
_NOT_A_NUMBER = re.compile(rb"NaN|-?Infinity")
_POSITION = re.compile(r" at line (\d+) column (\d+)$")
_AROUND = 30
# The time and memory that tomllib needs grow with the square of the parts of a dotted key.
_LONG_KEY = re.compile(
    r"""(?:^|[\[{,])[ \t]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*)"""
    rf"{{{DEPTH}}}",
    re.M,
)


class MalformedError(InvalidInputError):
    """Content that a reader refuses.

    ``problem`` says where and why, without the file's name; ``quote`` is the text around the place,
    as it is in the file, and empty where that cannot be told.
    """

    def __init__(self, problem: str, quote: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.quote = quote


def read_bytes(path: Path) -> bytes:
    """All of a regular file.

    Raises NotFoundError if there is no such file, and InvalidInputError if it is a folder, a pipe,
    a device, larger than `LARGEST`, or cannot be read.
    """
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > LARGEST:
            raise InvalidInputError(f"{path}: has {size:,} bytes; at most {LARGEST:,} are read.")
        return file.read()


def read_json(path: Path) -> Any:
    """The value of a JSON file. Raises InvalidInputError naming file and place."""
    return read_named(path, decode_json)


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises InvalidInputError naming file and place."""
    return read_named(path, decode_toml)


def read_yaml(path: Path) -> Any:
    """The value of a YAML file. Raises InvalidInputError naming file and place."""
    return read_named(path, decode_yaml)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, line ends as they are. Raises InvalidInputError naming the file."""
    return read_named(path, decode_text)


def read_named(path: Path, decode: Callable[[bytes], T]) -> T:
    """All of a file, decoded. Raises InvalidInputError that names the file."""
    content = read_bytes(path)
    try:
        return decode(content)
    except MalformedError as error:
        raise InvalidInputError(f"{path}: {error.problem}.") from None


def decode_json(content: bytes) -> Any:
    """The value of JSON text in UTF-8.

    Raises MalformedError for what is not JSON (RFC 8259), for repeated keys, NaN, lone surrogates,
    numbers beyond 64 bits with sign, and nesting beyond `DEPTH`.
    """
    import jiter  # noqa: PLC0415 (only commands that read files pay for it)

    refuse_other_encodings(content)
    try:
        value = jiter.from_json(content, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError as error:
        decode_text(content)  # whose message about bytes is the better one
        if not content.strip():
            raise MalformedError("is empty") from None
        raise _of_parser(content, str(error)) from None
    if content.count(b"[") + content.count(b"{") > DEPTH:
        _refuse_depth(value)
    if _PERHAPS_LARGE.search(content) and _LARGE_NUMBER.search(content):
        _refuse_large_numbers(value, "")
    return value


def decode_json_as(content: bytes, kind: type[T]) -> T:
    """JSON text as a struct. Raises MalformedError where it is not JSON or has another shape."""
    found = decode_typed(content, kind)
    return converted(decode_json(content), kind) if found is None else found


def decode_json_items(content: bytes) -> list[bytes]:
    """The items of a JSON array as JSON text, to be decoded one by one.

    Raises MalformedError where it is not an array.
    """
    try:
        return [bytes(item) for item in msgspec.json.decode(content, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError):
        decode_json(content)  # whose message is the better one
        raise MalformedError("is not an array") from None


def converted(value: Any, kind: type[T]) -> T:
    """A value of JSON as a struct; 1.0 is an integer, as it is to JSON Schema.

    Raises MalformedError where it has another shape.
    """
    try:
        try:
            return msgspec.convert(value, kind, str_keys=True)  # as JSON has no other keys
        except msgspec.ValidationError:
            return msgspec.convert(_with_integers(value), kind, str_keys=True)
    except msgspec.ValidationError as error:
        raise MalformedError(str(error)) from None


def decode_toml(content: bytes) -> dict[str, Any]:
    """The tables of TOML text. Raises MalformedError where it is not TOML."""
    import tomllib  # noqa: PLC0415

    text = decode_text(content)
    if _LONG_KEY.search(text):
        raise MalformedError(_TOO_DEEP)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"is not TOML: {error}", _toml_line(text, str(error))) from None
    except (ValueError, OverflowError):
        # The only ones that tomllib does not make its own: Python reads at most 4,300 digits.
        number = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, number.start()) + 1 if number else 1
        raise MalformedError(f"is not TOML: line {line}: the number is too large") from None
    except RecursionError:
        raise MalformedError(_TOO_DEEP) from None
    _refuse_depth(tables)
    return tables


def decode_yaml(content: bytes) -> Any:
    """The value of YAML text: plain values only, no repeated keys, no aliases.

    Raises MalformedError naming the line.
    """
    import yaml  # noqa: PLC0415

    text = decode_text(content)
    if yaml.__with_libyaml__ and not _READ_DIFFERENTLY.search(text):
        # libyaml is several times as fast; the other parser explains errors.
        with suppress(yaml.YAMLError, RecursionError):
            return yaml.load(text, Loader=_strict_yaml_loader(_fast_yaml_loader()))  # noqa: S506 (SafeLoader)
    try:
        return yaml.load(text, Loader=_strict_yaml_loader(yaml.SafeLoader))  # noqa: S506 (SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise MalformedError(f"is not YAML: {place}{error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise MalformedError(f"is not YAML: {_first_sentence(error)}") from None
    except RecursionError:
        raise MalformedError(_TOO_DEEP) from None


def decode_text(content: bytes) -> str:
    """UTF-8 text; a byte order mark is refused. Raises MalformedError naming the byte."""
    refuse_other_encodings(content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MalformedError(
            f"line {line}: byte {content[error.start]:#04x} at position {error.start} is not UTF-8"
        ) from None


def refuse_other_encodings(content: bytes) -> None:
    """Raise MalformedError if content is compressed, or not in UTF-8 without a byte order mark."""
    if name := compression(content):
        raise MalformedError(f"is compressed ({name}); decompress it first")
    if content.startswith(BYTE_ORDER_MARK):
        raise MalformedError("starts with a byte order mark; save it as UTF-8 without one")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4]:
        raise MalformedError("is UTF-16 or UTF-32; save it as UTF-8")


_TOO_DEEP = f"is nested deeper than {DEPTH} levels"


def _of_parser(content: bytes, message: str) -> MalformedError:
    found = _POSITION.search(message)
    if found is None:
        return MalformedError(f"is not JSON: {message}")
    message = message[: found.start()]
    if message == "recursion limit exceeded":
        return MalformedError(_TOO_DEEP)
    line, column = int(found[1]), int(found[2])
    start = 0
    for _ in range(line - 1):
        start = content.find(b"\n", start) + 1
    # The parser counts columns in bytes; people count characters.
    before = content[start : start + max(column - 1, 0)].decode("utf-8", "replace")
    place = f"line {line}, column {len(before) + 1}"
    at = start + column
    quote = content[max(at - _AROUND, 0) : at + _AROUND].decode("utf-8", "replace")
    if constant := _NOT_A_NUMBER.match(content, max(at - 1, 0)):
        message = f"{constant[0].decode()} is not a number in JSON"
    elif message == "unexpected end of hex escape":
        message = "a \\u escape is cut off, or is a lone surrogate"
    elif message.startswith("EOF while parsing "):
        message = f"ends within {message.removeprefix('EOF while parsing ')}"
    else:
        message = message[0].lower() + message[1:]
    return MalformedError(f"{place}: {message}", quote)


def _toml_line(text: str, message: str) -> str:
    """The line that a message of tomllib is about; the last one if it names none."""
    found = _TOML_LINE.search(message)
    lines = text.rstrip().split("\n")
    return lines[min(int(found[1]), len(lines)) - 1 if found else -1].strip()[:60]


def _refuse_depth(value: Any) -> None:
    # Level by level, because what is to be found could be too deep for a recursive function.
    level = [value]
    for _ in range(DEPTH + 1):
        level = [
            item
            for node in level
            for item in (node.values() if isinstance(node, dict) else node)
            if isinstance(item, dict | list)
        ]
        if not level:
            return
    raise MalformedError(_TOO_DEEP)


def _refuse_large_numbers(value: Any, pointer: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_large_numbers(item, pointer + pointer_of((key,)))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _refuse_large_numbers(item, f"{pointer}/{position}")
    elif (isinstance(value, int) and not -(2**63) <= value < 2**63) or (
        isinstance(value, float) and not math.isfinite(value)
    ):
        raise MalformedError(f"{pointer or '/'}: the number is too large")


def _with_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_integers(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _fast_yaml_loader() -> Any:
    import yaml  # noqa: PLC0415

    class Loader(yaml.composer.Composer, yaml.CSafeLoader):
        """SafeLoader with the parser of libyaml, and nodes that are composed in Python."""

        def __init__(self, text: str) -> None:
            yaml.CSafeLoader.__init__(self, text)
            yaml.composer.Composer.__init__(self)

    return Loader


def _strict_yaml_loader(base: Any) -> Any:
    import yaml  # noqa: PLC0415

    class Loader(base):  # type: ignore[misc]
        """A loader without aliases, repeated keys and days that do not exist."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                event = self.peek_event()
                raise yaml.composer.ComposerError(
                    None, None, "aliases are not read; repeat the value", event.start_mark
                )
            return super().compose_node(parent, index)

        def construct_object(self, node: Any, deep: bool = False) -> Any:
            try:
                return super().construct_object(node, deep)
            except (ValueError, OverflowError) as error:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{node.value!r}: {_first_sentence(error)}", node.start_mark
                ) from None

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key.value, str) and key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value!r} is repeated", key.start_mark
                    )
                seen.add(str(key.value))
            found: dict[Hashable, Any] = super().construct_mapping(node, deep)
            return found

    return Loader


def _first_sentence(error: Exception) -> str:
    return str(error).split(";")[0].splitlines()[0]
