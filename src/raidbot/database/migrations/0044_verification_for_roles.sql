-- Why: a screenshot may be shown for a role as well as for a name, and staff decide about both in one line. What is
-- decided is the picture that was looked at: another one that came meanwhile is looked at first.

-- The role that is asked for; 0: being verified.
ALTER TABLE verification_ticket ADD COLUMN role_id bigint NOT NULL DEFAULT 0;
-- The picture that was decided about. Null: none is yet, or it was decided before this was written down.
ALTER TABLE verification_ticket ADD COLUMN picture bigint;

-- Whoever asks for a role need not be known by a name. What is stored fits the stricter check.
-- squawk-ignore ban-drop-constraint
ALTER TABLE verification_ticket DROP CONSTRAINT verification_ticket_ign_check;
ALTER TABLE verification_ticket ADD CONSTRAINT verification_ticket_ign_check
    CHECK (ign ~ '^[A-Za-z]{1,16}$' OR (role_id <> 0 AND ign = '')) NOT VALID;

-- Why unique: a member waits once for each thing. The tables are as old as the line, which no release has yet, so they
-- are small, and no process runs that needs the index as it was.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX idx_verification_ticket_open;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX idx_verification_ticket_open ON verification_ticket (guild_id, user_id, role_id)
    WHERE state = 'open';

-- A thread that is over is deleted in a moment; meanwhile its member may have another one.
ALTER TABLE verification_thread ADD COLUMN role_id bigint NOT NULL DEFAULT 0;
-- squawk-ignore ban-drop-constraint
ALTER TABLE verification_thread DROP CONSTRAINT verification_thread_pkey;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX idx_verification_thread_open ON verification_thread (guild_id, user_id, role_id)
    WHERE NOT is_over;
