-- Why: members show by themselves that an IGN is theirs, each server on its own terms. Where somebody is stands here, so
-- that the same button shows it again whatever is killed in between.

CREATE TABLE verification_config (
    guild_id bigint PRIMARY KEY,
    -- What the guild has set; what is left out is as it comes.
    body jsonb NOT NULL DEFAULT '{}',
    -- Counted up by each change: the panel that shows less is drawn anew.
    version bigint NOT NULL DEFAULT 1,
    -- Which panel stands in the guild; 0: none was ever sent. Older ones lead to it.
    panel bigint NOT NULL DEFAULT 0
);

CREATE TABLE verification_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    what text NOT NULL,
    old jsonb,
    new jsonb,
    changed_by bigint NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE INDEX idx_verification_change_guild ON verification_change (guild_id, id);

CREATE TABLE verification_session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    ign text NOT NULL CHECK (ign ~ '^[A-Za-z]{1,16}$'),
    -- The letters alone, without separators.
    code text NOT NULL CHECK (code ~ '^[A-Z0-9]{12}$'),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'verified', 'expired')),
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    -- Since when a page is waited for; only younger ones will do. Null: none is.
    checking_since timestamptz,
    -- How often a check was answered, and what came of the last one.
    checks bigint NOT NULL DEFAULT 0,
    outcome text,
    checklist jsonb NOT NULL DEFAULT '[]',
    checked_at timestamptz,
    CHECK ((ended_at IS NULL) = (state = 'open'))
);

-- Why unique: a member is at one place. Starting twice at once is starting once.
CREATE UNIQUE INDEX idx_verification_session_open ON verification_session (guild_id, user_id) WHERE state = 'open';
CREATE INDEX idx_verification_session_expires_at ON verification_session (expires_at) WHERE state = 'open';
