"""Predictions from tags and from labelled words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dateline
from dateline.errors import DatelineError
from dateline.predictions.formats.bio import read_bio
from dateline.predictions.formats.label_pairs import find_pairs
from dateline.predictions.formats.placement import align_tokens

TEXT = "Kim (of North Korea) said “no” to Kim’s\u00a0brother. Kim left."
TEXTS = {"d1": TEXT}


def tagged(tmp_path, *lines):
    path = tmp_path / "tagged.conll"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def quotes(prediction):
    return [(m.type, m.spans[0].start, m.spans[0].text) for m in prediction.mentions]


def test_the_dataset_s_own_tags_come_back_as_mentions(real_corpus, run, tmp_path):
    assert run(real_corpus, "build").exit_code == 0
    rows = dateline.load("entities", split="train", path=real_corpus.root / "dist")
    names = rows.features["ner_tags"].feature.names
    lines = []
    for row in rows:
        lines.append(f"# id = {row['id']}")
        tags = [names[tag] for tag in row["ner_tags"]]
        lines += [f"{token}\t{tag}" for token, tag in zip(row["tokens"], tags, strict=True)]
        lines.append("")
    path = tagged(tmp_path, *lines)
    out = tmp_path / "out.jsonl"
    result = run(real_corpus, "convert-predictions", str(path), "--from", "bio", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert ", 0 not found; 0 tags repaired" in result.stderr
    report = dateline.score(out, real_corpus)
    score = report.score("entities", "exact").total
    begun = sum(tag.startswith("B-") for row in rows for tag in (names[t] for t in row["ner_tags"]))
    assert score.predicted == begun
    # A mention that ends inside a token comes back as whole tokens.
    assert score.precision > 0.95


def test_tags_of_every_scheme(tmp_path):
    plain = ["Kim B-P", "( O", "of O", "North B-G", "Korea I-G", ") O", "", "said O"]
    closed = ["Kim S-P", "( O", "of O", "North B-G", "Korea E-G", ") O", "", "said O"]
    bilou = ["Kim U-P", "( O", "of O", "North B-G", "Korea L-G", ") O", "", "said O"]
    for lines in (plain, closed, bilou):
        ((prediction, alignment),) = read_bio(tagged(tmp_path, *lines), TEXTS, "entities")
        assert quotes(prediction) == [("P", 0, "Kim"), ("G", 8, "North Korea")]
        assert (alignment.lost, alignment.repaired) == ((), 0)


@pytest.mark.parametrize(("repair", "expected"), [("begin", ["Kim", "North Korea"]), ("drop", [])])
def test_inside_tags_without_a_beginning_are_repaired_as_told(tmp_path, repair, expected):
    path = tagged(tmp_path, "Kim I-P", "( O", "of O", "North I-G", "Korea I-G")
    ((prediction, alignment),) = read_bio(path, TEXTS, "entities", repair)
    assert [quote for _, _, quote in quotes(prediction)] == expected
    assert alignment.repaired == (2 if repair == "begin" else 3)


def test_a_sentence_ends_a_span(tmp_path):
    path = tagged(tmp_path, "Kim B-P", "", "( I-P")
    ((prediction, alignment),) = read_bio(path, TEXTS, "entities")
    assert len(prediction.mentions) == 2
    assert alignment.repaired == 1


def test_brackets_and_quotes_of_the_penn_treebank(tmp_path):
    path = tagged(tmp_path, "Kim O", "-LRB- O", "of O", "North O", "Korea O", "-RRB- O", "said O",
                  "`` B-Q", "no I-Q", "'' I-Q")  # fmt: skip
    ((prediction, _),) = read_bio(path, TEXTS, "entities")
    assert quotes(prediction) == [("Q", TEXT.index("“"), "“no”")]


def test_a_token_that_is_not_in_the_text_loses_its_span_only(tmp_path):
    path = tagged(tmp_path, "Kim B-P", "Jong I-P", "( O", "of O", "North B-G", "Korea I-G")
    ((prediction, alignment),) = read_bio(path, TEXTS, "entities")
    assert alignment.lost == ("Kim Jong",)
    assert quotes(prediction)[1] == ("G", 8, "North Korea")
    assert prediction.mentions[0].spans[0].text == "Kim Jong"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["Kim X-P"], 'line 1: "X-P" is not a tag'),
        (["Kim"], 'line 1: "Kim" has no tag'),
        (["# document = d9", "Kim O"], 'line 1: "d9" is not a document'),
    ],
)
def test_a_file_without_tags_is_explained(tmp_path, lines, message):
    with pytest.raises(DatelineError, match=message):
        list(read_bio(tagged(tmp_path, *lines), TEXTS, "entities"))
    with pytest.raises(DatelineError, match="no document is named"):
        list(read_bio(tagged(tmp_path, "Kim O"), {"a": "Kim", "b": "Kim"}, "entities"))


def test_words_tokens_and_lines_of_other_habits(tmp_path):
    """Each variant of a file gives the same mentions."""
    variants = {
        "plain": "Kim\tB-P\n(\tO\n",
        "byte order mark": "\ufeff# document = d1\nKim\tB-P\n(\tO\n",
        "CR LF": "Kim\tB-P\r\n(\tO\r\n",
        "no line feed at the end": "Kim\tB-P\n(\tO",
        "more line feeds at the end": "Kim\tB-P\n(\tO\n\n \t\n\n",
        "comments": "# text = Kim (of\n#\n## a B-P\nKim\tB-P\n(\tO\n# newpar\n",
        "sentence numbers": "# newdoc id = d1\n# sent_id = weblog-7\nKim\tB-P\n(\tO\n",
        "marks of CoNLL-2012": "#begin document (d1); part 000\nKim B-P\n( O\n#end document\n",
        "marks of CoNLL-2003": "-DOCSTART- -X- -X- O\n\nKim NNP I-NP B-P\n( -LRB- O O\n",
        "several tabs": "Kim\t\tB-P\t\n(\t\tO\t\n",
        "several spaces": "Kim   B-P  \n(   O\n",
        "tabs and spaces": "Kim \t B-P\n( \t O\n",
        "tags in another column": "Kim\tB-P\tNNP\n(\tO\t-LRB-\n",
        "tags before empty columns": "Kim\tB-P\t_\n(\tO\t_\n",
        "separator in a token": "Kim\u2028\tB-P\n(\tO\n",
        "next line in a token": "Kim\x85 B-P\n( O\n",
        "form feed in a token": "Kim\x0c B-P\n( O\n",
    }
    for name, content in variants.items():
        path = tmp_path / "tagged.conll"
        path.write_bytes(content.encode())
        ((prediction, placement),) = read_bio(path, TEXTS, "entities")
        assert quotes(prediction) == [("P", 0, "Kim")], name
        assert placement.lost == (), name


def test_hashes_that_are_tokens(tmp_path):
    texts = {"d1": "# 1 of #MeToo"}
    for lines in (["#\tO", "1\tO", "of\tO", "#MeToo\tB-P"], ["# O", "1 O", "of O", "#MeToo B-P"]):
        ((prediction, _),) = read_bio(tagged(tmp_path, *lines), texts, "entities")
        assert quotes(prediction) == [("P", 7, "#MeToo")]
    with pytest.raises(DatelineError, match='line 2: "#MeToo" has no tag'):
        list(read_bio(tagged(tmp_path, "#\tO", "#MeToo"), texts, "entities"))


def test_tokens_never_go_to_a_document_that_is_not_named(tmp_path):
    texts = {"a": "Kim left.", "b": "Kim left."}
    for lines, message in (
        (["# document = a", "Kim O", "-DOCSTART- -X- O", "Kim O"], "line 4: no document is named"),
        (["-DOCSTART- (a)", "Kim O", "-DOCSTART- c", "Kim O"], 'line 3: "c" is not a document'),
        (
            ["# sent_id = a/1", "Kim O", "# sent_id = c/1", "Kim O"],
            'line 3: "c/1" is not a document',
        ),
        (["# sent_id = 1", "Kim O"], 'line 1: "1" is not a document'),
    ):
        with pytest.raises(DatelineError, match=message):
            list(read_bio(tagged(tmp_path, *lines), texts, "entities"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Kim O\rleft O\r", "lines end with CR"),
        ("Kim O\n".encode("utf-16"), "is UTF-16"),
        (b"\x1f\x8b\x08\x00", "is compressed"),
        (b"K\xefm O\n", "byte 0xef"),
    ],
)
def test_other_encodings_of_tags_are_explained(tmp_path, content, message):
    path = tmp_path / "tagged.conll"
    path.write_bytes(content)
    with pytest.raises(DatelineError, match=message):
        list(read_bio(path, TEXTS, "entities"))


words = st.text("abc.’🏙é", min_size=1, max_size=4)


@given(st.lists(words, min_size=1, max_size=12), st.data())
def test_tokens_of_a_text_are_found_at_their_places(tokens, data):
    blanks = [data.draw(st.sampled_from(["", " ", "\n", "\u00a0"])) for _ in tokens]
    text, places = "", []
    for token, blank in zip(tokens, blanks, strict=True):
        places.append((len(text), len(text) + len(token)))
        text += token + blank
    assert list(align_tokens(text, tokens)) == places


def test_pairs_get_the_next_place_each_time():
    pairs = [("P", "Kim"), ("P", "Kim"), ("P", "Kim"), ("P", "Kim")]
    prediction, alignment = find_pairs("d1", TEXT, pairs, "entities")
    starts = [m.spans[0].start for m in prediction.mentions]
    assert starts[:3] == [0, TEXT.index("Kim’s"), TEXT.rindex("Kim")]
    assert alignment.lost == ("Kim",)
    assert (alignment.exact, alignment.ambiguous) == (3, 3)
    every, _ = find_pairs("d1", TEXT, pairs[:1], "entities", "every")
    assert [m.spans[0].start for m in every.mentions] == starts[:3]


def test_pairs_are_found_whatever_their_case_blanks_and_quotes():
    pairs = [("X", 'said "NO"'), ("X", "kim's  Brother"), ("X", "a pony")]
    prediction, alignment = find_pairs("d1", TEXT, pairs, "entities")
    assert [q for _, _, q in quotes(prediction)] == ["said “no”", "Kim’s\u00a0brother", "a pony"]
    assert (alignment.exact, alignment.loose, alignment.lost) == (0, 2, ("a pony",))


def test_words_that_are_not_in_the_text_cost_precision(five, run, tmp_path):
    name = five.document_ids()[0]
    answers = tmp_path / "answers.jsonl"
    pairs = [["PERSON", "Putin"], {"label": "PERSON", "text": "Mickey Mouse"}, ["GPE", "Kursk"]]
    answers.write_text(json.dumps({"document": name, "pairs": pairs}) + "\n", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    result = run(five, "convert-predictions", str(answers), "--from", "pairs", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert f'{name}: "Mickey Mouse" is not in the text' in result.stdout
    total = dateline.score(out, five).score("entities", "strict").total
    assert (total.matched_gold, total.predicted, total.gold) == (2, 3, 45)


def test_triggers_as_pairs(five, run, tmp_path):
    name = five.document_ids()[0]
    answers = tmp_path / "answers.jsonl"
    answers.write_text(
        json.dumps({"document": name, "pairs": [["MEET", "met"], ["DIE", "said"]]}) + "\n",
        encoding="utf-8",
    )
    out = tmp_path / "out.jsonl"
    arguments = ("--from", "pairs", "--layer", "events", "--out", str(out))
    assert run(five, "convert-predictions", str(answers), *arguments).exit_code == 0
    total = dateline.score(out, five).score("triggers", "TC").total
    assert (total.matched_gold, total.predicted) == (1, 2)


@pytest.mark.parametrize("line", ['{"document": "d"}', '{"document": "d", "pairs": [["A"]]}', "[]"])
def test_a_line_without_pairs_is_named(five, run, tmp_path, line):
    answers = tmp_path / "answers.jsonl"
    answers.write_text(line + "\n", encoding="utf-8")
    out = str(tmp_path / "out.jsonl")
    result = run(five, "convert-predictions", str(answers), "--from", "pairs", "--out", out)
    assert result.exit_code == 1
    assert "answers.jsonl, line 1" in result.stderr
