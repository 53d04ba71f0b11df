"""Load the built dataset as a researcher does, and print a summary."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the dataset is local

from datasets import DatasetDict, disable_progress_bars, get_dataset_config_names, load_dataset
from rich.console import Console
from rich.table import Table

console = Console(soft_wrap=True, highlight=False)
disable_progress_bars()


def main(folder: str) -> None:
    configs = {name: load_dataset(folder, name) for name in get_dataset_config_names(folder)}
    show_rows(configs)
    split = next(iter(configs["documents"]))
    console.print(f"\nload_dataset('dist', CONFIG, split='{split}')", style="bold")
    show_counts(configs, split)
    document = configs["documents"][split][0]
    show_entity(document)
    show_event(document)
    show_claim(configs["claims"][split])


def show_rows(configs: dict[str, DatasetDict]) -> None:
    splits = list(dict.fromkeys(split for found in configs.values() for split in found))
    table = Table("config", *splits, title="Rows", title_justify="left")
    for name, found in configs.items():
        table.add_row(name, *(str(len(found[s])) if s in found else "-" for s in splits))
    console.print(table)


def show_counts(configs: dict[str, DatasetDict], split: str) -> None:
    documents = configs["documents"][split]
    for title, column, field in (
        ("mentions", "mentions", "type"),
        ("events", "events", "type"),
        ("claims", "claims", "act"),
    ):
        counts = Counter(item[field] for row in documents for item in row[column])
        listed = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        console.print(f"{sum(counts.values())} {title}: {listed}", markup=False)


def show_entity(document: dict[str, Any]) -> None:
    chains = Counter(m["entity"] for m in document["mentions"])
    entity = max(document["entities"], key=lambda e: chains[e["id"]])
    texts = Counter(quoted(m["spans"]) for m in document["mentions"] if m["entity"] == entity["id"])
    heading("An entity", f"{entity['name']} ({entity['type']}), {chains[entity['id']]} mentions")
    console.print("  " + ", ".join(f"{t} {n}×" for t, n in texts.most_common()), markup=False)


def show_event(document: dict[str, Any]) -> None:
    event = max(document["events"], key=lambda e: len(e["arguments"]))
    fillers = {m["id"]: quoted(m["spans"]) for m in document["mentions"]}
    fillers |= {e["id"]: quoted(e["trigger"]) for e in document["events"]}
    fillers |= {c["id"]: quoted(c["spans"]) for c in document["claims"]}
    heading("An event", f'{event["type"]} "{quoted(event["trigger"])}"')
    for argument in event["arguments"]:
        filler = argument["mention"] or argument["event"] or argument["claim"]
        console.print(f"  {argument['role']}: {fillers[filler]}", markup=False)


def show_claim(claims: Any) -> None:
    claim = next(row for row in claims if row["claimer_text"])
    act = claims.features["act"].int2str(claim["act"])
    heading("A claim", f"{act} by {claim['claimer_name'] or claim['claimer_text']}")
    console.print(f'  "{claim["text"]}", cue "{claim["cue_text"]}"', markup=False)


def heading(kind: str, text: str) -> None:
    console.print(f"\n{kind}: ", style="bold", end="")
    console.print(text, markup=False)


def quoted(spans: list[dict[str, Any]]) -> str:
    return " … ".join(span["text"] for span in spans)


if __name__ == "__main__":
    main(sys.argv[1])
