"""Every table of Jorge, in one place; the migrations build exactly these (a test compares).

Conventions: `location_id` (the tenant) leads every key, so that the tables shard by tenant; CRM ids are text,
ours are UUIDv7; every moment is `timestamptz`.  The tables that are not by tenant are listed in
`NOT_BY_TENANT`.  Tables of procrastinate (timers, cron) are its own and stand beside these.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NOT_BY_TENANT = frozenset({"journal_positions", "journal_rebuilds", "journal_nodes", "dead_letters"})
"""Tables of the node's own machinery: their keys do not begin with the tenant."""

PARTITIONED = ("jorge_performance_operations", "jorge_bot_interactions", "jorge_handoff_events")
"""Tables in weekly partitions by `timestamp`, with no default partition: see storage/partitions.py."""

Moment = DateTime(timezone=True)
OptionalJson = JSONB(none_as_null=True)
"""None is NULL in it, and not the JSON value null, which is no NULL to SQL."""


def _tenant() -> Column[str]:
    return Column("location_id", Text, nullable=False)


def _recorded_at() -> Column[object]:
    return Column("created_at", Moment, nullable=False, server_default=func.now())


# --- what happened: queried by users directly -------------------------------------------------------------------

# A sequence rather than an identity column: partitioned tables have no identity before PostgreSQL 17.
operation_ids = Sequence("jorge_performance_operations_id_seq", metadata=metadata)
jorge_performance_operations = Table(
    "jorge_performance_operations",
    metadata,
    _tenant(),
    Column("timestamp", Moment, nullable=False),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("id", BigInteger, operation_ids, server_default=operation_ids.next_value(), nullable=False),
    Column("contact_id", Text),
    Column("bot_name", String(50), nullable=False),
    Column("operation", String(100), nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("success", Boolean, nullable=False, server_default=text("true")),
    Column("cache_hit", Boolean, server_default=text("false")),
    Column("metadata", OptionalJson),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id", "timestamp", "event_id"),
    Index(None, "timestamp"),
    Index(None, "bot_name", "timestamp"),
    postgresql_partition_by="RANGE (timestamp)",
)

interaction_ids = Sequence("jorge_bot_interactions_id_seq", metadata=metadata)
jorge_bot_interactions = Table(
    "jorge_bot_interactions",
    metadata,
    _tenant(),
    Column("timestamp", Moment, nullable=False),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("id", BigInteger, interaction_ids, server_default=interaction_ids.next_value(), nullable=False),
    Column("contact_id", Text),
    Column("bot_type", String(50), nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("success", Boolean, nullable=False),
    Column("cache_hit", Boolean, server_default=text("false")),
    Column("metadata", OptionalJson),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id", "timestamp", "event_id"),
    Index(None, "timestamp"),
    Index(None, "bot_type", "timestamp"),
    postgresql_partition_by="RANGE (timestamp)",
)

handoff_event_ids = Sequence("jorge_handoff_events_id_seq", metadata=metadata)
jorge_handoff_events = Table(
    "jorge_handoff_events",
    metadata,
    _tenant(),
    Column("timestamp", Moment, nullable=False),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("id", BigInteger, handoff_event_ids, server_default=handoff_event_ids.next_value(), nullable=False),
    Column("contact_id", Text),
    Column("source_bot", String(50), nullable=False),
    Column("target_bot", String(50), nullable=False),
    Column("success", Boolean, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("metadata", OptionalJson),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id", "timestamp", "event_id"),
    Index(None, "timestamp"),
    Index(None, "location_id", "contact_id", "timestamp"),
    postgresql_partition_by="RANGE (timestamp)",
)

jorge_handoff_outcomes = Table(
    "jorge_handoff_outcomes",
    metadata,
    Column("id", BigInteger, Identity(always=False), nullable=False),
    _tenant(),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("source_bot", String(50), nullable=False),
    Column("target_bot", String(50), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("timestamp", Moment, nullable=False),
    Column("resolved_at", Moment),
    Column("metadata", OptionalJson),
    _recorded_at(),
    PrimaryKeyConstraint("location_id", "event_id"),
    CheckConstraint("outcome IN ('pending', 'successful', 'failed', 'reverted', 'timeout')", name="known_outcome"),
    Index(None, "location_id", "contact_id", "timestamp"),
    Index(None, "source_bot", "target_bot", "timestamp"),
    Index(None, "timestamp"),
    Index("ix_jorge_handoff_outcomes_pending", "timestamp", "event_id", postgresql_where=text("outcome = 'pending'")),
)

handoff_blocks = Table(
    "handoff_blocks",
    metadata,
    _tenant(),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("source_bot", String(50), nullable=False),
    Column("target_bot", String(50), nullable=False),
    Column("reason", String(50), nullable=False),
    Column("timestamp", Moment, nullable=False),
    PrimaryKeyConstraint("location_id", "event_id"),
    Index(None, "timestamp"),
)

handoff_deferrals = Table(
    "handoff_deferrals",
    metadata,
    _tenant(),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("source_bot", String(50), nullable=False),
    Column("target_bot", String(50), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("adjustment", Float, nullable=False),
    Column("evidence", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("epoch", BigInteger, nullable=False),
    # of the conversation then: another one now means that somebody has moved it meanwhile
    Column("delivers", Boolean, nullable=False),
    Column("deferred_at", Moment, nullable=False),
    Column("state", String(10), nullable=False, server_default="waiting"),
    # waiting: for its bot · moved: carried out · dropped: no longer right, with the reason
    Column("reason", Text),
    Column("ended_at", Moment),
    PrimaryKeyConstraint("location_id", "event_id"),
    CheckConstraint("state IN ('waiting', 'moved', 'dropped')", name="known_state"),
    Index(
        "uq_handoff_deferrals_waiting",
        "location_id",
        "contact_id",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(None, "target_bot", "ended_at"),
)

handoff_thresholds = Table(
    "handoff_thresholds",
    metadata,
    _tenant(),
    Column("source_bot", String(50), nullable=False),
    Column("target_bot", String(50), nullable=False),
    Column("at", Moment, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("adjustment", Float, nullable=False),
    Column("success_rate", Float),
    Column("sample_size", Integer, nullable=False),
    Column("interval_low", Float),
    Column("interval_high", Float),
    PrimaryKeyConstraint("location_id", "source_bot", "target_bot", "at"),
)

jorge_alerts = Table(
    "jorge_alerts",
    metadata,
    Column("id", BigInteger, Identity(always=False), nullable=False),
    _tenant(),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text),
    Column("rule_name", String(100), nullable=False),
    Column("severity", String(20), nullable=False),
    Column("message", Text, nullable=False),
    Column("triggered_at", Moment, nullable=False),
    Column("performance_stats", OptionalJson),
    Column("channels_sent", OptionalJson),
    Column("acknowledged", Boolean, nullable=False, server_default=text("false")),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", String(200)),
    _recorded_at(),
    PrimaryKeyConstraint("location_id", "event_id"),
    Index(None, "triggered_at"),
    Index(None, "rule_name", "triggered_at"),
)

jorge_alert_rules = Table(
    "jorge_alert_rules",
    metadata,
    Column("id", BigInteger, Identity(always=False), nullable=False),
    _tenant(),
    Column("name", String(100), nullable=False),
    Column("condition_config", JSONB, nullable=False),
    Column("severity", String(20), nullable=False, server_default="warning"),
    Column("cooldown_seconds", Integer, nullable=False, server_default=text("300")),
    Column("channels", JSONB, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    _recorded_at(),
    Column("updated_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id", "name"),
)

llm_calls = Table(
    "llm_calls",
    metadata,
    _tenant(),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text),
    Column("timestamp", Moment, nullable=False),
    Column("model", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("cost_usd", Float),
    Column("duration_ms", Float, nullable=False),
    Column("success", Boolean, nullable=False),
    Column("error", Text),
    PrimaryKeyConstraint("location_id", "event_id"),
    Index(None, "timestamp"),
)

llm_spending = Table(
    "llm_spending",
    metadata,
    _tenant(),
    Column("day", Date, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("cost_usd", Float, nullable=False),
    Column("updated_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id", "day"),
)

# --- the journal's way to the tables ----------------------------------------------------------------------------

journal_positions = Table(
    "journal_positions",
    metadata,
    Column("segment_id", UUID(as_uuid=True), nullable=False),
    Column("node", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("updated_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("segment_id"),
)

journal_rebuilds = Table(
    "journal_rebuilds",
    metadata,
    Column("node", Text, nullable=False),
    Column("looked_until", Moment, nullable=False),
    PrimaryKeyConstraint("node"),
)

journal_nodes = Table(
    "journal_nodes",
    metadata,
    Column("node", Text, nullable=False),
    Column("journal", Text, nullable=False),
    Column("waiting_rows", BigInteger, nullable=False),
    Column("waiting_since", Moment),
    Column("dropped_rows", BigInteger, nullable=False),
    Column("dropped_at", Moment),
    Column("told_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("node", "journal"),
)
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", BigInteger, Identity(always=False), nullable=False),
    Column("location_id", Text),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("target_table", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("dead_at", Moment, nullable=False, server_default=func.now()),
    Column("attempts", Integer, nullable=False, server_default=text("1")),
    Column("tried_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("event_id", "target_table"),
)

# --- who we talk with -------------------------------------------------------------------------------------------

locations = Table(
    "locations",
    metadata,
    _tenant(),
    Column("config", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("version", BigInteger, nullable=False, server_default=text("0")),
    Column("sealed_tokens", LargeBinary),
    _recorded_at(),
    Column("updated_at", Moment, nullable=False, server_default=func.now()),
    Column("tokens_expire_at", Moment),
    Column("tokens_generation", BigInteger, nullable=False, server_default=text("0")),
    Column("tokens_claimed_by", Text),
    Column("tokens_claimed_until", Moment),
    PrimaryKeyConstraint("location_id"),
)

crm_budgets = Table(
    "crm_budgets",
    metadata,
    _tenant(),
    Column("spent", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    _recorded_at(),
    Column("updated_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id"),
)
"""What a location has asked of the CRM in the last seconds and today: one row, changed under its lock."""

contacts = Table(
    "contacts",
    metadata,
    _tenant(),
    Column("contact_id", Text, nullable=False),
    Column("first_name", Text),
    Column("phone", Text),
    Column("email", Text),
    Column("state", Text),
    Column("postal_code", Text),
    Column("timezone", Text),
    Column("source", Text),
    Column("tags", ARRAY(Text)),
    Column("tags_known_at", Moment),
    Column("dnd", Boolean),
    Column("consent", OptionalJson),
    _recorded_at(),
    Column("updated_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id", "contact_id"),
)

conversations = Table(
    "conversations",
    metadata,
    _tenant(),
    Column("contact_id", Text, nullable=False),
    Column("owner", String(10), nullable=False, server_default="lead"),
    Column("version", BigInteger, nullable=False, server_default=text("0")),
    Column("epoch", BigInteger, nullable=False, server_default=text("0")),
    Column("state", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Column("fence", BigInteger, nullable=False, server_default=text("0")),
    _recorded_at(),
    Column("updated_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id", "contact_id"),
    CheckConstraint("owner IN ('lead', 'buyer', 'seller', 'human', 'none')", name="known_owner"),
    Index(None, "location_id", "updated_at", "contact_id"),
)

messages = Table(
    "messages",
    metadata,
    _tenant(),
    Column("message_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("turn_id", UUID(as_uuid=True)),
    Column("event_id", UUID(as_uuid=True)),
    Column("direction", String(10), nullable=False),
    Column("author", Text, nullable=False),
    Column("channel", Text, nullable=False, server_default="SMS"),
    Column("text", Text, nullable=False),
    Column("intents", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("crm_message_id", Text),
    Column("at", Moment, nullable=False),
    Column("seq", BigInteger, Identity(always=False), nullable=False),
    _recorded_at(),
    PrimaryKeyConstraint("location_id", "message_id"),
    CheckConstraint("direction IN ('inbound', 'outbound')", name="known_direction"),
    Index(None, "location_id", "contact_id", "seq"),
)

facts = Table(
    "facts",
    metadata,
    _tenant(),
    Column("fact_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("slot", String(30), nullable=False),
    Column("value", JSONB, nullable=False),
    Column("confidence", Float, nullable=False, server_default=text("1.0")),
    Column("source_message_id", UUID(as_uuid=True)),
    Column("stated_at", Moment, nullable=False),
    Column("superseded_at", Moment),
    PrimaryKeyConstraint("location_id", "fact_id"),
    Index(
        "uq_facts_current",
        "location_id",
        "contact_id",
        "slot",
        unique=True,
        postgresql_where=text("superseded_at IS NULL"),
    ),
)

turns = Table(
    "turns",
    metadata,
    _tenant(),
    Column("turn_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("owner_before", String(10), nullable=False),
    Column("owner_after", String(10), nullable=False),
    Column("asked", String(30)),
    Column("flags", ARRAY(Text), nullable=False),
    Column("signals", JSONB, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("timings", JSONB, nullable=False),
    Column("at", Moment, nullable=False),
    _recorded_at(),
    Column("version", BigInteger),
    # of the conversation after this turn: another one now means that something has happened since
    Column("state_before", OptionalJson),
    # of the conversation, where the turn may be taken back as long as its reply has not left
    PrimaryKeyConstraint("location_id", "turn_id"),
    Index(None, "location_id", "contact_id", "at"),
    Index(None, "node", "created_at"),
    Index(None, "created_at"),
)

suppressions = Table(
    "suppressions",
    metadata,
    _tenant(),
    Column("suppression_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("phone", Text),
    Column("reason", Text, nullable=False),
    Column("source_message_id", UUID(as_uuid=True)),
    Column("suppressed_at", Moment, nullable=False),
    Column("lifted_at", Moment),
    PrimaryKeyConstraint("location_id", "suppression_id"),
    Index(
        "uq_suppressions_current",
        "location_id",
        "contact_id",
        unique=True,
        postgresql_where=text("lifted_at IS NULL"),
    ),
    Index(None, "location_id", "phone"),
    Index(None, "suppressed_at"),
)

# --- what people agreed to, and what they ask of their data ------------------------------------------------------

consents = Table(
    "consents",
    metadata,
    _tenant(),
    Column("consent_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("phone", Text),
    Column("agreed_to", Text, nullable=False, server_default="texts"),
    Column("source", String(20), nullable=False),
    # inbound_text: wrote to us first · opt_in: START after an opt-out · form, tag: as the team noted it
    Column("evidence", Text),
    # the words that were shown or agreed to, where a person noted them
    Column("source_message_id", UUID(as_uuid=True)),
    Column("given_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("revoked_by", Text),
    PrimaryKeyConstraint("location_id", "consent_id"),
    CheckConstraint("source IN ('inbound_text', 'opt_in', 'form', 'tag')", name="known_source"),
    Index(
        "uq_consents_current",
        "location_id",
        "contact_id",
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
    Index(None, "location_id", "phone"),
)

privacy_requests = Table(
    "privacy_requests",
    metadata,
    _tenant(),
    Column("request_id", UUID(as_uuid=True), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False, server_default="open"),
    # open: waits to be carried out · closing: begun, what the CRM must be told is under way · done: see the receipt
    Column("source", Text, nullable=False),
    Column("language", String(2), nullable=False, server_default="en"),
    Column("rule", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("due_by", Moment, nullable=False),
    Column("done_at", Moment),
    Column("receipt", JSONB),
    PrimaryKeyConstraint("location_id", "request_id"),
    CheckConstraint("kind IN ('delete', 'export', 'other')", name="known_kind"),
    CheckConstraint("state IN ('open', 'closing', 'done')", name="known_state"),
    Index(
        "uq_privacy_requests_current",
        "location_id",
        "contact_id",
        "kind",
        unique=True,
        postgresql_where=text("state <> 'done'"),
    ),
    Index(None, "state", "due_by"),
)

# --- what came in, what goes out --------------------------------------------------------------------------------

inbox = Table(
    "inbox",
    metadata,
    _tenant(),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("contact_id", Text),
    Column("state", String(10), nullable=False),
    # pending: due for a turn at `due_at` · held: kept, waits for the tags or an outage to end · done: in a turn ·
    # known: kept as knowledge, no turn due · ignored: kept, of no use to us · silent: no bot may answer it
    Column("reason", Text),
    Column("body", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("text", Text),
    Column("channel", Text),
    Column("crm_message_id", Text),
    Column("occurred_at", Moment),
    Column("received_at", Moment, nullable=False, server_default=func.now()),
    Column("due_at", Moment),
    Column("done_at", Moment),
    Column("turn_id", UUID(as_uuid=True)),
    Column("seq", BigInteger, Identity(always=False), nullable=False),
    PrimaryKeyConstraint("location_id", "event_id"),
    CheckConstraint("state IN ('pending', 'held', 'done', 'known', 'ignored', 'silent')", name="known_state"),
    Index(None, "due_at", postgresql_where=text("state = 'pending'")),
    Index(
        "ix_inbox_waiting", "location_id", "contact_id", "seq", postgresql_where=text("state IN ('pending', 'held')")
    ),
    Index(None, "received_at"),
    Index("ix_inbox_send_failed", "received_at", "location_id", postgresql_where=text("reason = 'send_failed'")),
)

inbox_keys = Table(
    "inbox_keys",
    metadata,
    _tenant(),
    Column("key", Text, nullable=False),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("seen_at", Moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("location_id", "key"),
    Index(None, "seen_at"),
)

outbox = Table(
    "outbox",
    metadata,
    _tenant(),
    Column("effect_id", UUID(as_uuid=True), nullable=False),
    Column("effect_key", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("turn_id", UUID(as_uuid=True)),
    Column("kind", String(30), nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("epoch", BigInteger, nullable=False, server_default=text("0")),
    Column("state", String(10), nullable=False, server_default="pending"),
    # pending: to be sent at `due_at` · claimed: a sender has it · sent: the CRM has it · dropped: no longer right,
    # with the reason · dead: given up, a person must look
    Column("reason", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("asked_crm", Boolean, nullable=False, server_default=text("false")),
    # true from just before the first request leaves: what follows must look the effect up before sending again
    Column("crm_id", Text),
    Column("due_at", Moment, nullable=False, server_default=func.now()),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Column("sent_at", Moment),
    Column("seq", BigInteger, Identity(always=False), nullable=False),
    _recorded_at(),
    Column("asked_at", Moment),
    # when the first request left
    Column("ended_at", Moment),
    # when it was sent, dropped or given up
    Column("initiated", Boolean, nullable=False, server_default=text("false")),
    # nobody wrote for this: it counts against the day's budget
    Column("failures", Integer, nullable=False, server_default=text("0")),
    # how often it was tried in vain; what waits by our own choice, or by the CRM's limits, has not failed
    PrimaryKeyConstraint("location_id", "effect_id"),
    UniqueConstraint("location_id", "effect_key"),
    CheckConstraint("state IN ('pending', 'claimed', 'sent', 'dropped', 'dead')", name="known_state"),
    Index(
        "ix_outbox_waiting",
        "location_id",
        "contact_id",
        "seq",
        postgresql_where=text("state IN ('pending', 'claimed')"),
    ),
    Index(None, "due_at", postgresql_where=text("state IN ('pending', 'claimed')")),
    Index("ix_outbox_dead", "location_id", "turn_id", postgresql_where=text("state = 'dead'")),
    Index("ix_outbox_ended_texts", "ended_at", "location_id", postgresql_where=text("kind = 'send_text'")),
)
