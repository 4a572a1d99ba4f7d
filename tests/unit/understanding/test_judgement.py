"""The trained model: read as it was trained, the same from the same cases, and made for these labels alone."""

import random
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ghl_real_estate_ai.conversation.model import SLOT_VALUES, Bot, Slot
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.understanding.features import Features, features
from ghl_real_estate_ai.understanding.judgement import (
    LABELS,
    STEP,
    Mixture,
    leave_doubt,
    probabilities_of,
    read_judgement,
    write_judgement,
)
from ghl_real_estate_ai.understanding.labelled import load_cases
from ghl_real_estate_ai.understanding.model import (
    Archetype,
    Found,
    Intent,
    MessageContext,
    Objection,
    SlotIs,
    Span,
)
from ghl_real_estate_ai.understanding.slot_wordings import find_slot_wordings, is_spoken_for, likeliest_values
from ghl_real_estate_ai.understanding.text import read
from ghl_real_estate_ai.understanding.training.families import draw, load_families
from ghl_real_estate_ai.understanding.training.train import Unseen, drawn_weights, mix, train, truth_of

NO_CONTEXT = MessageContext()
ALONE = Mixture(np.ones(len(LABELS)), np.zeros(len(LABELS)), np.zeros(len(LABELS)))
"""The features' word as it is."""


def seen(text, context=NO_CONTEXT, rules=()):
    return features(read(text), context, rules).named()


def told(names):
    """A message with these features and no words."""
    return Features([(name, (0, 0)) for name in names])


def test_reading_equals_the_prediction_of_the_library_that_trained(tmp_path):
    """What is read from the arrays is scikit-learn's own probability, for every label and row."""
    draws = np.random.default_rng(3)
    names = [f"word{n}" for n in range(40)]
    rows = draws.random((120, 40)) < 0.2
    models = []
    for _ in LABELS:
        model = LogisticRegression().fit(rows, rows @ draws.normal(size=40) > 0)
        model.coef_, model.intercept_ = np.rint(model.coef_ * STEP) / STEP, np.rint(model.intercept_ * STEP) / STEP
        models.append(model)
    weights = np.column_stack([np.concatenate([model.coef_[0], model.intercept_]) for model in models])
    write_judgement(tmp_path / "w.npz", names, weights, ALONE, np.full(len(LABELS), 0.5))
    judgement = read_judgement(tmp_path / "w.npz")

    for row in rows[:20]:
        expected = [model.predict_proba([row])[0, 1] for model in models]
        scores = judgement.scores(
            judgement.vocabulary.look_up(told(name for name, has in zip(names, row, strict=True) if has)).rows()
        )
        assert expected == pytest.approx(list(probabilities_of(scores)), abs=1e-12)


def test_what_two_models_count_is_what_a_library_finds():
    """Mixing is a logistic regression on both log-odds, for the rows in doubt alone."""
    draws = np.random.default_rng(8)
    ours, theirs = draws.normal(-0.5, 1.5, (4_000, len(LABELS))), draws.normal(0.0, 2.0, (4_000, len(LABELS)))
    truth = draws.random(ours.shape) < 1.0 / (1.0 + np.exp(-(0.8 * ours + 0.3 * theirs - 0.4)))
    doubtful = leave_doubt(ours)

    mixture = mix(Unseen(ours, truth, np.ones(ours.shape)), theirs)

    for at in (0, 11, len(LABELS) - 1):
        both = np.stack([ours[doubtful, at], theirs[doubtful, at]], axis=1)
        model = LogisticRegression(C=np.inf).fit(both, truth[doubtful, at])
        found = [mixture.features[at], mixture.encoder[at], mixture.shift[at]]
        assert found == pytest.approx([*model.coef_[0], model.intercept_[0]], abs=0.01)


