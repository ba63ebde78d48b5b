-- Why: a raider's part in a run is more than in or out: a place in the waiting list, a class, what they
-- bring, the keys they hold. And who was shown party and location, by which right, stays on record.

-- Null: whoever opened the run still leads it.
ALTER TABLE run ADD COLUMN leader_id bigint;
-- Null: as many as come.
ALTER TABLE run ADD COLUMN max_raiders bigint CONSTRAINT run_max_raiders_check CHECK (max_raiders BETWEEN 1 AND 500);
-- How many pops the run means to have.
ALTER TABLE run ADD COLUMN chain bigint CONSTRAINT run_chain_check CHECK (chain BETWEEN 1 AND 99);
-- Who may see party and location so far; each stage includes the ones before it.
ALTER TABLE run ADD COLUMN stage text NOT NULL DEFAULT 'keys'
    CONSTRAINT run_stage_check CHECK (stage IN ('keys', 'wants', 'raiders', 'all'));
-- Counted up by each change of party or location.
ALTER TABLE run ADD COLUMN placed bigint NOT NULL DEFAULT 0;
-- Counts the places given out in its lines, so that the newest always stands last.
ALTER TABLE run ADD COLUMN lined_up bigint NOT NULL DEFAULT 0;
-- How often the run has ended: an end that was taken back keeps its number.
ALTER TABLE run ADD COLUMN endings bigint NOT NULL DEFAULT 0;
-- The version at which its status or location last changed: a panel that shows less is drawn before others.
ALTER TABLE run ADD COLUMN urgent_version bigint NOT NULL DEFAULT 1;
-- The run that this one follows.
ALTER TABLE run ADD COLUMN follows_id bigint;

-- Why dropped: it comes back in the next line, wider; what the release before writes still fits.
-- squawk-ignore ban-drop-constraint
ALTER TABLE run_join DROP CONSTRAINT run_join_state_check;
-- called: a place is free for them, and they have until called_until to say that they are here.
ALTER TABLE run_join ADD CONSTRAINT run_join_state_check
    CHECK (state IN ('join', 'waiting', 'called', 'left', 'removed')) NOT VALID;
ALTER TABLE run_join ADD COLUMN place bigint;
ALTER TABLE run_join ADD COLUMN called_until timestamptz;
ALTER TABLE run_join ADD COLUMN class text;

CREATE TABLE run_bring (
    run_id bigint NOT NULL REFERENCES run,
    user_id bigint NOT NULL,
    want text NOT NULL,
    brought_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, user_id, want)
);

CREATE TABLE run_offer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES run,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    key text NOT NULL,
    state text NOT NULL CHECK (state IN ('offered', 'accepted', 'popped', 'no_pop', 'withdrawn', 'removed')),
    place bigint NOT NULL,
    offered_at timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by bigint,
    settled_at timestamptz,
    settled_by bigint,
    CHECK ((settled_at IS NULL) = (state IN ('offered', 'accepted')))
);

-- Why partial and unique: a member offers a key once at a time, and may bring another one later.
CREATE UNIQUE INDEX idx_run_offer_standing ON run_offer (run_id, user_id, key) WHERE state IN ('offered', 'accepted');
CREATE INDEX idx_run_offer_line ON run_offer (run_id, key, place);
-- Why partial: the marks of those who did not pop are counted when they offer again.
CREATE INDEX idx_run_offer_no_pop ON run_offer (guild_id, user_id, settled_at) WHERE state = 'no_pop';

CREATE TABLE run_reveal (
    run_id bigint NOT NULL REFERENCES run,
    user_id bigint NOT NULL,
    grounds text NOT NULL CHECK (grounds IN ('leader', 'key', 'want', 'raider', 'all')),
    placed bigint NOT NULL,
    party text,
    location text,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (run_id, user_id, grounds, placed)
);

CREATE INDEX idx_run_reveal_member ON run_reveal (user_id, last_at DESC);
