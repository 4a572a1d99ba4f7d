"""The lead score: readiness, and commitment where it is measured."""

from ghl_real_estate_ai.scoring.model import Score

READINESS_SHARE = 0.6


def lead_score(readiness: Score, commitment: float | None = None) -> Score:
    """Return the lead score: *readiness* (FRS) alone, or .6 of it plus .4 *commitment* (PCS, 0..100) where known.

    `moved` names what moved the readiness; the rest of the points is the commitment's.
    """
    if commitment is None:
        return readiness
    moved = tuple((what, round(READINESS_SHARE * points, 2)) for what, points in readiness.moved)
    committed = (1 - READINESS_SHARE) * min(max(commitment, 0.0), 100.0)
    return Score(round(min(READINESS_SHARE * readiness.value + committed, 100.0), 2), moved)