def test_what_the_features_are_sure_of_needs_no_second_word():
    """Both are weighed, but of a label that is sure by the features alone."""
    ours, theirs = np.zeros(len(LABELS)), np.full(len(LABELS), -8.0)
    ours[0], ours[1] = 4.0, -4.0
    mixture = Mixture(np.full(len(LABELS), 0.5), np.full(len(LABELS), 0.25), np.full(len(LABELS), 1.0))

    assert mixture.of(ours, theirs)[:3].tolist() == [4.0, -3.0, -1.0]
    assert mixture.of(ours / 2, theirs)[:3].tolist() == [0.0, -2.0, -1.0]


def test_neither_model_speaks_against_itself():
    """One that says the contrary of the truth is not heard; its word is never turned round."""
    draws = np.random.default_rng(9)
    ours = draws.normal(0.0, 1.5, (2_000, len(LABELS)))
    truth = draws.random(ours.shape) < 1.0 / (1.0 + np.exp(-ours))

    mixture = mix(Unseen(ours, truth, np.ones(ours.shape)), np.where(truth, -3.0, 3.0))

    assert mixture.encoder == pytest.approx(0.0, abs=1e-9)


def test_training_again_writes_the_same_bytes(tmp_path):
    """The same cases and wordings give the same weights, bit for bit, and the weights know what they learned."""
    cases, drawn = load_cases("train")[::60], load_families()[:120]

    encoded = np.array([np.where(truth_of(case), 1.0, -4.0) for case in cases])

    known = train(cases, drawn, encoded, tmp_path / "once.npz")
    train(cases, drawn, encoded, tmp_path / "twice.npz")

    assert (tmp_path / "once.npz").read_bytes() == (tmp_path / "twice.npz").read_bytes()
    assert known == len(read_judgement(tmp_path / "once.npz").vocabulary)


def test_weights_for_other_labels_are_refused(tmp_path):
    """Weights that were made for other labels stop the reading, instead of naming the wrong ones."""
    write_judgement(tmp_path / "w.npz", ["a"], np.zeros((2, len(LABELS))), ALONE, np.full(len(LABELS), 0.5))
    arrays = dict(np.load(tmp_path / "w.npz"))
    arrays["labels"] = np.frombuffer(b"buy\nsell", dtype=np.uint8)
    np.savez(tmp_path / "other.npz", **arrays)

    with pytest.raises(ValueError, match="train again"):
        read_judgement(tmp_path / "other.npz")


def test_shipped_weights_are_reported_from_a_real_probability():
    """Every label of the shipped model has a threshold that neither says everything nor nothing."""
    judgement = read_judgement()

    reported_from = probabilities_of(judgement.reported_from)
    assert ((reported_from >= 0.2) & (reported_from <= 0.7)).all()


def test_unknown_features_change_nothing():
    """What was never learned neither raises nor counts."""
    vocabulary = read_judgement().vocabulary
    known = features(read("i want to sell"), NO_CONTEXT, ())
    strange = replace(known, told=[*known.told, ("asked=zzyzx", (0, 0))])

    assert len(known.told) < len(vocabulary.look_up(known).rows())
    assert sorted(vocabulary.look_up(strange).rows()) == sorted(vocabulary.look_up(known).rows())
    assert vocabulary.look_up(strange).placed()[1] == vocabulary.look_up(known).placed()[1]


def test_a_vocabulary_is_read_as_it_was_written(tmp_path):
    """Of every kind of feature, a line break and a sign among the words."""
    text = features(read("dont sell,\nwe stay \u2705"), NO_CONTEXT, ())
    names = sorted(text.named())
    write_judgement(tmp_path / "w.npz", names, np.ones((len(names) + 1, len(LABELS))), ALONE, np.full(len(LABELS), 0.5))

    vocabulary = read_judgement(tmp_path / "w.npz").vocabulary

    assert len(vocabulary) == len(names)
    assert sorted(vocabulary.look_up(text).rows()) == list(range(len(names)))


