-- Why: several processes may notice the same fault of the system; it is told once when it begins and once when it ends.

CREATE TABLE alert (
    name text PRIMARY KEY,
    sentence text NOT NULL,
    page text NOT NULL,
    raised_at timestamptz NOT NULL,
    over_at timestamptz,
    times bigint NOT NULL DEFAULT 1
);
