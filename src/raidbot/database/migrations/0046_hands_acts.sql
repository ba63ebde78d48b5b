-- Why: timeouts, kicks and bans that somebody makes by hand are facts, kept as they were told and never changed. What is
-- decided about them stands with the other changes by hand. Many changes of one person at once are one message.

CREATE TABLE hand_act (
    guild_id bigint NOT NULL,
    -- Of Discord's audit log.
    entry_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('timeout', 'timeout_ended', 'kick', 'ban', 'unban')),
    acted_by bigint NOT NULL,
    by_bot boolean NOT NULL,
    -- As the audit log has it; empty: none was given.
    reason text NOT NULL CHECK (length(reason) <= 512),
    -- Until when a timeout lasts, and until when one before it was to last.
    until_at timestamptz,
    was_until timestamptz,
    acted_at timestamptz NOT NULL,
    PRIMARY KEY (guild_id, entry_id)
);

CREATE INDEX idx_hand_act_member ON hand_act (guild_id, user_id, entry_id DESC);

CREATE TABLE hand_crowd (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    -- Null: several people.
    changed_by bigint,
    by_bot boolean NOT NULL,
    began_at timestamptz NOT NULL,
    -- When it is asked about; null: it was.
    due_at timestamptz,
    -- The plan by which it was asked; null: none was needed, or none is made yet.
    plan_id bigint,
    version bigint NOT NULL DEFAULT 1
);

-- Why unique: what one person goes on changing grows one message.
CREATE UNIQUE INDEX idx_hand_crowd_growing ON hand_crowd (guild_id, changed_by) WHERE due_at IS NOT NULL;
CREATE INDEX idx_hand_crowd_due ON hand_crowd (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX idx_hand_crowd_began ON hand_crowd (guild_id, began_at);

ALTER TABLE hand_change ADD COLUMN by_bot boolean NOT NULL DEFAULT false;
-- Of which crowd it is told; null: it has a message for itself.
ALTER TABLE hand_change ADD COLUMN crowd_id bigint;
-- The plan by which an administrator is asked about it and others.
ALTER TABLE hand_change ADD COLUMN plan_id bigint;
-- Counted up by what its message shows; 0: it has none to be drawn.
ALTER TABLE hand_change ADD COLUMN version bigint NOT NULL DEFAULT 0;

-- Why dropped: they come back in the next lines, wider; what the release before writes still fits.
-- squawk-ignore ban-drop-constraint
ALTER TABLE hand_change DROP CONSTRAINT hand_change_kind_check;
ALTER TABLE hand_change ADD CONSTRAINT hand_change_kind_check
    CHECK (kind IN ('role_gained', 'role_lost', 'nickname', 'timeout', 'timeout_ended', 'kick', 'ban', 'unban'))
    NOT VALID;
-- squawk-ignore ban-drop-constraint
ALTER TABLE hand_change DROP CONSTRAINT hand_change_state_check;
ALTER TABLE hand_change ADD CONSTRAINT hand_change_state_check
    CHECK (state IN ('open', 'noted', 'recorded', 'put_back', 'left')) NOT VALID;
-- squawk-ignore ban-drop-constraint
ALTER TABLE hand_change DROP CONSTRAINT hand_change_check;
ALTER TABLE hand_change ADD CONSTRAINT hand_change_check
    CHECK ((state IN ('open', 'noted')) = (decided_by IS NULL)) NOT VALID;

-- Why not concurrently: changes by hand are few, and nobody waits for the build.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX idx_hand_change_lately ON hand_change (guild_id, changed_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX idx_hand_change_crowd ON hand_change (crowd_id) WHERE crowd_id IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX idx_hand_change_plan ON hand_change (plan_id) WHERE plan_id IS NOT NULL;
