"""Where something of a contact is held, table by table, and what becomes of it when the person is forgotten.

A test walks every table: a new one that is in neither list fails it.
"""

from collections.abc import Mapping
from enum import Enum


class Fate(Enum):
    """What becomes of a contact's rows when the person is forgotten."""

    DELETED = "deleted"
    UNNAMED = "unnamed"
    """The measurement stays, and no longer says of whom."""
    PSEUDONYM = "pseudonym"
    """The outcome stays, since routes learn from it, under a name that only the request knows."""
    HASHED = "hashed"
    """An opt-out is kept for good, under keyed hashes of the contact and the number."""
    KEPT = "kept"
    """The record of the request itself: the law wants it kept."""


HOLDINGS: Mapping[str, Fate] = {
    "messages": Fate.DELETED,
    "facts": Fate.DELETED,
    "turns": Fate.DELETED,
    "inbox": Fate.DELETED,
    "outbox": Fate.DELETED,
    "conversations": Fate.DELETED,
    "contacts": Fate.DELETED,
    "consents": Fate.DELETED,
    "handoff_blocks": Fate.DELETED,
    "handoff_deferrals": Fate.DELETED,
    "jorge_performance_operations": Fate.UNNAMED,
    "jorge_bot_interactions": Fate.UNNAMED,
    "jorge_handoff_events": Fate.UNNAMED,
    "jorge_alerts": Fate.UNNAMED,
    "llm_calls": Fate.UNNAMED,
    "jorge_handoff_outcomes": Fate.PSEUDONYM,
    "suppressions": Fate.HASHED,
    "privacy_requests": Fate.KEPT,
}
"""In the order in which they are changed."""

NOT_OF_A_CONTACT = frozenset(
    {
        "crm_budgets",
        "dead_letters",  # by the bytes of a record: see store.py
        "handoff_thresholds",
        "inbox_keys",  # what tells a delivery from its repetition; forgotten by itself after days
        "jorge_alert_rules",
        "journal_nodes",
        "journal_positions",
        "journal_rebuilds",
        "llm_spending",
        "locations",
    }
)
"""Tables without anything of a contact in their columns."""

FREE_DETAILS = frozenset({"jorge_handoff_events", "jorge_handoff_outcomes", "jorge_bot_interactions"})
"""Of the tables that stay, those whose `metadata` may quote what was said: it is emptied."""
