-- Why: who credits more to themselves than a day allows has an officer confirm it; the wish waits here until then.

CREATE TABLE credit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('lead', 'key')),
    dungeon text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity BETWEEN 1 AND 99),
    points numeric NOT NULL,
    -- Of the entry in the ledger that it becomes.
    subject text NOT NULL,
    happened_at timestamptz NOT NULL,
    reason text NOT NULL,
    wished_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'refused')),
    decided_by bigint,
    decided_at timestamptz,
    CHECK ((state = 'open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (decided_by IS DISTINCT FROM user_id)
);

-- Why unique: a command that is sent twice wishes once.
CREATE UNIQUE INDEX idx_credit_subject ON credit (guild_id, subject);
