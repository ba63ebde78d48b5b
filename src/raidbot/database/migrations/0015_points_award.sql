-- Why: what somebody earned is never changed, only answered by another entry. Totals are sums of entries.

CREATE TABLE award (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('completion', 'key', 'lead', 'assist')),
    dungeon text NOT NULL,
    -- How many completions, keys or pops led: 0 where points alone are corrected.
    quantity bigint NOT NULL,
    points numeric NOT NULL CHECK (scale(points) <= 2),
    run_id bigint,
    pop_id bigint,
    -- What is paid, and how often it was paid before: the same thing is never paid twice.
    subject text NOT NULL CHECK (char_length(subject) <= 120),
    happened_at timestamptz NOT NULL,
    written_at timestamptz NOT NULL,
    written_by bigint NOT NULL,
    reason text CHECK (char_length(reason) <= 500),
    corrects bigint REFERENCES award
);

CREATE UNIQUE INDEX idx_award_subject ON award (guild_id, subject);
-- Why partial and unique: an entry is taken back once.
CREATE UNIQUE INDEX idx_award_corrects ON award (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX idx_award_member ON award (guild_id, user_id, happened_at DESC);
CREATE INDEX idx_award_pop ON award (pop_id) WHERE pop_id IS NOT NULL;
CREATE INDEX idx_award_run ON award (run_id) WHERE run_id IS NOT NULL;
