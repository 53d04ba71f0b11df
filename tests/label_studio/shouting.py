"""A model plug-in: every word in capitals is a mention of the type after the colon.

It is less sure of a text with more of them.
"""

from __future__ import annotations

import re

from dateline.evaluation.models.interface import PredictionFailure
from dateline.model import Mention, Span
from dateline.predictions.prediction import Prediction


def make(config):
    return Shouting(config.argument, config.options.get("token", ""))


class Shouting:
    version = "1.0"

    def __init__(self, label, token):
        self.settings = {"label": label}
        self.cost = {}
        self._token = token

    def predict(self, texts):
        for text in texts:
            found = list(re.finditer(r"\b[A-Z]{2,}\b", text.text))
            if "CRASH" in text.text:
                raise RuntimeError(f"no more requests for {self._token}")
            if not found:
                yield PredictionFailure("nothing is in capitals")
                continue
            shift = 1 if "SHIFTED" in text.text else 0
            mentions = tuple(
                Mention(
                    id=f"m{number}",
                    spans=(Span(start=m.start() + shift, end=m.end() + shift, text=m.group()),),
                    type=self.settings["label"],
                )
                for number, m in enumerate(found, 1)
            )
            sure = {f"/mentions/{number}": 1 / len(found) for number in range(len(found))}
            yield Prediction(text.id, text.text_sha256, mentions=mentions, confidence=sure)
