"""On which side of an event a claim is, by what the ontology declares."""

from __future__ import annotations

from dateline.model import Claim
from dateline.ontology.labels import Ontology
from dateline.viewer.labels import Labels

SO, NOT_SO = "Claimed to be so", "Claimed not to be so"
"""The sides of claims with a polarity, as the page calls them."""

_SIDES = {"positive": SO, "negative": NOT_SO}


class Stances:
    """The sides of claims.

    If values of factuality or of attributes of claims have a polarity, it is the side: values of
    one polarity are compatible, however certain they are, and a claim without a polarity takes no
    side. The factuality that a claim gives an event counts before the attributes of the claim.
    Without any polarity in the ontology, each value of factuality is a side of its own.
    """

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        ontology = labels.ontology
        self._of_factuality = {
            value.name: _SIDES[value.polarity] for value in ontology.factuality if value.polarity
        }
        self._of_attributes = _sides_of_attributes(ontology)

    @property
    def are_opposite(self) -> bool:
        """Whether claims on different sides contradict each other, and do not only differ."""
        return bool(self._of_factuality or self._of_attributes)

    def of(self, claim: Claim, factuality: str | None) -> str:
        """The side of a claim that gives an event this factuality, if any; empty if it has none."""
        if not self.are_opposite:
            return self._labels.factuality(factuality) if factuality else ""
        if factuality and self._of_factuality:
            return self._of_factuality.get(factuality, "")
        given = (self._of_attributes.get(pair, "") for pair in claim.attributes.items())
        return next(filter(None, given), "")


def _sides_of_attributes(ontology: Ontology) -> dict[tuple[str, object], str]:
    return {
        (attribute.name, value.name): _SIDES[value.polarity]
        for attribute in ontology.attributes_of("claims")
        for value in attribute.values
        if value.polarity
    }
