"""What to say of a document that has several tasks in a project."""

from __future__ import annotations

from collections.abc import Iterable


def several_tasks(numbers: Iterable[int]) -> str:
    """What is wrong, and how to fix it; the number of a task is in its address."""
    found = ", ".join(map(str, sorted(numbers)))
    return f"has several tasks ({found}); delete all but one in Label Studio"
