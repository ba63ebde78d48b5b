-- Why: after a restore the record is older than Discord, and each of the two may be right. For a day no difference is
-- mended without asking, however few members it touches.

CREATE TABLE reconciliation_restore (
    restored_at timestamptz PRIMARY KEY
);
