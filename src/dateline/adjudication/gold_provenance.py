"""The provenance of gold: whose annotations, and who decided how many cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import RULE, Decision
from dateline.corpus.guidelines import CurrentGuidelines
from dateline.model import Annotation, Guidelines, Provenance

TOOL = "dateline adjudicate"


def gold_provenance(
    annotated: AnnotatedDocument,
    decided: Sequence[Decision],
    by_rule: Sequence[Decision],
    corrected: Sequence[Decision],
    guidelines: Guidelines | None,
) -> Provenance:
    """Provenance of gold, which follows these guidelines, from its decisions.

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
        guidelines=guidelines,
        note=f"From {annotators}. {cases}{by_hand}",
    )


def gold_guidelines(
    annotations: Iterable[Annotation], present: Annotation | None, current: CurrentGuidelines
) -> Guidelines | None:
    """The guidelines that gold follows; None if they are not known.

    Gold follows the earliest guidelines of its annotations, because nobody looks again at what
    annotators agree on. If the ``present`` gold was checked by later ones, it follows those.
    """
    given = [annotation.provenance.guidelines for annotation in annotations]
    made = min(given, key=current.position)
    if current.position(made) == 0 and len({g and g.sha256 for g in given}) > 1:
        made = None
    checked = present.provenance.guidelines if present is not None else None
    return checked if current.position(checked) > current.position(made) else made


def _counts(decisions: Iterable[Decision]) -> str:
    counts = Counter(f"{d.curator} ({d.role})" if d.curator else d.by for d in decisions)
    return ", ".join(f"{count} by {who}" for who, count in sorted(counts.items()))
