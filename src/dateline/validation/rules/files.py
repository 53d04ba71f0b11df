"""Rules about files that the engine itself reports: files that other rules cannot be run on."""

from __future__ import annotations

from dateline.validation.registry import add_rule

UNREADABLE = add_rule(
    "S001", "error", "file", "A file is valid JSON in UTF-8",
    "A file that cannot be read cannot be checked.",
)  # fmt: skip
SCHEMA = add_rule(
    "S002", "error", "file", "A file matches its JSON Schema",
    "Programs in any language can rely on its structure; labels come from the ontology.",
)  # fmt: skip
