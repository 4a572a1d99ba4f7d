"""A bot's script as data, and which of its questions comes next; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Bot, Facts, Question

MOST_ASKS = 3
"""Asked plainly, asked in other words, asked with choices; then the next question."""
MOST_OFFERS = 2
"""How often an appointment is offered to somebody who does not take it up."""


@dataclass(frozen=True, slots=True)
class Script:
    """What *bot* wants to know, in order; the appointment is offered after everything else."""

    bot: Bot
    questions: tuple[Question, ...]
    offers_appointment: bool = True

    def unknown(self, facts: Facts) -> tuple[Question, ...]:
        """The questions whose answer is not known, in order; a lead bot's goal is unknown as long as it owns."""
        return tuple(question for question in self.questions if question.slot is None or question.slot not in facts)

    def next_question(
        self, facts: Facts, attempts: Mapping[Question, int], *, asked: Question | None, told_something: bool
    ) -> Question | None:
        """The question to ask now, None when none is left.

        An unanswered one is asked again at once, unless the lead told something else instead: then the one asked least
        comes first, so that nobody who talks feels interrogated.
        """
        left = [question for question in self.unknown(facts) if attempts.get(question, 0) < MOST_ASKS]
        if not left:
            return self._appointment(facts, attempts)
        if asked in left and not told_something:
            return asked
        return min(left, key=lambda question: attempts.get(question, 0))

    def _appointment(self, facts: Facts, attempts: Mapping[Question, int]) -> Question | None:
        question = Question.APPOINTMENT
        wanted = self.offers_appointment and question.slot not in facts and attempts.get(question, 0) < MOST_OFFERS
        return question if wanted else None
