-- Pauses: for whom no letters leave, by a person's decision.

CREATE TABLE pause (                       -- for whom no letters leave (core.sending.pausing)
    id        INTEGER PRIMARY KEY,
    level     TEXT NOT NULL,               -- core.sending.pausing.Reach ...
    key       TEXT NOT NULL,               -- ... and the name of the one that is meant, or ''
    at        TEXT NOT NULL,
    since     TEXT NOT NULL,               -- from when on
    until     TEXT,                        -- NULL: until a person ends it
    every     TEXT NOT NULL,               -- hours of the week (core.sending.weekly); '': always
    by        TEXT NOT NULL,
    why       TEXT NOT NULL,
    ended_at  TEXT,
    ended_by  TEXT NOT NULL DEFAULT '',    -- '' where its time was over
    ended_why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER pause_kept BEFORE DELETE ON pause
    BEGIN SELECT RAISE(ABORT, 'pause is append-only'); END;
