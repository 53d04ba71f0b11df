"""Tags of languages."""

from __future__ import annotations

import re

from dateline.errors import InvalidInputError

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def language_tag(text: str) -> str:
    """A BCP 47 tag in its canonical form: "fi" for "FI", "zh-Hant" for "zh-hant".

    Raises InvalidInputError if the text is not a tag.
    """
    from langcodes import standardize_tag  # noqa: PLC0415 (slow to import)
    from langcodes.tag_parser import LanguageTagError  # noqa: PLC0415

    try:
        if _TAG.fullmatch(text):
            return standardize_tag(text)
    except LanguageTagError:
        pass
    raise InvalidInputError(
        f'language: "{text}" is not a language tag; write one such as "en" or "zh-Hant".'
    )
