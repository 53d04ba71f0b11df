"""The provenance of gold: whose annotations, and who decided how many cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import RULE, Decision
from dateline.model import Provenance

TOOL = "dateline adjudicate"


def gold_provenance(
    annotated: AnnotatedDocument,
    decided: Sequence[Decision],
    by_rule: Sequence[Decision],
    corrected: Sequence[Decision],
) -> Provenance:
    """Provenance of gold from its decisions.

    ``by_rule`` are those decisions that were made without a curator just now, with their time.
    """
    kinds = {name: a.provenance.kind for name, a in annotated.annotations.items()}
    curators = {d.curator: d.role for d in (*decided, *corrected) if d.curator}
    annotators = " and ".join(f"{name} ({kind})" for name, kind in kinds.items())
    cases = f"Cases decided: {_counts(decided) or 'none, all agree'}."
    by_hand = f" Corrected afterwards: {_counts(corrected)}." if corrected else ""
    times = sorted(d.when for d in (*decided, *by_rule, *corrected) if d.when and d.by != RULE)
    return Provenance(
        # If a model took part, no person has checked everything.
        kind="model" if "model" in {*kinds.values(), *curators.values()} else "human",
        tool=TOOL,
        created=times[0] if times else None,
        updated=times[-1] if times else None,
        label_studio=None,
        note=f"From {annotators}. {cases}{by_hand}",
    )


def _counts(decisions: Iterable[Decision]) -> str:
    counts = Counter(f"{d.curator} ({d.role})" if d.curator else d.by for d in decisions)
    return ", ".join(f"{count} by {who}" for who, count in sorted(counts.items()))
