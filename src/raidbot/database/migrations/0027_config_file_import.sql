-- Why: a file that was given to /config import is applied as it was read, once, and only to the configuration
-- that its changes were shown for.

CREATE TABLE config_import (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    prepared_by bigint NOT NULL,
    prepared_at timestamptz NOT NULL,
    interaction bigint UNIQUE,
    -- The sections of the file with their values.
    wanted jsonb NOT NULL,
    -- What the changes were compared with.
    base text NOT NULL,
    changes jsonb NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'prepared' CHECK (state IN ('prepared', 'applied')),
    applied_by bigint,
    applied_at timestamptz,
    CHECK ((state = 'applied') = (applied_at IS NOT NULL))
);

CREATE INDEX idx_config_import_guild ON config_import (guild_id, id DESC);
