"""What a corpus's DATASHEET.md says for the RAI vocabulary of Croissant.

Lines like ``<!-- croissant:dataBiases -->`` in it say which property the text below answers, up to
the next such line, heading or bold question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from dateline.errors import DatelineError

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


def responsible(root: Path) -> Mapping[str, str]:
    """The answers of a corpus's datasheet by property, as Markdown; none without a datasheet.

    Raises DatelineError where a mark names no property.
    """
    path = root / DATASHEET
    if not path.is_file():
        return {}
    answers: dict[str, list[str]] = {}
    current: list[str] | None = None
    begun = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark = _MARK.match(line)
        if mark:
            if mark[1] not in PROPERTIES:
                raise DatelineError(
                    f"{path}, line {number}: {mark[1]!r} is no property of Croissant RAI; they are "
                    f"{', '.join(PROPERTIES)}."
                )
            current, begun = answers.setdefault(mark[1], []), False
        elif current is not None and begun and _END.match(line):
            current = None
        elif current is not None:
            begun = begun or bool(line.strip())
            current.append(line)
    return {
        name: "\n\n".join(_paragraphs(answers[name])) for name in PROPERTIES if answers.get(name)
    }


def _paragraphs(lines: list[str]) -> list[str]:
    found = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return [" ".join(paragraph.split()) for paragraph in found]
