"""Right-to-left texts on the labelling page: their direction, their word order, and what is drawn."""

from __future__ import annotations

import os

import pytest

from ..corpora import new_corpus
from .strategies import document_of
from .test_browser import pull

TEXTS = {
    "ar": (
        "قال وزير الخارجية أحمد سالم يوم الاثنين إن القوات هاجمت جسر أردن القديم.\n"
        "The NATO spokesman (in Brussels) said no.\n"
        "وأضاف أن اتفاقية NATO عام 2025 لم تنفذ.",
        ("أحمد سالم", "أردن", "NATO"),
    ),
    "he": (
        "שר החוץ דן לוי אמר ביום שני כי הכוחות תקפו את הגשר הישן בארדן.\n"
        "The NATO spokesman (in Brussels) said no.\n"
        "הוא הוסיף כי הסכם NATO משנת 2025 לא קוים.",
        ("דן לוי", "ארדן", "NATO"),
    ),
}
_WORDS = """() => {
  const texts = document.createTreeWalker(
    document.querySelector('.lsf-richtext__container'), NodeFilter.SHOW_TEXT);
  const words = [];
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      const box = range.getBoundingClientRect();
      words.push([word[0], box.left, box.right, box.top]);
    }
  }
  const box = document.querySelector('.lsf-richtext__container').getBoundingClientRect();
  return [words, box.left, box.right];
}"""


@pytest.mark.parametrize("language", TEXTS)
def test_right_to_left_text_is_read_and_labelled(
    language,
    tmp_path,
    open_task,
    ana,
    sync,
    label_studio,
):
    text, quotes = TEXTS[language]
    corpus = new_corpus(tmp_path / language)
    corpus.write_document(document_of(text, language))
    open_task(corpus)
    for quote in quotes:
        ana.draw("1", "PERSON", quote)
        ana.select(quote)
        ana.choose("nominal")
    if folder := os.environ.get("DATELINE_SCREENSHOTS"):
        ana.page.screenshot(path=f"{folder}/{language}.png")
    words, left, right = ana.page.evaluate(_WORDS)
    first, latin, last = [
        next(w for w in words if w[0].startswith(line.split()[0])) for line in text.splitlines()
    ]
    assert right - first[2] < 60
    assert right - last[2] < 60
    assert latin[1] - left < 60
    in_first_line = [w for w in words if abs(w[3] - first[3]) < 8]
    order = [w[0] for w in sorted(in_first_line, key=lambda w: -w[2])]
    assert order == [w[0] for w in in_first_line]
    ana.submit()
    pull(corpus, sync, label_studio)
    mentions = corpus.read_annotation("ana", language).mentions
    assert sorted(span.text for m in mentions for span in m.spans) == sorted(quotes)
