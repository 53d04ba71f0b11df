"""Takes sentences and tokens out of a UIMA CAS, before cassis reads the rest of it.

They are about half of what a document has, and cassis takes as long for each as for an annotation.
Only those are taken out that have a place and nothing else, and whose id nothing else has or
refers to.
"""

from __future__ import annotations

from typing import Any

import msgspec

from dateline.interop.formats.inception.cas_types import SENTENCE, TOKEN
from dateline.model import Range

Words = dict[str, list[Range]]
"""Offsets of sentences and tokens, by their type, as they are in the file."""

_VIEW = "_InitialView"
_SOFA = "uima.cas.Sofa"
_ID = "{http://www.omg.org/XMI}id"
_SOFA_TAG, _VIEW_TAG = "{http:///uima/cas.ecore}Sofa", "{http:///uima/cas.ecore}View"
_TAGS = {
    "{{http:///{}.ecore}}{}".format(*name.replace(".", "/").rsplit("/", 1)): name
    for name in (SENTENCE, TOKEN)
}
_OFFSETS = {"sofa", "begin", "end"}
_PLACE_IN_XMI = {_ID, *_OFFSETS}
_PLACE_IN_JSON = {"%ID", "%TYPE", "@sofa", "begin", "end"}


def words_of_xmi(content: bytes) -> tuple[bytes, Words]:
    """The CAS without sentences and tokens, and these. Raises an error for what is not XML."""
    from lxml import etree  # noqa: PLC0415

    root = etree.fromstring(content)
    sofas = [e.get(_ID) for e in root.iterchildren(_SOFA_TAG) if e.get("sofaID") == _VIEW]
    views = [e for e in root.iterchildren(_VIEW_TAG) if e.get("sofa") in sofas]
    if len(views) != 1:
        return content, {}
    plain = {}
    references: list[str] = []
    for element in root:
        given = dict(element.items())
        if element.tag in _TAGS and given.keys() == _PLACE_IN_XMI and not len(element):
            if given["sofa"] in sofas:
                plain[given[_ID]] = element
        elif element.tag not in (_SOFA_TAG, _VIEW_TAG):
            references += [value for name, value in given.items() if name not in _OFFSETS]
            references += [child.text or "" for child in element]
    members = views[0].get("members", "").split()
    taken = (plain.keys() & members).difference(" ".join(references).split())
    words: Words = {}
    for name in taken:
        element = plain[name]
        place = int(element.get("begin")), int(element.get("end"))
        words.setdefault(_TAGS[element.tag], []).append(place)
        root.remove(element)
    views[0].set("members", " ".join(name for name in members if name not in taken))
    return etree.tostring(root, encoding="UTF-8"), words


class _View(msgspec.Struct):
    members: list[int] = msgspec.field(name="%MEMBERS")


class _Cas(msgspec.Struct):
    """A CAS in JSON without its types."""

    structures: list[dict[str, Any]] = msgspec.field(name="%FEATURE_STRUCTURES")
    views: dict[str, _View] = msgspec.field(name="%VIEWS")


def words_of_json(content: bytes) -> tuple[bytes, Words]:
    """The CAS without types, sentences and tokens, and the latter two.

    A CAS of another form is left as it is.
    """
    try:
        cas = msgspec.json.decode(content, type=_Cas)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return content, {}
    sofas = [
        one.get("%ID")
        for one in cas.structures
        if one.get("%TYPE") == _SOFA and one.get("sofaID") == _VIEW
    ]
    view = cas.views.get(_VIEW)
    if len(sofas) != 1 or view is None:
        return content, {}
    plain: dict[int, dict[str, Any]] = {}
    references: set[Any] = set()
    for one in cas.structures:
        if one.get("%TYPE") in (SENTENCE, TOKEN) and one.keys() == _PLACE_IN_JSON:
            if one["@sofa"] == sofas[0] and type(one["begin"]) is type(one["end"]) is int:
                plain[one["%ID"]] = one
        else:
            references.add(one.get("%ID"))
            references.update(value for name, value in one.items() if name[:1] == "@")
            references.update(one.get("%ELEMENTS") or ())
    taken = (plain.keys() & view.members) - references
    words: Words = {}
    for name in taken:
        place = plain[name]["begin"], plain[name]["end"]
        words.setdefault(plain[name]["%TYPE"], []).append(place)
    view.members = [name for name in view.members if name not in taken]
    cas.structures = [one for one in cas.structures if one.get("%ID") not in taken]
    return msgspec.json.encode(cas), words
