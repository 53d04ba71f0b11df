"""Values that must not be printed or stored: what a model could report that it was given."""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

from dateline.errors import DatelineError, ServerError
from dateline.text import redacted

_SECRET_NAME = re.compile(
    r"(?:.*[_-])?(?:(?:api)?key|token|secret|passwor[dt]|passwd|credentials?)(?:[_-].*)?",
    re.IGNORECASE,
)
_SHORTEST = 6
"""Characters; shorter values of such variables are switches and numbers."""


def known_secrets(options: Mapping[str, str]) -> frozenset[str]:
    """The values of options and of environment variables whose names say that they are secret.

    An option that names a variable, such as ``key_variable``, stands for the variable's value.
    """
    found = {value for name, value in os.environ.items() if _SECRET_NAME.fullmatch(name)}
    for name, value in options.items():
        if _SECRET_NAME.fullmatch(name):
            found.add(os.environ.get(value, "" if name.endswith("_variable") else value))
    return frozenset(value.strip() for value in found if len(value.strip()) >= _SHORTEST)


def without_secrets(value: Any, secrets: Iterable[str]) -> Any:
    """A JSON value in which every secret is replaced; strings are not changed otherwise."""
    if isinstance(value, str):
        for secret in sorted(secrets, key=len, reverse=True):
            value = value.replace(secret, "[secret]")
        return value
    if isinstance(value, Mapping):
        return {without_secrets(k, secrets): without_secrets(v, secrets) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(item, secrets) for item in value]
    return value


def failure_of(model: str, error: Exception, secrets: Iterable[str]) -> DatelineError:
    """The error for what a model raised: its message, and the line of code that raised it."""
    if isinstance(error, DatelineError):
        return type(error)(without_secrets(str(error), secrets))
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    reason = redacted(error, secrets)
    return ServerError(
        f"the model {redacted(model, secrets)} failed: {type(error).__name__}: {reason}{place}."
    )
