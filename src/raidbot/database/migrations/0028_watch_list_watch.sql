-- Why: staff know of people who must not come in unseen, also of some who were never here. They are found again
-- by account and by every name that an account has or had.

CREATE TABLE watch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint,
    ign text CHECK (ign ~ '^[A-Za-z]{1,16}$'),
    reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 500),
    evidence text NOT NULL CHECK (char_length(evidence) <= 500),
    effect text NOT NULL CHECK (effect IN ('alert', 'review', 'refuse')),
    -- Null: until somebody takes it away.
    until timestamptz,
    added_by bigint NOT NULL,
    added_at timestamptz NOT NULL,
    removed_by bigint,
    removed_at timestamptz,
    CHECK (num_nonnulls(user_id, ign) > 0),
    CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);

-- Why partial: whoever was taken away may be put on the list again.
CREATE UNIQUE INDEX idx_watch_user ON watch (guild_id, user_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX idx_watch_ign ON watch (guild_id, lower(ign)) WHERE removed_at IS NULL;
CREATE INDEX idx_watch_guild ON watch (guild_id, id DESC) WHERE removed_at IS NULL;
