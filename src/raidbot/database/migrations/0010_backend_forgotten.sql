-- Why: old events are deleted; a reader that stands before the last deleted one has missed something.

CREATE TABLE outbox_forgotten (
    the_one boolean PRIMARY KEY DEFAULT true CHECK (the_one),
    transaction xid8 NOT NULL,
    id bigint NOT NULL
);
