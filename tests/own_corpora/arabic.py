"""Claims in Arabic, whose text runs from right to left; people and places are invented."""

from __future__ import annotations

from ..corpora import quote
from .corpus import OwnCorpus, attributes, labels, mention, ontology

BRIDGE = (
    "قال الوزير سامي النجار إن الجسر سيفتح في مايو. لكن رئيسة البلدية ليلى حداد نفت ذلك، "
    "وقالت إن الأعمال لم تنته بعد. هل يصدق الناس الوزير؟"
)
WATER = "تشير التقديرات إلى أن المياه تكفي عشرين يوما؛ ولم يؤكد أحد ذلك."

ARABIC = OwnCorpus(
    name="arabic",
    layers="entities,claims",
    language="ar",
    ontology=ontology(
        "من قال ماذا",
        mention={
            "title": "ذكر",
            "properties": {"type": labels(PERSON="شخص واحد.", PLACE="مكان.", DATE="وقت.")},
        },
        claim={
            "title": "قول",
            "properties": {
                "act": labels(ASSERT="يقول إنه صحيح.", DENY="يقول إنه غير صحيح."),
                "attributes": attributes(
                    "checkable",
                    checkable={"type": "boolean", "description": "يمكن التحقق منه."},
                    topics={
                        "type": "array",
                        "items": labels(BUILDING="بناء.", WATER="ماء."),
                        "uniqueItems": True,
                    },
                ),
            },
        },
        claimer=labels(AUTHOR="الكاتب.", UNNAMED="مصدر بلا اسم."),
        claimRelation=labels(CONTRADICTS="لا يصح القولان معا."),
    ),
    seeds={"bridge.txt": BRIDGE, "water.txt": WATER},
    predictions=[
        {
            "document": "bridge",
            "mentions": [
                mention(BRIDGE, "m1", "PERSON", "سامي النجار"),
                mention(BRIDGE, "m2", "PERSON", "ليلى حداد"),
                mention(BRIDGE, "m3", "DATE", "مايو"),
            ],
            "claims": [
                {
                    "id": "c1",
                    "spans": quote(BRIDGE, "الجسر سيفتح في مايو"),
                    "act": "ASSERT",
                    "claimer": "m1",
                    "cue": quote(BRIDGE, "قال"),
                    "attributes": {"checkable": True, "topics": ["BUILDING"]},
                },
                {
                    "id": "c2",
                    "spans": quote(BRIDGE, "الأعمال لم تنته بعد"),
                    "act": "DENY",
                    "claimer": "m2",
                    "cue": quote(BRIDGE, "وقالت"),
                    "attributes": {"checkable": True},
                },
            ],
            "claim_relations": [{"type": "CONTRADICTS", "source": "c2", "target": "c1"}],
        },
        {
            "document": "water",
            "claims": [
                {
                    "id": "c1",
                    "spans": quote(WATER, "المياه تكفي عشرين يوما"),
                    "act": "ASSERT",
                    "claimer": "UNNAMED",
                    "attributes": {"checkable": False, "topics": ["WATER"]},
                }
            ],
        },
    ],
)
