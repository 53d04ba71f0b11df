"""Writing a labelling page as well-formed XML 1.0, whatever characters the ontology has."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from dateline.errors import InvalidInputError
from dateline.text import excerpt

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file can have, not even escaped."""


def printable(text: str) -> str:
    """The text with the characters that XML forbids written as such, like ``\\u0008``."""
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def page_xml(page: Element) -> str:
    """The page as XML. Raises InvalidInputError naming a value with a character XML forbids."""
    for tag in page.iter():
        for value in tag.attrib.values():
            if _FORBIDDEN.search(value):
                # Names are not changed: annotations have them.
                name = excerpt(value)
                raise InvalidInputError(
                    f'schema/ontology.schema.json: the name "{name}" has a '
                    "character that a labelling page cannot have. Rename the label."
                )
    ElementTree.indent(page)
    return ElementTree.tostring(page, encoding="unicode") + "\n"
