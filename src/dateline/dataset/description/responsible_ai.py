"""Reads values for the RAI vocabulary of Croissant from a corpus's DATASHEET.md.

A line such as ``<!-- croissant:dataBiases -->`` names a property; its value is the text below, up
to the next such line, heading or bold question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.lines import lines_of
from dateline.files.reading import read_text
from dateline.rendering.markdown import one_line

DATASHEET = "DATASHEET.md"
PROPERTIES = (
    "annotationsPerItem",
    "annotatorDemographics",
    "dataAnnotationAnalysis",
    "dataAnnotationPlatform",
    "dataAnnotationProtocol",
    "dataBiases",
    "dataCollection",
    "dataCollectionMissingData",
    "dataCollectionRawData",
    "dataCollectionTimeframe",
    "dataCollectionType",
    "dataImputationProtocol",
    "dataLimitations",
    "dataManipulationProtocol",
    "dataPreprocessingProtocol",
    "dataReleaseMaintenancePlan",
    "dataSocialImpact",
    "dataUseCases",
    "machineAnnotationTools",
    "personalSensitiveInformation",
)
"""The properties of Croissant RAI 1.0."""

_MARK = re.compile(r"^<!-- croissant:(\S+) -->$")
_END = re.compile(r"^(#|\*\*|<!--)")


def responsible_ai(root: Path) -> Mapping[str, str]:
    """The values by property, as Markdown; empty if the corpus has no datasheet.

    Raises InvalidInputError for an unknown property.
    """
    path = root / DATASHEET
    try:
        page = read_text(path)
    except NotFoundError:
        return {}
    answers: dict[str, list[str]] = {}
    current: list[str] | None = None
    started = False
    for number, line in lines_of(page):
        mark = _MARK.match(line)
        if mark:
            if mark[1] not in PROPERTIES:
                raise InvalidInputError(
                    f'{path}, line {number}: "{mark[1]}" is not a property of Croissant RAI. '
                    f"Allowed: {', '.join(PROPERTIES)}."
                )
            current, started = answers.setdefault(mark[1], []), False
        elif current is not None and started and _END.match(line):
            current = None
        elif current is not None:
            started = started or bool(line.strip())
            current.append(line)
    return {
        name: "\n\n".join(_paragraphs(answers[name])) for name in PROPERTIES if answers.get(name)
    }


def _paragraphs(lines: list[str]) -> list[str]:
    found = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return [one_line(paragraph) for paragraph in found]
