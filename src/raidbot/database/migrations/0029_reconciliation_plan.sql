-- Why: a comparison with the record that would change many members at once surprises a whole server. It is kept as
-- a plan until an administrator decides, and what is done without asking is counted by the hour.

CREATE TABLE reconciliation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    -- What compared: `team`.
    cause text NOT NULL,
    members bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('done', 'open', 'enforced', 'adopted', 'left')),
    made_at timestamptz NOT NULL,
    decided_by bigint,
    decided_at timestamptz,
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (state IN ('done', 'open')))
);

-- Why partial and unique: one question about one thing at a time.
CREATE UNIQUE INDEX idx_reconciliation_open ON reconciliation (guild_id, cause) WHERE state = 'open';
CREATE INDEX idx_reconciliation_done ON reconciliation (guild_id, made_at) WHERE state = 'done';

CREATE TABLE reconciliation_change (
    reconciliation_id bigint NOT NULL REFERENCES reconciliation ON DELETE CASCADE,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    target bigint NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (reconciliation_id, user_id, kind, target)
);

-- What a whole server waits for stands behind what one member waits for.
ALTER TABLE chore ADD COLUMN bulk boolean NOT NULL DEFAULT false;