def test_not_reaches_to_the_end_of_its_clause():
    """What a "not" denies is marked, and what follows the comma is not."""
    found = seen("we are not selling, but buying")

    assert "not @sellword" in found
    assert "not @buyword" not in found


def test_words_of_a_class_are_learned_together():
    """Two relatives, in two languages, share a run of words."""
    assert "my @kin" in seen("ask my wife")
    assert "my @kin" in seen("ask my brothers")
    assert "mi @kin" in seen("mi esposo")


def test_figures_are_seen_by_their_shape():
    """No label hangs on whether it was 350 or 410."""
    assert set(seen("about 350")) == set(seen("about 410"))


def test_what_was_asked_is_seen():
    """The same answer to another question is something else."""
    asked = seen("yes", MessageContext(Bot.SELLER, Slot.OCCUPANCY))

    assert "asked=occupancy" in asked
    assert "asked=occupancy" not in seen("yes")


def test_the_finding_of_a_rule_is_a_feature():
    """What the hand rules find is evidence beside the words."""
    found = seen("hello", rules=[Found(Intent.GREETING, 0.9, Span(0, 5))])

    assert "rule=greeting" in found


def test_a_doubted_finding_is_another_feature():
    """A rule whose words are given another sense never counts as one that stands."""
    found = seen("do not stop sending", rules=[Found(Intent.OPT_OUT, 0.14, Span(0, 19))])

    assert "doubt=opt_out" in found
    assert "rule=opt_out" not in found


def test_long_message_is_seen_by_both_its_ends():
    """A ramble keeps its opening and its last words."""
    found = seen("first " + "and so on " * 120 + "last")

    assert {"first", "last"} <= set(found)


def test_family_is_drawn_with_its_labels_and_context():
    """A section's labels and question hold for every wording below it, and each wording comes once."""
    lines = ["# a comment", "[affirm + price | seller asked occupancy]", "{yes|yep}{ sir|}"]

    drawn = draw(lines, "own", random.Random(1))

    assert {case.text for case in drawn} <= {"yes", "yep", "yes sir", "yep sir"}
    assert len(drawn) == len({case.text for case in drawn}) > 1
    assert drawn[0].intents == {Intent.AFFIRM}
    assert drawn[0].objections == {Objection.PRICE}
    assert drawn[0].context == MessageContext(Bot.SELLER, Slot.OCCUPANCY)


def test_family_of_an_archetype_and_of_nothing():
    """An archetype is a label too, and empty brackets carry none."""
    drawn = draw(["[investor]", "ten doors", "[]", "is there a bus stop"], "own", random.Random(1))

    assert [(case.archetype, case.intents) for case in drawn] == [
        (Archetype.INVESTOR, frozenset()),
        (None, frozenset()),
    ]


def test_family_of_a_slot_tells_of_that_slot_alone():
    """A wording for a motive teaches no intent and no other slot; a slot without a value is stated by none."""
    stated, nothing, wish = draw(
        [
            "[motivation=divorce | seller]",
            "we split up",
            "[motivation=]",
            "the neighbors split up",
            "[sell]",
            "selling",
        ],
        "own",
        random.Random(1),
    )

    told = [{LABELS[at] for at, weight in enumerate(drawn_weights(case)) if weight} for case in (stated, nothing, wish)]
    of_motives = {SlotIs(Slot.MOTIVATION, value) for value in SLOT_VALUES[Slot.MOTIVATION]}
    assert told == [of_motives, of_motives, {label for label in LABELS if not isinstance(label, SlotIs)}]
    assert [LABELS[at] for at, given in enumerate(truth_of(stated)) if given] == [SlotIs(Slot.MOTIVATION, "divorce")]
    assert not any(truth_of(nothing))


