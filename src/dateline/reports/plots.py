"""Plots of a corpus's statistics, as SVG files with a fingerprint of the numbers they show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

import msgspec

from dateline.extras import extra
from dateline.files.writing import sha256
from dateline.model import Struct
from dateline.ontology.labels import Ontology
from dateline.rendering.markdown import escape
from dateline.reports.statistics import Statistics

PLOTS = "plots"
"""Name of the generated block with plots in a datasheet."""

FOLDER = "docs/images/stats"
"""Folder of a datasheet's plots, relative to the corpus root."""

COLOR = "#4c78a8"
"""Color of bars whose label has none."""


class Plot(Struct, frozen=True):
    """A horizontal bar chart of counts by label, with the colors of labels that have one."""

    name: str
    title: str
    counts: Mapping[str, int]
    colors: Mapping[str, str]

    @property
    def file(self) -> str:
        """Name of its SVG file."""
        return f"{self.name}.svg"

    @property
    def fingerprint(self) -> str:
        """A text in its file that changes with the numbers."""
        return f"dateline-plot-{sha256(msgspec.json.encode(self))}"


def plots_of(statistics: Statistics, ontology: Ontology) -> list[Plot]:
    """A plot of the labels of each layer, and plots of the distributions."""
    plots = []
    for name, found in statistics.layers.items():
        layer = ontology.layers[name]
        if not layer.labels:
            continue
        colors = {label.name: label.color for label in layer.labels if label.color}
        title = f"{layer.title}: {found.items}"
        plots.append(Plot(name=name, title=title, counts=found.labels, colors=colors))
    for name, title, sizes, is_declared in (
        ("arguments", "Events by arguments", statistics.arguments, ontology.roles),
        ("chains", "Entities by mentions", statistics.chains, ontology.has_coreference),
        (
            "claims-per-claimer",
            "Claimers by claims",
            statistics.claims_per_claimer,
            "claims" in ontology.layers,
        ),
    ):
        if not is_declared:
            continue
        counts = {str(size): count for size, count in sizes.items()}
        plots.append(Plot(name=name, title=title, counts=counts, colors={}))
    return plots


def plots_markdown(plots: Iterable[Plot]) -> str:
    """Markdown that shows the files of plots."""
    return "\n\n".join(f"![{escape(p.title)}]({FOLDER}/{p.file})" for p in plots) + "\n"


def outdated(plots: Iterable[Plot], folder: Path) -> list[Path]:
    """Files of these plots that are missing or show other numbers."""
    paths = [(folder / plot.file, plot.fingerprint) for plot in plots]
    return [
        path
        for path, wanted in paths
        if not path.is_file() or wanted not in path.read_text(encoding="utf-8", errors="replace")
    ]


def draw(plots: Iterable[Plot], folder: Path) -> dict[Path, bytes]:
    """Plots as the contents of files in a folder; equal plots give equal contents.

    Raises MissingExtraError without matplotlib.
    """
    with extra("plots"):
        from matplotlib import rc_context  # noqa: PLC0415 (heavy and optional)
        from matplotlib.figure import Figure  # noqa: PLC0415

    made: dict[Path, bytes] = {}
    for plot in plots:
        with rc_context({"svg.hashsalt": plot.name, "svg.fonttype": "none"}):
            figure = Figure(figsize=(7, 0.6 + 0.24 * len(plot.counts)), layout="constrained")
            axes = figure.add_subplot()
            colors = [plot.colors.get(name, COLOR) for name in plot.counts]
            bars = axes.barh([*plot.counts], [*plot.counts.values()], color=colors)
            axes.bar_label(bars, padding=3, fontsize=8)
            axes.invert_yaxis()
            axes.set_title(plot.title, loc="left", fontsize=10)
            axes.tick_params(labelsize=8)
            axes.spines[["top", "right"]].set_visible(False)
            drawn = BytesIO()
            metadata = {"Date": None, "Description": plot.fingerprint}
            figure.savefig(drawn, format="svg", metadata=metadata)
            made[folder / plot.file] = drawn.getvalue()
    return made
