"""Reading UIMA CAS, with the types that a type system declares or none does."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec

from dateline.errors import InvalidInputError
from dateline.extras import extra
from dateline.files.reading import MalformedError, refuse_other_encodings
from dateline.interop.formats.inception.cas_types import (
    ANNOTATION,
    ARRAY,
    DKPRO,
    DOCUMENT,
    SENTENCE,
    STRING,
    STRINGS,
    TOKEN,
    TOP,
    TYPE_SYSTEM,
)
from dateline.interop.formats.inception.cas_words import Words, words_of_json, words_of_xmi
from dateline.interop.formats.inception.files import Found, find_files
from dateline.interop.formats.inception.layers import (
    CONTINUED,
    Chain,
    ChainLink,
    LayeredText,
    LayerRelation,
    LayerSpan,
)
from dateline.interop.formats.inception.reading import source_document
from dateline.interop.offsets import places_of
from dateline.interop.source import SourceDocument
from dateline.model import AttributeValue

_OF_TOOLS = (f"{DKPRO}.metadata.", "de.tudarmstadt.ukp.clarin.webanno.api.type.", "uima.cas.")
_KNOWN_RANGES = {
    "Governor": ANNOTATION,
    "Dependent": ANNOTATION,
    "next": ANNOTATION,
    "first": ANNOTATION,
}
ENDINGS = (".xmi", ".json")
"""Of files with a CAS."""

_ID = "{http://www.omg.org/XMI}id"


def read_cas(path: Path) -> Iterator[SourceDocument]:
    """The documents of a file, folder or export of a project. Raises InvalidInputError."""
    with extra("cas"):
        import cassis  # noqa: F401, PLC0415

    for found in find_files(path, ENDINGS):
        try:
            layers = _layers(*_loaded(found))
        except InvalidInputError as error:
            raise InvalidInputError(f"{found.path}: {error}") from None
        yield source_document(found.name, found.annotator, layers)


def _loaded(found: Found) -> tuple[Any, Words]:
    """The CAS of a file, and its sentences and tokens that are not in it.

    Raises InvalidInputError without the name of the file.
    """
    described = _type_system_beside(found)
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        try:
            if found.path.endswith(".json") or found.content.lstrip()[:1] == b"{":
                cas, words = _loaded_json(found.content, described)
            else:
                cas, words = _loaded_xmi(found.content, _parsed_types(described))
        except InvalidInputError:
            raise
        except Exception as error:  # cassis raises what it comes upon
            shown = " ".join(str(error).split())[:200] or type(error).__name__
            raise InvalidInputError(f"is not a UIMA CAS that cassis can read: {shown}") from None
    for note in noted:
        if "Not mapping" in str(note.message):
            raise InvalidInputError(f"has offsets outside of its text. {note.message}.")
    return cas, words


class _Embedded(msgspec.Struct):
    """The types that a CAS in JSON describes itself, as they are in the file."""

    types: msgspec.Raw = msgspec.field(name="%TYPES", default_factory=msgspec.Raw)


def _loaded_json(content: bytes, described: bytes) -> tuple[Any, Words]:
    from cassis import load_cas_from_json  # noqa: PLC0415

    try:
        refuse_other_encodings(content)
    except MalformedError as error:
        raise InvalidInputError(f"{error.problem}.") from None
    if b'"%FEATURE_STRUCTURES"' not in content:
        raise InvalidInputError("is not a UIMA CAS: it has no %FEATURE_STRUCTURES.")
    embedded = bytes(msgspec.json.decode(content, type=_Embedded).types)
    types = _embedded_types(embedded) if embedded else _parsed_types(described)
    rest, words = words_of_json(content)
    return load_cas_from_json(BytesIO(rest), typesystem=types, merge_typesystem=False), words


@lru_cache(maxsize=16)
def _embedded_types(described: bytes) -> Any:
    """A type system in JSON, which most files of a project have in common."""
    from cassis import load_cas_from_json  # noqa: PLC0415

    empty = b'{"%%TYPES": %b, "%%FEATURE_STRUCTURES": [], "%%VIEWS": {}}' % described
    return load_cas_from_json(BytesIO(empty)).typesystem


def _loaded_xmi(content: bytes, types: Any) -> tuple[Any, Words]:
    from cassis import load_cas_from_xmi  # noqa: PLC0415
    from cassis.typesystem import TypeNotFoundError  # noqa: PLC0415

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InvalidInputError("has a DOCTYPE, which is not read. Remove it.")
    rest, words = words_of_xmi(content)
    try:
        return load_cas_from_xmi(BytesIO(rest), typesystem=types), words
    except (TypeNotFoundError, TypeError):
        _add_missing_types(rest, types)
        return load_cas_from_xmi(BytesIO(rest), typesystem=types), words


def _type_system_beside(found: Found) -> bytes:
    stem = re.sub(r"\.[a-z]+$", "", re.split(r"[/\\]", found.path)[-1])
    own = f"{stem}.typesystem.xml".lower()
    names = {name.lower(): content for name, content in found.beside.items()}
    for name in (own, TYPE_SYSTEM.lower()):
        if name in names:
            return names[name]
    some = [n for n in names if n.endswith("typesystem.xml") and n.count(".") <= 2]
    general = [name for name in some if "inception" in name] or some
    return names[general[0]] if len(general) == 1 else b""


def _parsed_types(content: bytes) -> Any:
    """The type system, as a new one each time types are added to it."""
    from cassis import TypeSystem  # noqa: PLC0415

    return _parsed(content) if content else TypeSystem()


@lru_cache(maxsize=4)
def _parsed(content: bytes) -> Any:
    from cassis import load_typesystem  # noqa: PLC0415

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InvalidInputError("has a type system with a DOCTYPE, which is not read. Remove it.")
    try:
        return load_typesystem(BytesIO(content))
    except Exception as error:  # cassis raises what it comes upon
        shown = " ".join(str(error).split())[:200]
        raise InvalidInputError(f"has a type system that cassis cannot read: {shown}") from None


def _add_missing_types(content: bytes, types: Any) -> None:
    """Add the types and features that a document has, but its type system has not.

    What they are is seen from their features; those without a known name are text.
    """
    from lxml import etree  # noqa: PLC0415

    for _, element in etree.iterparse(BytesIO(content), events=("start",)):
        namespace, _, short = str(element.tag).rpartition("}")
        package = namespace.removeprefix("{http:///").removesuffix(".ecore").replace("/", ".")
        name = f"{package}.{short}"
        if not namespace.startswith("{http:///") or name.startswith(("uima.", "uima.cas.")):
            continue
        if not types.contains_type(name, True):
            is_of_text = "begin" in element.attrib
            types.create_type(name, ANNOTATION if is_of_text else TOP)
        known = types.get_type(name)
        for feature in element.attrib:
            if feature != _ID and known.get_feature(str(feature)) is None:
                value_range = _KNOWN_RANGES.get(str(feature), STRING)
                types.create_feature(known, str(feature), value_range)


def _layers(cas: Any, words: Words) -> LayeredText:
    text = cas.sofa_string
    if not text:
        raise InvalidInputError("has no text. Export the document again, with its text.")
    return _Reading(cas, text, _in_code_points(text, words)).result


def _in_code_points(text: str, words: Words) -> Words:
    """Sentences and tokens with offsets in code points; those of a CAS count UTF-16 code units."""
    places: Mapping[int, int] | range = range(len(text) + 1)
    if max(text) > "\uffff":
        places = places_of(text, "UTF-16 code units")
    found: Words = {}
    for name, ranges in words.items():
        for begin, end in ranges:
            if begin > end or begin not in places or end not in places:
                raise InvalidInputError(
                    f"has offsets outside of its text: a {name.rpartition('.')[2]} is at {begin} "
                    f"to {end}. Correct the offsets."
                )
        found[name] = [(places[begin], places[end]) for begin, end in ranges]
    return found


class _Reading:
    """The layers of a CAS, by the structure of their types."""

    def __init__(self, cas: Any, text: str, words: Words) -> None:
        self._types = cas.typesystem
        self._is = cache(cas.typesystem.is_instance_of)
        self._spans: dict[int, LayerSpan] = {}
        self._shapes: dict[str, dict[str, str]] = {}
        result = self.result = LayeredText(text, None, None)
        structures = sorted(cas.select_all_fs(), key=lambda one: one.xmiID)
        ranges = {name: words.get(name, []) for name in (SENTENCE, TOKEN)}
        relations, heads = [], []
        elements = self._link_types()
        for one in structures:
            name, shape = one.type.name, self._shape(one.type)
            if name in ranges:
                ranges[name].append(self._range(one))
            elif name.startswith(_OF_TOOLS) or name in elements or self._is(name, DOCUMENT):
                continue
            elif not self._is(name, ANNOTATION):
                if "first" in shape:
                    heads.append(one)
                else:
                    result.others[name] += 1
            elif {"Governor", "Dependent"} <= shape.keys():
                relations.append(one)
            elif not ("next" in shape and name.endswith("Link")):
                self._span(one)
        result.others.update(_in_other_views(cas))
        result.sentences = tuple(sorted(ranges[SENTENCE])) or None
        result.tokens = tuple(sorted(ranges[TOKEN])) or None
        result.spans = [self._spans[id(one)] for one in structures if id(one) in self._spans]
        for one in structures:
            if id(one) in self._spans:
                self._link(one)
        for one in relations:
            self._relation(one)
        for head in heads:
            self._chain(head)

    def _link_types(self) -> set[str]:
        """The types of the elements of features that link to spans."""
        return {
            feature.elementType.name
            for one in self._types.get_types()
            for feature in one.features
            if feature.elementType is not None and feature.elementType.supertype.name == TOP
        }

    def _shape(self, of_type: Any) -> dict[str, str]:
        """Each feature of a type: primitive, texts, links or reference."""
        if of_type.name not in self._shapes:
            shape = {}
            for feature in of_type.all_features:
                name = feature.name
                if name in ("begin", "end", "sofa"):
                    continue
                if self._types.is_primitive(feature.rangeType):
                    shape[name] = "primitive"
                elif feature.rangeType.name == STRINGS:
                    shape[name] = "texts"
                else:
                    shape[name] = "links" if feature.rangeType.name == ARRAY else "reference"
            self._shapes[of_type.name] = shape
            names = [_external(n) for n, kind in shape.items() if kind in ("primitive", "texts")]
            self.result.features[of_type.name] = names
            if any(kind == "links" and name != CONTINUED for name, kind in shape.items()):
                self.result.slots.add(of_type.name)
        return self._shapes[of_type.name]

    def _range(self, one: Any) -> tuple[int, int]:
        begin, end, size = one.begin, one.end, len(self.result.text)
        if begin is None or end is None or not 0 <= begin <= end <= size:
            raise InvalidInputError(
                f"{one.type.short_name} {one.xmiID} is at {begin} to {end}, but the text has "
                f"{size} characters. Correct the offsets."
            )
        return begin, end

    def _values(self, one: Any) -> dict[str, AttributeValue]:
        found: dict[str, AttributeValue] = {}
        for name, kind in self._shape(one.type).items():
            value = getattr(one, name) if kind in ("primitive", "texts") else None
            if kind == "texts" and value is not None:
                texts = getattr(value, "elements", None) or ()
                value = tuple(str(text) for text in texts) or None
            if value is not None and value != "":
                found[_external(name)] = value
        return found

    def _span(self, one: Any) -> LayerSpan:
        if id(one) not in self._spans:
            begin, end = self._range(one)
            self._spans[id(one)] = LayerSpan(one.type.name, begin, end, self._values(one))
        return self._spans[id(one)]

    def _link(self, one: Any) -> None:
        span = self._spans[id(one)]
        for name, kind in self._shape(one.type).items():
            array = getattr(one, name) if kind == "links" else None
            for element in getattr(array, "elements", None) or ():
                shape = self._shape(element.type)
                roles = [getattr(element, n) for n, k in shape.items() if k == "primitive"]
                ends = [getattr(element, n) for n, k in shape.items() if k == "reference"]
                for end in ends:
                    if end is not None and self._is(end.type.name, ANNOTATION):
                        role = next((str(r) for r in roles if r is not None), "")
                        span.links.setdefault(_external(name), []).append((role, self._span(end)))

    def _relation(self, one: Any) -> None:
        source, target = one.Governor, one.Dependent
        if source is None or target is None:
            self.result.others[one.type.name] += 1
            return
        ends = self._span(source), self._span(target)
        self.result.relations.append(LayerRelation(one.type.name, *ends, self._values(one)))

    def _chain(self, head: Any) -> None:
        links: list[ChainLink] = []
        seen: set[int] = set()
        one = head.first
        while one is not None and id(one) not in seen:
            seen.add(id(one))
            start, end = self._range(one)
            values = self._values(one)
            label, relation = values.get("referenceType"), values.get("referenceRelation")
            links.append(
                ChainLink(
                    start, end,
                    None if label is None else str(label),
                    None if relation is None else str(relation),
                )
            )  # fmt: skip
            one = getattr(one, "next", None)
        self.result.chains.append(Chain(head.type.name.removesuffix("Chain"), links))


def _in_other_views(cas: Any) -> dict[str, int]:
    """How many annotations each further view has."""
    counts = {view.sofa.sofaID: len(view.get_all_fs()) for view in cas.views}
    counts.pop(cas.get_sofa().sofaID)
    return {f"view {name}": count for name, count in counts.items() if count}


def _external(feature: str) -> str:
    """The name of a feature; cassis adds an underscore to names that it cannot use."""
    return feature[:-1] if feature in ("self_", "type_") else feature
