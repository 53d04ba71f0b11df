"""Rules about waivers, which are reported when the waivers are applied."""

from __future__ import annotations

from dateline.validation.registry import add_rule

UNUSED = add_rule(
    "W701", "warning", "corpus", "Every waiver is used",
    "An unused waiver could hide a future error.",
)  # fmt: skip
INVALID = add_rule(
    "W702", "error", "corpus", "Waivers are valid and give a reason",
    "A waiver that cannot be read, names no rule or gives no reason documents no decision.",
)  # fmt: skip
