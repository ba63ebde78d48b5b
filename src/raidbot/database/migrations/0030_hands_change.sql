-- Why: what staff change by hand in Discord counts: it is shown with their name, and becomes the record or is put back.

CREATE TABLE hand_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    -- Of Discord's audit log.
    entry_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('role_gained', 'role_lost', 'nickname')),
    -- The role; 0 for a nickname.
    role_id bigint NOT NULL,
    -- What the role is mapped to; empty for a nickname.
    role_key text NOT NULL,
    old text NOT NULL,
    new text NOT NULL,
    changed_by bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'recorded', 'put_back')),
    decided_by bigint,
    decided_at timestamptz,
    CHECK ((state = 'open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);

-- Why unique: an entry of the audit log that is told twice is one change.
CREATE UNIQUE INDEX idx_hand_change_entry ON hand_change (guild_id, entry_id, kind, role_id);
CREATE INDEX idx_hand_change_member ON hand_change (guild_id, user_id, id DESC);
