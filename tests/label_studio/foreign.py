"""An export of another project with the small corpus's text and its own labels."""

from __future__ import annotations

from hypothesis import strategies as st

from ..conftest import REPOSITORY, code_blocks
from ..small_corpus import TEXT

CONFIG = """
<View>
  <Labels name="ner" toName="doc" choice="multiple">
    <Label value="PER"/><Label value="LOC"/><Label value="MISC"/>
  </Labels>
  <Labels name="trigger" toName="doc"><Label value="Contact"/></Labels>
  <Labels name="statement" toName="doc"><Label value="assertion"/></Labels>
  <Relations><Relation value="participant_of"/><Relation value="said_by"/></Relations>
  <Choices name="form" toName="doc" perRegion="true"><Choice value="NAM"/><Choice value="PRO"/></Choices>
  <TextArea name="note" toName="doc" perRegion="true"/>
  <TextArea name="kb" toName="doc" perRegion="true"/>
  <TextArea name="person" toName="doc" perRegion="true"/>
  <Choices name="quality" toName="doc"><Choice value="good"/></Choices>
  <Text name="doc" value="$body"/>
</View>
"""

(MAPPING,) = code_blocks((REPOSITORY / "docs" / "importing.md").read_text(encoding="utf-8"), "toml")
"""The example in the documentation, which is thus tested."""

DEFAULTS = "[defaults]" + MAPPING.partition("[defaults]")[2].partition("[ignore]")[0]

BY_CONTROL = (
    """
[document]
text = "body"
[labels.ner]
PER = "entity:PERSON"
LOC = "entity:GPE"
MISC = "ignore"
[labels.trigger]
Contact = "event:MEET"
[labels.statement]
assertion = "act:ASSERT"
[choices.form]
NAM = "mention.level=name"
PRO = "mention.level=pronoun"
[texts]
kb = "entity_link"
person = "entity_id"
[relations]
participant_of = "reversed party"
said_by = "claimer"
[ignore]
controls = ["note", "quality"]
types = ["rating"]

"""
    + DEFAULTS
)
"""The same in the form of version 0.1.0."""


def place(quote, text=TEXT, n=0):
    start = -1
    for _ in range(n + 1):
        start = text.index(quote, start + 1)
    return {"start": start, "end": start + len(quote), "text": quote}


def region(id, control, label, quote, text=TEXT, **value):
    labels = [label] if isinstance(label, str) else label
    return {
        "id": id, "from_name": control, "to_name": "doc", "type": "labels", "origin": "manual",
        "value": place(quote, text) | {"labels": labels} | value,
    }  # fmt: skip


def said(id, control, kind, quote, **value):
    return {
        "id": id, "from_name": control, "to_name": "doc", "type": kind,
        "value": place(quote) | value,
    }  # fmt: skip


def relation(source, target, *labels):
    return {
        "type": "relation", "from_id": source, "to_id": target, "direction": "right",
        "labels": list(labels),
    }  # fmt: skip


RESULT = [
    region("aB3_x-1", "ner", "PER", "Ana Ruiz"),
    said("aB3_x-1", "form", "choices", "Ana Ruiz", choices=["NAM"]),
    said("aB3_x-1", "kb", "textarea", "Ana Ruiz", text=["wikidata:Q42"]),
    said("aB3_x-1", "person", "textarea", "Ana Ruiz", text=["ana"]),
    said("aB3_x-1", "note", "textarea", "Ana Ruiz", text=["a remark"]),
    region("an id with blanks", "ner", "PER", "Bo Lind"),
    region("she", "ner", "PER", "She"),
    said("she", "form", "choices", "She", choices=["PRO"]),
    said("she", "person", "textarea", "She", text=["ana"]),
    region("oslo", "ner", "LOC", "Oslo"),
    region("misc", "ner", "MISC", "treaty"),
    region("met", "trigger", "Contact", "met"),
    region("says", "statement", "assertion", "the talks would go on"),
    relation("aB3_x-1", "met", "participant_of"),
    relation("an id with blanks", "met", "participant_of"),
    relation("misc", "met", "participant_of"),
    relation("says", "she", "said_by"),
    {"id": "q", "from_name": "quality", "to_name": "doc", "type": "choices",
     "value": {"choices": ["good"]}},
]  # fmt: skip


def annotation(result=RESULT, user=7, **fields):
    return {
        "id": 11, "completed_by": user, "was_cancelled": False, "result": result,
        "created_at": "2025-02-03T04:05:06.7Z", "updated_at": "2025-02-03T04:06:06.7Z",
    } | fields  # fmt: skip


def task(*annotations, text=TEXT, **fields):
    return {
        "id": 5, "data": {"body": text, "count": 3} | fields, "annotations": list(annotations),
        "predictions": [],
    }  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 200) | st.text(max_size=5)
    | st.sampled_from(["labels", "ner", "PER", "form", "NAM", "r1", "doc", "Ana"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["labels", "text", "choices", "start", "end"]), inner),
    max_leaves=8,
)  # fmt: skip
ROWS = st.lists(
    JSON
    | st.fixed_dictionaries(
        {},
        optional={
            "id": JSON, "from_id": JSON, "to_id": JSON, "labels": JSON, "direction": JSON,
            "from_name": st.sampled_from(["ner", "form", "kb", "trigger"]) | JSON,
            "to_name": JSON,
            "type": st.sampled_from(["labels", "choices", "textarea", "relation"]) | JSON,
            "value": JSON,
        },
    ),
    max_size=8,
)  # fmt: skip
"""Results of any shape."""