def test_what_the_wordings_of_a_slot_find_is_seen_with_the_question_and_the_order():
    """A value's wording counts by itself, by who asked what, and as the first of its slot."""
    hints = [
        Found(SlotIs(Slot.MOTIVATION, "debt"), 0.85, Span(20, 30)),
        Found(SlotIs(Slot.MOTIVATION, "job_loss"), 0.85, Span(0, 8)),
        Found(SlotIs(Slot.CONDITION, "major"), 0.3, Span(9, 12)),
    ]

    found = seen("laid off and drowning in bills", MessageContext(Bot.SELLER, Slot.MOTIVATION), hints)

    assert {"rule=motivation=debt", "rule=motivation=debt asked=motivation", "rule=motivation=debt bot=seller"} <= set(
        found
    )
    assert {name for name in found if "first" in name} == {"rule=first motivation=job_loss"}
    assert "doubt=condition=major" in found


def test_a_wording_after_a_not_is_doubted():
    """What is denied is no more than a hint that it was spoken of."""
    denied = {one.label: one.confidence for one in find_slot_wordings(read("we are not divorced"))}
    told = {one.label: one.confidence for one in find_slot_wordings(read("we got divorced"))}

    divorce = SlotIs(Slot.MOTIVATION, "divorce")
    assert denied[divorce] < 0.5 < told[divorce]


def test_what_only_small_words_speak_for_is_said_from_likelier_than_not_on():
    """Without a wording or the question a value needs more than its threshold."""
    label = SlotIs(Slot.MOTIVATION, "investment")
    doubtful, likely = Found(label, 0.4, Span(0, 2)), Found(label, 0.6, Span(0, 2))

    assert not is_spoken_for(doubtful, {}, None)
    assert not is_spoken_for(doubtful, {label: Found(label, 0.3, Span(0, 2))}, Slot.CONDITION)
    assert is_spoken_for(likely, {}, None)
    assert is_spoken_for(doubtful, {label: Found(label, 0.85, Span(0, 2))}, None)
    assert is_spoken_for(doubtful, {}, Slot.MOTIVATION)


def test_one_value_a_slot_is_stated_and_it_is_the_likeliest():
    """Two motives in a message leave one, and slots do not stand in each other's way."""
    found = [
        Found(SlotIs(Slot.MOTIVATION, "debt"), 0.4, Span(0, 4)),
        Found(SlotIs(Slot.MOTIVATION, "health"), 0.7, Span(5, 9)),
        Found(SlotIs(Slot.OCCUPANCY, "vacant"), 0.3, Span(10, 14)),
    ]

    stated = [(one.slot, one.value, one.confidence, one.span) for one in likeliest_values(found)]

    assert stated == [
        (Slot.MOTIVATION, "health", 0.7, Span(5, 9)),
        (Slot.OCCUPANCY, "vacant", 0.3, Span(10, 14)),
    ]


def test_a_wording_without_a_context_is_also_said_in_answer_to_a_question():
    """A plain wish says the same whatever was asked, so what was asked must not be what it is told by."""
    drawn = draw(["[buy]", "{a|b|c|d|e|f|g|h} {i|j|k|l|m|n|o|p}"], "own", random.Random(1))

    asked = [case for case in drawn if case.context != MessageContext()]
    assert 0 < len(asked) < len(drawn) / 2
    assert all(case.intents == {Intent.BUY} for case in drawn)


def test_same_seed_draws_the_same():
    """The wordings learned from do not change from one training to the next."""
    assert load_families(seed=5) == load_families(seed=5)
    assert load_families(seed=5) != load_families(seed=6)


@pytest.mark.parametrize(
    "lines",
    [
        ["[purchase]", "a"],
        ["[buy]", "{a|b"],
        ["[buy]", "a}"],
        ["[buy | clerk]", "a"],
        ["[condition=splendid]", "a"],
        ["[bedrooms=3]", "a"],
        ["[sell + condition=major]", "a"],
    ],
)
def test_family_written_wrongly_is_refused_by_its_line(lines):
    """A wrong label, brace or bot names the file and the line."""
    with pytest.raises(Rejected, match=r"own:[12]: not a family"):
        draw(lines, "own", random.Random(1))
