-- Why: after the end raiders say that they were there, and staff correct what was counted; both are asked
-- before they are done, and what was asked survives a restart. A run may follow another with its raiders.

-- The dungeon of the run that opens as soon as this one ends.
ALTER TABLE run ADD COLUMN next_dungeon text;
-- Null: everybody gets a place; else those of the run before alone, until then.
ALTER TABLE run ADD COLUMN first_until timestamptz;
-- Null: nobody may say any more, or yet, that they were there.
ALTER TABLE run ADD COLUMN claims_until timestamptz;

CREATE TABLE run_claim (
    run_id bigint NOT NULL REFERENCES run,
    user_id bigint NOT NULL,
    claimed_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'lapsed')),
    decided_by bigint,
    decided_at timestamptz,
    PRIMARY KEY (run_id, user_id)
);

-- Why partial: only claims that nobody has decided lapse.
CREATE INDEX idx_run_claim_open ON run_claim (claimed_at) WHERE state = 'open';
CREATE INDEX idx_run_claim_member ON run_claim (user_id, claimed_at DESC);

CREATE TABLE run_edit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES run,
    guild_id bigint NOT NULL,
    interaction bigint NOT NULL UNIQUE,
    asked_by bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    change jsonb NOT NULL,
    reason text NOT NULL CHECK (char_length(reason) <= 500),
    state text NOT NULL CHECK (state IN ('asked', 'done', 'dropped')),
    decided_at timestamptz
);

CREATE INDEX idx_run_edit_run ON run_edit (run_id, id);
