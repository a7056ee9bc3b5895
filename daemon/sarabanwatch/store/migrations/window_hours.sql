-- How many office hours a window had, and since when: so that a change can be told (store.off_days).

CREATE TABLE window_hours (     -- the last row holds; none: no daemon of this version has run yet
    id    INTEGER PRIMARY KEY,
    since TEXT NOT NULL,
    hours TEXT NOT NULL         -- a number
) STRICT;
CREATE TRIGGER window_hours_stays BEFORE UPDATE ON window_hours
    BEGIN SELECT RAISE(ABORT, 'window_hours is append-only'); END;
CREATE TRIGGER window_hours_kept BEFORE DELETE ON window_hours
    BEGIN SELECT RAISE(ABORT, 'window_hours is append-only'); END;
