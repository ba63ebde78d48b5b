-- Why: roles that are earned, such as for a maxed character, are given after a look at a screenshot. What a server asks
-- for each of them stands here, and where members ask.

CREATE TABLE custom_role (
    guild_id bigint NOT NULL,
    role_id bigint NOT NULL,
    -- Where members ask; null: nowhere yet.
    channel_id bigint,
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    instructions text NOT NULL DEFAULT '' CHECK (length(instructions) <= 1500),
    image_url text NOT NULL DEFAULT '' CHECK (length(image_url) <= 500),
    -- The lowest rank that decides.
    decides text NOT NULL DEFAULT 'security'
        CHECK (decides IN ('security', 'officer', 'head_organizer', 'moderator', 'administrator')),
    PRIMARY KEY (guild_id, role_id)
);

-- A message where members ask for a role. It goes over when another one takes its place, or the role is not given out
-- any more; then it says so.
CREATE TABLE custom_role_panel (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    role_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    -- Counted up by each change: a message that shows less is drawn anew.
    version bigint NOT NULL DEFAULT 1,
    is_over boolean NOT NULL DEFAULT false
);

-- Why unique: members ask for a role in one place.
CREATE UNIQUE INDEX idx_custom_role_panel_standing ON custom_role_panel (guild_id, role_id) WHERE NOT is_over;

CREATE TABLE custom_role_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    role_id bigint NOT NULL,
    -- Null: the role was not given out before, or is not any more.
    old jsonb,
    new jsonb,
    changed_by bigint NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE INDEX idx_custom_role_change_guild ON custom_role_change (guild_id, id);
