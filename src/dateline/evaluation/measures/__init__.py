"""Groups of measures; each module registers the groups of one layer, or of coreference.

The order of the modules is that of the measures in reports, whichever module is needed first.
"""

from importlib import import_module

for module in (
    *("attributes", "entities", "linking", "coreference", "relations", "events", "claims"),
    "factuality",
):
    import_module(f"dateline.evaluation.measures.{module}")
