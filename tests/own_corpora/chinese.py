"""Flat named entities in Chinese: no coreference, no attributes."""

from __future__ import annotations

from .corpus import OwnCorpus, labels, mention, ontology

STATION = (
    "林晓雯星期二在海口宣布,南岛海洋研究所将与青港大学合作。"
    "研究所所长陈立表示,新的考察船明年从白沙湾出发!"
)
VISIT = "青港大学的学生周敏参观了白沙湾的观测站。谁陪同她?陈立。"
RAIN = "今天下雨。"

CHINESE = OwnCorpus(
    name="chinese",
    layers="entities",
    language="zh",
    ontology=ontology(
        "新闻实体",
        mention={
            "title": "实体",
            "properties": {
                "type": labels(PER="人名。", ORG="机构的名称。", LOC="地名。"),
            },
        },
    ),
    seeds={"station.txt": STATION, "visit.txt": VISIT, "rain.txt": RAIN},
    predictions=[
        {
            "document": "station",
            "mentions": [
                mention(STATION, "m1", "PER", "林晓雯"),
                mention(STATION, "m2", "LOC", "海口"),
                mention(STATION, "m3", "ORG", "南岛海洋研究所"),
                mention(STATION, "m4", "ORG", "青港大学"),
                mention(STATION, "m5", "PER", "陈立"),
                mention(STATION, "m6", "LOC", "白沙湾"),
            ],
        },
        {
            "document": "visit",
            "mentions": [
                mention(VISIT, "m1", "ORG", "青港大学"),
                mention(VISIT, "m2", "PER", "周敏"),
                mention(VISIT, "m3", "LOC", "白沙湾"),
                mention(VISIT, "m4", "PER", "陈立"),
            ],
        },
        {"document": "rain"},
    ],
)
