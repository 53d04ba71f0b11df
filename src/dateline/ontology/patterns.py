"""Regular expressions from schemas, matched by one engine and in linear time.

JSON Schema has patterns of ECMA-262. Python's ``re`` differs from it (``$`` matches before a last
line break) and can need exponential time; the engine of ``jsonschema-rs`` does not. It has no
lookaround and no backreferences, so patterns that need these are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import jsonschema_rs

from dateline.errors import InvalidInputError

LINEAR = jsonschema_rs.RegexOptions(size_limit=10_000_000)
"""How every validator of ours matches patterns."""


@lru_cache(maxsize=256)
def searcher(pattern: str) -> Callable[[str], bool]:
    """A function that says whether the pattern matches somewhere in a string.

    Raises InvalidInputError if it is not a pattern, or needs lookaround or backreferences.
    """
    try:
        validator = jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=LINEAR)
    except ValueError:
        raise InvalidInputError(
            f"{pattern!r} is not a regular expression that can be used. Check its brackets; "
            "lookaround, backreferences and very large repetitions are not supported."
        ) from None
    return validator.is_valid


def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that says whether the pattern matches all of a string. Raises as `searcher`."""
    searcher(pattern)  # which names the pattern as it was written
    return searcher(f"^(?:{pattern})$")
