"""A bot's script as data, and which of its questions comes next; pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Bot, Facts, Question, Slot
from ghl_real_estate_ai.understanding.model import Objection

MOST_ASKS = 3
"""Asked plainly, asked in other words, asked with choices; then the next question."""
MOST_OFFERS = 2
"""How often an appointment is offered to somebody who does not take it up."""
NOTHING: frozenset[Question] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One question of a script: what answers it, and what makes it needless."""

    question: Question
    skipped_by: tuple[Slot, ...] = ()
    """Slots whose being known makes the question needless."""
    in_words: bool = False
    """A free sentence answers it even where we cannot sort what it says."""
    kept_as_told: bool = False
    """The answer is kept in the lead's own words, since nothing sorts it."""
    objection: Objection | None = None
    """An objection that answers it, such as that a spouse has to agree."""

    def is_answered(self, facts: Facts) -> bool:
        """Whether its slot is known, or a slot that makes it needless; the goal is unknown while a lead bot owns."""
        return self.question.slot in facts or any(slot in facts for slot in self.skipped_by)


@dataclass(frozen=True, slots=True)
class Script:
    """What *bot* wants to know, in order; the appointment is offered after everything else."""

    bot: Bot
    steps: tuple[Step, ...]
    offers_appointment: bool = True
    most_asks: int = MOST_ASKS
    most_offers: int = MOST_OFFERS
    manner: str | None = None
    """Names wordings of its own, used where there are any: `ask.<bot>.<manner>.<question>`."""

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(step.question for step in self.steps)

    def step(self, question: Question | None) -> Step | None:
        """The step that asks *question*, None when this script does not."""
        return next((step for step in self.steps if step.question is question), None)

    def unknown(self, facts: Facts) -> tuple[Question, ...]:
        """The questions whose answer is not known, in order."""
        return tuple(step.question for step in self.steps if not step.is_answered(facts))

    def next_question(
        self,
        facts: Facts,
        attempts: Mapping[Question, int],
        *,
        asked: Question | None,
        told_something: bool,
        maybe_told: Set[Question] = NOTHING,
    ) -> Question | None:
        """The question to ask now, None when none is left.

        An unanswered one is asked again at once, unless the lead told something else instead: then the one asked least
        comes first, so that nobody who talks feels interrogated.  What was *maybe_told* is not asked: a person of the
        team checks it, since to be asked what one has just said is worse than to be asked later.
        """
        left = [
            question
            for question in self.unknown(facts)
            if attempts.get(question, 0) < self.most_asks and question not in maybe_told
        ]
        if not left:
            return self._appointment(facts, attempts)
        if asked in left and not told_something:
            return asked
        return min(left, key=lambda question: attempts.get(question, 0))

    def _appointment(self, facts: Facts, attempts: Mapping[Question, int]) -> Question | None:
        question = Question.APPOINTMENT
        wanted = self.offers_appointment and question.slot not in facts and attempts.get(question, 0) < self.most_offers
        return question if wanted else None
