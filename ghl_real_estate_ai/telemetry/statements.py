"""Statements that both the repository (on a caller's connection) and the shipper (on its own) execute.

Written for the driver (psycopg's named parameters), since the two reach it in different ways.
"""

from typing import Any
from uuid import UUID

import msgspec
import orjson
from psycopg.types.json import Jsonb

from ghl_real_estate_ai.telemetry.model import HandoffOutcomeRecord

INSERT_OUTCOME = """
INSERT INTO jorge_handoff_outcomes
    (location_id, event_id, contact_id, source_bot, target_bot, outcome, timestamp, resolved_at, metadata)
VALUES
    (%(location_id)s, %(event_id)s, %(contact_id)s, %(source_bot)s, %(target_bot)s, %(outcome)s, %(timestamp)s,
     %(resolved_at)s, %(metadata)s)
ON CONFLICT (location_id, event_id) DO NOTHING
"""

# The row of this id if there is one, else the contact's newest pending one on this route; told once, it stands.
RESOLVE_OUTCOME = """
UPDATE jorge_handoff_outcomes AS outcomes
SET outcome = %(outcome)s,
    resolved_at = coalesce(%(resolved_at)s, %(timestamp)s),
    metadata = CASE WHEN %(metadata)s::jsonb IS NULL THEN outcomes.metadata
                    ELSE coalesce(outcomes.metadata, '{}'::jsonb) || %(metadata)s::jsonb END
FROM (
    SELECT location_id, event_id
    FROM jorge_handoff_outcomes
    WHERE location_id = %(location_id)s AND contact_id = %(contact_id)s
      AND source_bot = %(source_bot)s AND target_bot = %(target_bot)s AND outcome = 'pending'
    ORDER BY (event_id = %(event_id)s) DESC, timestamp DESC
    LIMIT 1
    FOR UPDATE
) AS newest
WHERE outcomes.location_id = newest.location_id AND outcomes.event_id = newest.event_id
"""


def to_jsonb(value: Any) -> Jsonb | None:
    """Wrap a value for a jsonb column; None becomes NULL, and NaN becomes JSON's null."""
    return None if value is None else Jsonb(value, dumps=jsonb_text)


def jsonb_text(value: Any) -> bytes:
    """Write a value for a jsonb column.

    Raises:
        TypeError: JSON has no word for it.
    """
    try:
        return msgspec.json.encode(value)
    except TypeError:  # keys that are None or a truth value, text of a type of its own
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def outcome_parameters(record: HandoffOutcomeRecord, event_id: UUID) -> dict[str, Any]:
    """The parameters of both statements above; a resolved outcome without a time was resolved when it was told."""
    resolved_at = record.resolved_at
    if resolved_at is None and record.outcome != "pending":
        resolved_at = record.timestamp
    return {
        "location_id": record.location_id,
        "event_id": event_id,
        "contact_id": record.contact_id,
        "source_bot": record.source_bot,
        "target_bot": record.target_bot,
        "outcome": record.outcome,
        "timestamp": record.timestamp,
        "resolved_at": resolved_at,
        "metadata": to_jsonb(record.metadata),
    }
