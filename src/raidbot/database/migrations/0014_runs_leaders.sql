-- Why: who led when is stored by interval, so that each pop is credited to who led it. What happens in
-- Oryx's Sanctuary stands in order and can be taken back by a step.

CREATE TABLE run_leader (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES run,
    user_id bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('leader', 'co_leader')),
    since timestamptz NOT NULL,
    until timestamptz
);

-- Why partial and unique: a run has one leader at a time, and names a co-leader once.
CREATE UNIQUE INDEX idx_run_leader_one ON run_leader (run_id) WHERE role = 'leader' AND until IS NULL;
CREATE UNIQUE INDEX idx_run_leader_co ON run_leader (run_id, user_id) WHERE role = 'co_leader' AND until IS NULL;

CREATE TABLE run_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES run,
    number bigint NOT NULL,
    step text NOT NULL CHECK (step IN ('realm_score', 'closed', 'miniboss', 'third_room')),
    value text,
    taken_by bigint NOT NULL,
    taken_at timestamptz NOT NULL,
    undone_at timestamptz,
    undone_by bigint
);

-- Why partial and unique: of two presses for the same step one counts.
CREATE UNIQUE INDEX idx_run_step_number ON run_step (run_id, number) WHERE undone_at IS NULL;

CREATE TABLE run_screenshot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES run,
    given_by bigint NOT NULL,
    given_at timestamptz NOT NULL,
    channel_id bigint NOT NULL,
    message_id bigint NOT NULL UNIQUE,
    filename text NOT NULL CHECK (char_length(filename) <= 255),
    verdict text CHECK (verdict IN ('good', 'bad')),
    reviewed_by bigint,
    reviewed_at timestamptz,
    CHECK (reviewed_by <> given_by),
    CHECK ((verdict IS NULL) = (reviewed_at IS NULL))
);

CREATE INDEX idx_run_screenshot_run ON run_screenshot (run_id, id);
