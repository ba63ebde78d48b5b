-- Why: a server may have its raiders called by a role of the run's own. Only a role that is noted here is ever deleted.

CREATE TABLE run_role (
    run_id bigint PRIMARY KEY REFERENCES run (id),
    guild_id bigint NOT NULL,
    role_id bigint,
    wished_at timestamptz NOT NULL,
    gone_at timestamptz
);

CREATE UNIQUE INDEX idx_run_role_role ON run_role (role_id);
CREATE INDEX idx_run_role_standing ON run_role (guild_id) WHERE gone_at IS NULL;
