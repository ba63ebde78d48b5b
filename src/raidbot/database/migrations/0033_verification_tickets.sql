-- Why: whoever cannot use RealmEye shows a screenshot, and staff decide about it once, whoever presses when. The picture
-- is kept as a message of ours; here stands where.

CREATE TABLE verification_ticket (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    ign text NOT NULL CHECK (ign ~ '^[A-Za-z]{1,16}$'),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'denied', 'withdrawn')),
    opened_at timestamptz NOT NULL,
    claimed_by bigint,
    claimed_until timestamptz,
    -- Who left it to others.
    passed_by bigint[] NOT NULL DEFAULT '{}',
    decided_by bigint,
    decided_at timestamptz,
    reason text CHECK (length(reason) <= 500),
    how text CHECK (length(how) <= 500),
    reminded_at timestamptz,
    CHECK ((decided_by IS NULL) = (state IN ('open', 'withdrawn')))
);

-- Why unique: a member waits once in a guild. Two pictures sent at once belong to one ticket.
CREATE UNIQUE INDEX idx_verification_ticket_open ON verification_ticket (guild_id, user_id) WHERE state = 'open';
CREATE INDEX idx_verification_ticket_line ON verification_ticket (guild_id, opened_at, id) WHERE state = 'open';
CREATE INDEX idx_verification_ticket_decided ON verification_ticket (guild_id, decided_at)
    WHERE decided_at IS NOT NULL;
CREATE INDEX idx_verification_ticket_user ON verification_ticket (guild_id, user_id, id);
CREATE INDEX idx_verification_ticket_stale ON verification_ticket (opened_at)
    WHERE state = 'open' AND reminded_at IS NULL;

CREATE TABLE verification_evidence (
    -- The press or the message by which it was given: told twice, it stands once.
    key bigint PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES verification_ticket,
    channel_id bigint NOT NULL,
    message_id bigint NOT NULL,
    given_at timestamptz NOT NULL
);

CREATE INDEX idx_verification_evidence_ticket ON verification_evidence (ticket_id, key);

-- The private thread in which a member may paste a picture; it goes once the decision has come.
CREATE TABLE verification_thread (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    thread_id bigint NOT NULL UNIQUE,
    is_over boolean NOT NULL DEFAULT false,
    PRIMARY KEY (guild_id, user_id)
);

-- Counted up by each change of the line: the message that shows less is drawn anew. And where it belongs.
ALTER TABLE verification_config ADD COLUMN queue_version bigint NOT NULL DEFAULT 0;
ALTER TABLE verification_config ADD COLUMN queue bigint NOT NULL DEFAULT 1;
