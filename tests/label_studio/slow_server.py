"""A stand-in for Label Studio that answers slowly, now and then not at all."""

from __future__ import annotations

import contextlib
import random
import threading

from .stand_in import answers, json_answer, stand_in

TASK = {"id": 1, "data": {"text": "x", "doc_id": "x"}, "annotations": [], "drafts": []}


@contextlib.contextmanager
def slow_server(config):
    """Serve one project of this labelling configuration, which has no annotations; yields the URL.

    Of its answers, one in twenty never comes, and one in ten is that the server is busy.
    """
    chance = random.Random(0)
    closing = threading.Event()

    def answer(route):
        luck = chance.random()
        closing.wait(600 if luck < 0.05 else chance.uniform(0, 0.05))
        # A project of many tasks is exported, in a thread of its own.
        found = answers(config, TASK, size=chance.choice([1, 1000]))
        return json_answer(found[route], 503 if luck > 0.9 else 200)

    with stand_in(answer) as url:
        try:
            yield url
        finally:
            closing.set()
