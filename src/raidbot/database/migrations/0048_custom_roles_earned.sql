-- Why: who has earned a role holds it although they leave and come back, until somebody takes it away. What was given and
-- taken is never changed; the latest entry says how it is.

CREATE TABLE earned_role (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('given', 'taken')),
    changed_by bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    why text NOT NULL
);

CREATE INDEX idx_earned_role_member ON earned_role (guild_id, user_id, role_id, id DESC);

-- What was decided before this was kept.
INSERT INTO earned_role (guild_id, user_id, role_id, kind, changed_by, changed_at, why)
SELECT guild_id, user_id, role_id, 'given', decided_by, decided_at, 'ticket ' || id
  FROM verification_ticket WHERE role_id <> 0 AND state = 'approved' ORDER BY id;
