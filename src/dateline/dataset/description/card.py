"""The dataset card: README.md with YAML metadata, which loading depends on, and a description.

Values from the corpus and its ``CITATION.cff`` are not trusted: a YAML writer quotes them in the
metadata, and templates escape them in the Markdown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from datasets import ClassLabel, DatasetInfo, List, Value
from datasets.info import DatasetInfosDict
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard, DatasetCardData

from dateline.corpus.withheld_labels import Commitment
from dateline.dataset.description.citation import Citation, bibtex
from dateline.dataset.features import Config, Feature
from dateline.dataset.parquet import WrittenTable, WrittenTables, tables_sha256
from dateline.dataset.stored import CARD, DEFAULT_CONFIG, MARKER, ONTOLOGY
from dateline.dataset.tag_losses import TagLosses
from dateline.model import GOLD, Annotation, Document, Guidelines, Struct
from dateline.ontology.labels import Ontology
from dateline.rendering.generated_blocks import block, marks, with_block
from dateline.rendering.listing import documents_and_contrasts
from dateline.rendering.markdown import Markdown, code, environment, escape, one_line

TEXTS = "texts"
"""Name of the generated block that states which texts the dataset has."""

SIZES = (("n<1K", 10**3), ("1K<n<10K", 10**4), ("10K<n<100K", 10**5), ("100K<n<1M", 10**6))
CREATORS = {"human": "expert-generated", "model": "machine-generated"}

_VERSION = re.compile(r"\d+\.\d+\.\d+")


class Counts:
    """Numbers in the card, counted document by document."""

    def __init__(self) -> None:
        self.documents = 0
        self.contrasts = 0
        self.languages: Counter[str] = Counter()
        self.licenses: Counter[str] = Counter()
        self.redistributable = 0
        self.withheld = 0
        self.methods: Counter[tuple[str, str, str, str]] = Counter()
        """Documents by kind, tool, status and version of the guidelines."""
        self.annotators: set[str] = set()
        self.tags = TagLosses()

    def add(
        self, document: Document, annotations: Mapping[str, Annotation], *, withheld: bool
    ) -> None:
        """Count a document and its annotations, by annotator."""
        self.documents += 1
        self.contrasts += document.contrast is not None
        if document.language is not None:
            self.languages[document.language.partition("-")[0].lower()] += 1
        self.licenses[document.rights.license] += 1
        self.redistributable += document.rights.redistribute_text
        self.withheld += withheld
        self.annotators.update(annotations.keys() - {GOLD})
        if GOLD in annotations:
            status, made = annotations[GOLD].status, annotations[GOLD].provenance
            version = made.guidelines.version if made.guidelines is not None else ""
            self.methods[made.kind, made.tool or "", status, version] += 1


class CardContent(Struct, frozen=True):
    """Everything that the card and the Croissant metadata contain."""

    ontology: Ontology
    citation: Citation
    configs: Mapping[str, Config]
    files: WrittenTables
    counts: Counts
    content_sha256: str
    ontology_sha256: str
    guidelines: Guidelines
    responsible_ai: Mapping[str, str]
    commitment: Commitment | None = None

    @property
    def not_adjudicated(self) -> int:
        """The number of documents whose gold is one annotation, accepted as it is."""
        methods = self.counts.methods.items()
        return sum(n for (_, _, status, _), n in methods if status != "adjudicated")

    @property
    def title(self) -> str:
        """The title of the corpus, or else of its ontology."""
        return one_line(self.citation.title or self.ontology.title)


def render(content: CardContent) -> str:
    """The text of the card."""
    templates = environment("dateline.dataset.description")
    templates.filters["kind"] = kind_of
    templates.filters["count"] = lambda counts: documents_and_contrasts(
        counts.documents - counts.contrasts, counts.contrasts
    )
    body = templates.get_template("card.md.j2").render(
        content=content,
        citation=content.citation,
        counts=content.counts,
        bibtex=Markdown(bibtex(content.citation) or ""),
        marker=Markdown(MARKER),
        configs=[content.configs[name] for name, splits in content.files.items() if splits],
        empty=[name for name, splits in content.files.items() if not splits],
        texts=Markdown(
            texts_note(
                documents=content.counts.documents,
                redistributable=content.counts.redistributable,
                withheld=content.counts.withheld,
            )
        ),
        tables={name: Markdown(fields_table(table)) for name, table in content.configs.items()},
        total={n: sum(w.rows for w in splits.values()) for n, splits in content.files.items()},
    )
    return f"---\n{metadata(content).to_yaml()}\n---\n{body}"


def texts_note(**numbers: int) -> str:
    """The statement which texts the dataset has, as a generated block that can be replaced.

    ``numbers`` are counts: ``documents``, and ``redistributable`` texts, which may be shared,
    ``withheld`` ones, which are missing, and ``hydrated`` ones, which were restored.
    """
    template = environment("dateline.dataset.description").get_template("texts.md.j2")
    note = template.render({"redistributable": 0, "withheld": 0, "hydrated": 0, **numbers})
    return with_block(marks(TEXTS), TEXTS, note, CARD).strip()


def rewritten(card: str, files: WrittenTables, note: str) -> str:
    """The card with the metadata of rewritten files and a new statement on the texts."""
    page = DatasetCard(card, ignore_metadata_errors=False)
    configs = MetadataConfigs.from_dataset_card_data(page.data)
    declared = DatasetInfosDict.from_dataset_card_data(page.data)
    for name, splits in files.items():
        configs[name]["description"] = _content(tables_sha256(files))
        declared[name] = DatasetInfo(features=declared[name].features, **_sizes(splits))
    configs.to_dataset_card_data(page.data)
    declared.to_dataset_card_data(page.data)
    body = with_block(page.text, TEXTS, block(f"{note}\n", TEXTS, CARD), CARD)
    return f"---\n{page.data.to_yaml()}\n---\n{body}"


def metadata(content: CardContent) -> DatasetCardData:
    """The YAML metadata of the card; it declares only configs and splits that have rows."""
    citation, counts = content.citation, content.counts
    declared = {name: splits for name, splits in content.files.items() if splits}
    tasks = {task for name in declared for task in content.configs[name].tasks}
    languages = sorted(counts.languages)
    card = DatasetCardData(
        pretty_name=content.title,
        language=languages or None,
        multilinguality=("multilingual" if len(languages) > 1 else "monolingual")
        if languages
        else None,
        annotations_creators=sorted({CREATORS.get(kind, "other") for kind, *_ in counts.methods})
        or ["no-annotation"],
        size_categories=[next((size for size, bound in SIZES if counts.documents < bound), "n>1M")],
        source_datasets=["original"],
        task_categories=sorted(tasks) or None,
        tags=sorted({one_line(keyword) for keyword in citation.keywords}) or None,
        ontology={"file": ONTOLOGY, "sha256": content.ontology_sha256},
        **_license(citation),
    )
    MetadataConfigs(
        {name: _config(content, name, splits) for name, splits in declared.items()}
    ).to_dataset_card_data(card)
    DatasetInfosDict(
        {name: _info(content.configs[name], splits) for name, splits in declared.items()}
    ).to_dataset_card_data(card)
    return card


def _license(citation: Citation) -> dict[str, Any]:
    names = [one_line(name) for name in citation.licenses]
    if any(name.startswith("LicenseRef-") for name in names):
        return {"license": "other", "license_name": " or ".join(names)}
    known = [name.lower() for name in names]
    return {"license": known[0] if len(known) == 1 else known} if known else {}


def _config(content: CardContent, name: str, splits: Mapping[str, WrittenTable]) -> dict[str, Any]:
    version = str(content.citation.version or "")
    return {
        **({"default": True} if name == DEFAULT_CONFIG else {}),
        **({"version": version} if _VERSION.fullmatch(version) else {}),
        # `datasets` caches a folder by its name and this YAML. Without the hash it would return
        # the rows of an earlier build, or of another folder with the same name.
        "description": _content(content.content_sha256),
        "data_files": [{"split": split, "path": f"{name}/{split}.parquet"} for split in splits],
    }


def _content(sha256: str) -> str:
    return f"content-sha256 {sha256}"


def _info(config: Config, splits: Mapping[str, WrittenTable]) -> DatasetInfo:
    return DatasetInfo(features=config.features, **_sizes(splits))


def _sizes(splits: Mapping[str, WrittenTable]) -> dict[str, Any]:
    return {
        "splits": {
            split: {"name": split, "num_bytes": written.arrow_bytes, "num_examples": written.rows}
            for split, written in splits.items()
        },
        "download_size": sum(written.file_bytes for written in splits.values()),
        "dataset_size": sum(written.arrow_bytes for written in splits.values()),
    }


def kind_of(feature: Feature) -> str:
    """The type of a column, as text."""
    if isinstance(feature, ClassLabel):
        return "label"
    if isinstance(feature, List):
        return f"list of {kind_of(feature.feature)}"
    if isinstance(feature, Value):
        return str(feature.dtype)
    return "{" + ", ".join(_field(name, inner) for name, inner in feature.items()) + "}"


def _field(name: str, feature: Feature) -> str:
    return name if isinstance(feature, Value) else f"{name}: {kind_of(feature)}"


def fields_table(config: Config) -> str:
    """The columns of a config as a Markdown table."""
    rows = [
        f"| {code(column.name)} | {code(kind_of(column.feature))} | {escape(column.description)} |"
        for column in config.columns
    ]
    return "\n".join(["| Field | Type | Description |", "|---|---|---|", *rows])
