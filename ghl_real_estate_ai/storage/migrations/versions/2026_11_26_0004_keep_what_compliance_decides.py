"""Keep what people agreed to, and what they ask of their data."""

from alembic import op

revision = "2026_11_26_0004"
down_revision = "2026_11_24_0003"
branch_labels = None
depends_on = None

CONSENTS = """
CREATE TABLE consents (
    location_id TEXT NOT NULL,
    consent_id UUID NOT NULL,
    contact_id TEXT NOT NULL,
    phone TEXT,
    agreed_to TEXT DEFAULT 'texts' NOT NULL,
    source VARCHAR(20) NOT NULL,
    evidence TEXT,
    source_message_id UUID,
    given_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    revoked_by TEXT,
    CONSTRAINT pk_consents PRIMARY KEY (location_id, consent_id),
    CONSTRAINT ck_consents_known_source CHECK (source IN ('inbound_text', 'opt_in', 'form', 'tag'))
);
CREATE UNIQUE INDEX uq_consents_current ON consents (location_id, contact_id) WHERE revoked_at IS NULL;
CREATE INDEX ix_consents_location_id_phone ON consents (location_id, phone);
"""

REQUESTS = """
CREATE TABLE privacy_requests (
    location_id TEXT NOT NULL,
    request_id UUID NOT NULL,
    contact_id TEXT NOT NULL,
    kind VARCHAR(10) NOT NULL,
    state VARCHAR(10) DEFAULT 'open' NOT NULL,
    source TEXT NOT NULL,
    language VARCHAR(2) DEFAULT 'en' NOT NULL,
    rule TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    due_by TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ,
    receipt JSONB,
    CONSTRAINT pk_privacy_requests PRIMARY KEY (location_id, request_id),
    CONSTRAINT ck_privacy_requests_known_kind CHECK (kind IN ('delete', 'export', 'other')),
    CONSTRAINT ck_privacy_requests_known_state CHECK (state IN ('open', 'closing', 'done'))
);
CREATE UNIQUE INDEX uq_privacy_requests_current ON privacy_requests (location_id, contact_id, kind)
    WHERE state <> 'done';
CREATE INDEX ix_privacy_requests_state_due_by ON privacy_requests (state, due_by);
"""

# Whoever wrote to us before this was kept, and has not opted out, agreed by writing.
CONSENTED_BEFORE = """
INSERT INTO consents (location_id, consent_id, contact_id, phone, source, source_message_id, given_at)
SELECT DISTINCT ON (messages.location_id, messages.contact_id)
    messages.location_id, messages.message_id, messages.contact_id, contacts.phone, 'inbound_text',
    messages.message_id, messages.at
FROM messages
LEFT JOIN contacts USING (location_id, contact_id)
WHERE messages.direction = 'inbound' AND NOT EXISTS (
    SELECT 1 FROM suppressions
    WHERE suppressions.location_id = messages.location_id AND suppressions.lifted_at IS NULL
        AND (suppressions.contact_id = messages.contact_id OR suppressions.phone = contacts.phone)
)
ORDER BY messages.location_id, messages.contact_id, messages.seq
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(CONSENTS)
    op.execute(REQUESTS)
    op.execute(CONSENTED_BEFORE)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE privacy_requests")
    op.execute("DROP TABLE consents")
