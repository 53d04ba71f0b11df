"""Pictures of a corpus's statistics, as SVG files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dateline.fault import Fault
from dateline.ontology import Ontology
from dateline.stats import Statistics


def draw(statistics: Statistics, ontology: Ontology, folder: Path) -> list[Path]:
    """Draw the labels of each layer, and the distributions; equal statistics give equal files.

    Raises Fault where matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context  # noqa: PLC0415 (heavy and optional)
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Fault("Plots need matplotlib: pip install 'dateline[plots]'") from None

    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []

    def bars(name: str, title: str, counts: Mapping[str, int], colors: Mapping[str, str]) -> None:
        with rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
            figure = Figure(figsize=(7, 0.6 + 0.24 * len(counts)), layout="constrained")
            axes = figure.add_subplot()
            labels = [*counts]
            shown = axes.barh(
                labels, [*counts.values()], color=[colors.get(n, "#4c78a8") for n in labels]
            )
            axes.bar_label(shown, padding=3, fontsize=8)
            axes.invert_yaxis()
            axes.set_title(title, loc="left", fontsize=10)
            axes.tick_params(labelsize=8)
            axes.spines[["top", "right"]].set_visible(False)
            path = folder / f"{name}.svg"
            figure.savefig(path, metadata={"Date": None})
            made.append(path)

    for name, found in statistics.layers.items():
        layer = ontology.layers[name]
        colors = {label.name: label.color for label in layer.labels if label.color}
        bars(name, f"{layer.title}: {found.items}", found.labels, colors)
    for name, title, sizes in (
        ("chains", "Entities by mentions", statistics.chains),
        ("claims-per-claimer", "Claimers by claims", statistics.claims_per_claimer),
    ):
        bars(name, title, {str(size): count for size, count in sizes.items()}, {})
    return made
