"""The sentence encoder: pieces of words as they were published, one answer for any text, asked only in doubt."""

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding import understand
from ghl_real_estate_ai.understanding.encoder import (
    LONGEST_READ,
    NETWORK,
    PART,
    PIECES,
    SPECIAL,
    START,
    UNKNOWN,
    Pieces,
    read_encoder,
    read_pieces,
)
from ghl_real_estate_ai.understanding.judgement import LABELS, leave_doubt
from ghl_real_estate_ai.understanding.model import Intent, MessageContext
from ghl_real_estate_ai.understanding.text import read
from ghl_real_estate_ai.understanding.training.lines import BATCH, EPOCHS, batches, mixtures

NO_CONTEXT = MessageContext()
PUBLISHED = ["[UNK]", "[CLS]", "[SEP]", "want", "##want", "##ed", "wa", "un", "runn", "##ing"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("unwanted running", ["un", "##want", "##ed", "runn", "##ing"]),
        ("unwantedx running", [UNKNOWN, "runn", "##ing"]),
    ],
)
def test_words_fall_into_the_pieces_that_were_published(text, pieces):
    """The examples of BERT's own tests (google-research/bert, tokenization_test.py)."""
    numbers = {piece: at + 1 for at, piece in enumerate(PUBLISHED)}

    found = Pieces(numbers).of(read(text), NO_CONTEXT)

    assert found == [numbers[piece] for piece in (START, PART, *pieces, PART)]


def test_the_pieces_begin_with_those_that_no_word_has():
    """The padding is number 0, and each piece has one number."""
    pieces = list(read_pieces().numbers)

    assert tuple(pieces[: len(SPECIAL)]) == SPECIAL
    assert len(pieces) == len(PIECES.read_text(encoding="ascii").splitlines())


def test_every_row_is_learned_as_often_as_every_other():
    """A pass takes each row once, in batches of like length, the next in another order."""
    lengths = np.random.default_rng(1).integers(4, 90, 7_013)

    parts = list(batches(lengths, np.random.default_rng(2)))

    assert np.bincount(np.concatenate(parts)).tolist() == [EPOCHS] * len(lengths)
    assert max(map(len, parts)) == BATCH
    assert np.mean([np.ptp(lengths[part]) for part in parts]) < 0.1 * np.ptp(lengths)
    assert [part.tolist() for part in parts[: len(parts) // EPOCHS]] != [
        part.tolist() for part in parts[len(parts) // EPOCHS : 2 * (len(parts) // EPOCHS)]
    ]


def test_a_mixture_is_made_of_what_was_said_and_keeps_its_question():
    """Parts of one message or of two, in their order, behind the question of the first, no longer than is read."""
    pieces = read_pieces()
    asked = MessageContext(Bot.SELLER, Slot.PRICE_EXPECTATION)
    one = pieces.of(read("about 400k " + "or so " * 9), asked)
    other = pieces.of(read("we want to sell " + "and move on " * 9), NO_CONTEXT)

    made = mixtures([one, other], 300, np.random.default_rng(3))

    part = pieces.numbers[PART]
    headers = {tuple(line[: line.index(part)]) for line in made}
    assert headers == {tuple(line[: line.index(part)]) for line in (one, other)}
    assert all(line[-1] == part and line.count(part) == 2 for line in made)
    assert all(len(line[line.index(part) + 1 : -1]) <= LONGEST_READ for line in made)
    assert len({tuple(line) for line in made}) > 200
    joined = {pieces.numbers["400"], pieces.numbers["sell"]}
    assert any(joined <= set(line) for line in made)
    assert any(not joined & set(line) for line in made)


def test_what_was_asked_stands_before_the_text():
    """The same words in answer to another question are another line."""
    pieces = read_pieces()
    words = list(pieces.numbers)

    line = pieces.of(read("about 400k"), MessageContext(Bot.SELLER, Slot.PRICE_EXPECTATION))

    assert [words[number] for number in line] == [
        *(START, "seller", "price", "expectation", PART),
        *("about", "400", "##k", PART),
    ]


def test_long_message_is_read_by_both_its_ends():
    """A ramble costs no more than its bound, and its last words are read."""
    pieces = read_pieces()

    line = pieces.of(read("first " + "and so on " * 120 + "last"), NO_CONTEXT)

    assert {pieces.numbers["first"], pieces.numbers["last"]} <= set(line)
    assert len(line) <= LONGEST_READ + 3


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_any_text_has_one_finite_score_a_label(text):
    """Whatever is typed has a score for each label, the same each time."""
    encoder = read_encoder()

    scores = encoder.scores(read(text), NO_CONTEXT)

    assert scores.shape == (len(LABELS),)
    assert np.isfinite(scores).all()
    assert (scores == encoder.scores(read(text), NO_CONTEXT)).all()


def test_the_network_has_learned_the_labels():
    """By itself the network tells plain wishes apart, in both languages."""
    score = {
        text: dict(zip(LABELS, read_encoder().scores(read(text), NO_CONTEXT), strict=True))
        for text in ("please quit texting me", "ya no me manden mensajes", "we want to sell our house")
    }

    assert [text for text, of_text in score.items() if of_text[Intent.OPT_OUT] > 0] == list(score)[:2]
    assert [text for text, of_text in score.items() if of_text[Intent.SELL] > 0] == list(score)[2:]


def test_network_for_other_labels_is_refused(tmp_path):
    """A network that was made for other labels stops the reading, instead of naming the wrong ones."""
    (tmp_path / "other.onnx").write_bytes(NETWORK.read_bytes().replace(b"opt_out\nopt_in", b"opt_in\nopt_out"))

    with pytest.raises(ValueError, match="train again"):
        read_encoder(tmp_path / "other.onnx")


@pytest.mark.parametrize("text", ["STOP", "hello", "thanks!"])
def test_a_sure_message_does_not_ask_the_encoder(monkeypatch, text):
    """What the features are sure of costs no second reading."""
    module = import_module("ghl_real_estate_ai.understanding.understand")
    monkeypatch.setattr(module, "read_encoder", lambda: pytest.fail("asked"))

    assert understand(text).intents


def test_doubt_is_a_probability_near_neither_no_nor_yes():
    """One label in doubt is enough; all sure of either is none; an end is doubted more easily than a sale."""
    sure = np.where(np.arange(len(LABELS)) % 2, 5.0, -5.0)
    doubtful, nearly_an_end, nearly_a_sale = sure.copy(), sure.copy(), sure.copy()
    doubtful[-1] = 0.0
    nearly_an_end[LABELS.index(Intent.OPT_OUT)] = nearly_a_sale[LABELS.index(Intent.SELL)] = -2.8

    lines = np.stack([sure, doubtful, nearly_an_end, nearly_a_sale])
    assert leave_doubt(lines).tolist() == [False, True, True, False]
