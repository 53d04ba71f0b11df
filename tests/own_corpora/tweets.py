"""Short messages with given tokens and splits, and attributes of the whole message."""

from __future__ import annotations

import json

from .corpus import OwnCorpus, attributes, labels, mention, ontology

LATE = "@NorthTransit the #BlueLine is late AGAIN 😡 thx 4 nothing"
LOVE = "New trams in Port Ellery <3 <3 can't wait!"
ASK = "anyone know if the ferry to St. Orla runs 2day?"


def _sidecar(split: str, thread: str) -> str:
    return f'split = "{split}"\ngroup = "{thread}"\n'


TWEETS = OwnCorpus(
    name="tweets",
    layers="document,entities",
    language="en",
    ontology=ontology(
        "Messages about transport",
        document={
            "title": "Message",
            "properties": {
                "attributes": attributes(
                    "stance",
                    stance=labels(
                        PLEASED="Content with it.", ANGRY="Not content with it.", NEITHER="Neither."
                    ),
                    topics={
                        "type": "array",
                        "items": labels(
                            DELAY="Being late.",
                            VEHICLE="Trains, trams, ships.",
                            FARE="What it costs.",
                        ),
                        "uniqueItems": True,
                    },
                    spam={"type": "boolean"},
                    year={"type": "integer", "minimum": 2000},
                )
            },
        },
        mention={
            "title": "Name",
            "properties": {
                "type": labels(USER="An account.", LINE="A line of trains.", PLACE="A place."),
            },
        },
    ),
    seeds={
        "Tweet.1001.txt": LATE,
        "Tweet.1001.toml": _sidecar("train", "thread-1"),
        "Tweet.1001.tokens.json": json.dumps(
            [
                ["@NorthTransit", "the", "#BlueLine", "is", "late", "AGAIN", "😡"],
                ["thx", "4", "nothing"],
            ]
        ),
        "Tweet.1002.txt": LOVE,
        "Tweet.1002.toml": _sidecar("validation", "thread-2"),
        "Tweet.1002.tokens.json": json.dumps(
            [["New", "trams", "in", "Port", "Ellery", "<3", "<3"], ["ca", "n't", "wait", "!"]]
        ),
        "Tweet.1003.txt": ASK,
        "Tweet.1003.toml": _sidecar("test", "thread-3"),
        "Tweet.1003.tokens.json": json.dumps(
            [["anyone", "know", "if", "the", "ferry", "to", "St.", "Orla", "runs", "2day", "?"]]
        ),
    },
    predictions=[
        {
            "document": "tweet-1001",
            "attributes": {"stance": "ANGRY", "topics": ["DELAY"], "spam": False, "year": 2026},
            "mentions": [
                mention(LATE, "m1", "USER", "@NorthTransit"),
                mention(LATE, "m2", "LINE", "#BlueLine"),
            ],
        },
        {
            "document": "tweet-1002",
            "attributes": {"stance": "PLEASED", "topics": ["VEHICLE"]},
            "mentions": [mention(LOVE, "m1", "PLACE", "Port Ellery")],
        },
        {
            "document": "tweet-1003",
            "attributes": {"stance": "NEITHER", "topics": []},
            "mentions": [mention(ASK, "m1", "PLACE", "St. Orla")],
        },
    ],
)
