"""UIMA CAS as INCEpTION reads and writes it: ``NAME.xmi`` or ``NAME.json``, ``TypeSystem.xml``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from dateline.extras import extra
from dateline.interop.format import Chains, Choice, Format, Holds, Output
from dateline.interop.formats.inception.cas_reader import ENDINGS, read_cas
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
from dateline.interop.formats.inception.layers import (
    CLAIM,
    CLAIMER,
    CONTINUED,
    COREFERENCE,
    CUE,
    ENDS,
    EVENT,
    EVENT_COREFERENCE,
    FRAGMENT,
    IDENTIFIER,
    KINDS_OF_LAYERS,
    NAMED_ENTITY,
    NOT_IN_XML,
    PARTS,
    VALUE,
    LayeredText,
    feature_name,
    layered,
)
from dateline.model import AttributeValue
from dateline.ontology.labels import Attribute, Ontology

_METADATA = f"{DKPRO}.metadata.type.DocumentMetaData"
_BASE = "uima.cas.AnnotationBase"


def _write(output: Output) -> None:
    with extra("cas"):
        from cassis.typesystem import TypeSystemMode  # noqa: PLC0415

    types = type_system(output.ontology)
    output.target.mkdir()
    types.to_xml(output.target / TYPE_SYSTEM)
    types.is_instance_of = cache(types.is_instance_of)  # cassis asks it for each feature
    for document, annotation in output.items:
        cas = _cas(types, document.id, layered(document, annotation))
        if output.options["files"] == "xmi":
            cas.to_xmi(output.target / f"{document.id}.xmi")
        else:
            cas.to_json(
                output.target / f"{document.id}.json", type_system_mode=TypeSystemMode.MINIMAL
            )


def type_system(ontology: Ontology) -> Any:
    """The types of the layers, with a feature for each attribute."""
    from cassis import TypeSystem  # noqa: PLC0415

    types = TypeSystem()
    metadata = types.create_type(_METADATA, DOCUMENT)
    for name in ("documentTitle", "documentId"):
        types.create_feature(metadata, name, STRING)
    types.create_type(SENTENCE)
    types.create_type(TOKEN)
    types.create_type(FRAGMENT)
    for layer, attributes, links in (
        (NAMED_ENTITY, ontology.attributes_of("entities"), {CONTINUED: FRAGMENT}),
        (EVENT, ontology.attributes_of("events"), {CONTINUED: FRAGMENT, PARTS: ANNOTATION}),
        (CLAIM, ontology.attributes_of("claims"), {CONTINUED: FRAGMENT, PARTS: ANNOTATION}),
        (CUE, (), {CONTINUED: FRAGMENT}),
    ):
        created = types.create_type(layer)
        _add_features(types, created, attributes)
        for feature, target in links.items():
            link = types.create_type(f"{layer}{feature.capitalize()}Link", TOP)
            types.create_feature(link, "role", STRING)
            types.create_feature(link, "target", target)
            types.create_feature(
                created, feature, ARRAY, elementType=link, multipleReferencesAllowed=False
            )
    for layer in (NAMED_ENTITY, EVENT):
        types.create_feature(layer, IDENTIFIER, STRING)
    types.create_feature(CLAIM, CLAIMER, STRING)
    for layer, end in ENDS.items():
        created = types.create_type(layer)
        is_of_mentions = end == NAMED_ENTITY
        _add_features(types, created, ontology.attributes_of("relations") if is_of_mentions else ())
        for name in ("Dependent", "Governor"):
            types.create_feature(created, name, end)
    for layer in (COREFERENCE, EVENT_COREFERENCE):
        head = types.create_type(f"{layer}Chain", _BASE)
        link = types.create_type(f"{layer}Link")
        types.create_feature(head, "first", link)
        types.create_feature(link, "next", link)
        for name in ("referenceType", "referenceRelation"):
            types.create_feature(link, name, STRING)
    return types


def _add_features(types: Any, created: Any, attributes: Iterable[Attribute]) -> None:
    types.create_feature(created, VALUE, STRING)
    for attribute in attributes:
        if created.get_feature(feature_name(attribute.name)) is None:
            value_range = STRINGS if attribute.kind == "labels" else STRING
            types.create_feature(created, feature_name(attribute.name), value_range)


def _cas(types: Any, name: str, layers: LayeredText) -> Any:
    from cassis import Cas  # noqa: PLC0415

    cas = Cas(typesystem=types)
    cas.sofa_string = layers.text
    cas.sofa_mime = "text"
    metadata = types.get_type(_METADATA)
    cas.add(
        metadata(
            begin=0, end=len(layers.text), documentTitle=name, documentId=name,
            language="x-unspecified",
        )
    )  # fmt: skip
    for type_name, ranges in ((SENTENCE, layers.sentences), (TOKEN, layers.tokens)):
        made = types.get_type(type_name)
        for begin, end in ranges or ():
            cas.add(made(begin=begin, end=end))
    spans: dict[int, Any] = {}
    for span in layers.spans:
        made = types.get_type(span.layer)
        values = _values(types, made, span.values)
        spans[id(span)] = made(begin=span.start, end=span.end, **values)
        cas.add(spans[id(span)])
    array = types.get_type(ARRAY)
    for span in layers.spans:
        for feature, links in span.links.items():
            link = types.get_type(f"{span.layer}{feature.capitalize()}Link")
            elements = [link(role=role or None, target=spans[id(t)]) for role, t in links]
            setattr(spans[id(span)], feature, array(elements=elements))
    for relation in layers.relations:
        made = types.get_type(relation.layer)
        values = _values(types, made, relation.values)
        target = spans[id(relation.target)]
        values |= {"Dependent": target, "Governor": spans[id(relation.source)]}
        cas.add(made(begin=target.begin, end=target.end, **values))
    for chain in layers.chains:
        link, following = types.get_type(f"{chain.layer}Link"), None
        for member in reversed(chain.links):
            following = link(
                begin=member.start, end=member.end, referenceType=member.type, next=following
            )
            cas.add(following)
        cas.add(types.get_type(f"{chain.layer}Chain")(first=following))
    return cas


def _values(types: Any, made: Any, values: dict[str, AttributeValue]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if made.get_feature(name).rangeType.name == STRINGS:
            texts = list(value) if isinstance(value, tuple) else [str(value)]
            found[name] = types.get_type(STRINGS)(elements=texts)
        else:
            found[name] = value
    return found


FORMAT = Format(
    name="cas",
    title="UIMA CAS of INCEpTION",
    endings=(*ENDINGS, ".zip"),
    extra="cas",
    holds=Holds(
        kinds=KINDS_OF_LAYERS,
        not_in_text=f"[{NOT_IN_XML}]",
        values=f"[^{NOT_IN_XML}]+",
        unwritable=f"[{NOT_IN_XML}]",
        entities=Chains(empty=False, named=False),
    ),
    reader=read_cas,
    writer=_write,
    choices=(Choice(name="files", values=("xmi", "json"), meaning="the files of the CAS"),),
    notes=(
        "Mentions are of the layer named entity, chains of coreference. Events, claims and "
        "relations are custom layers, which TypeSystem.xml declares: import it into a project "
        "first. An export of a project has a file for each annotator; each is imported as one."
    ),
)
