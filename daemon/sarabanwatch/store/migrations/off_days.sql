-- Days on which offices are closed, or open after all, as a person declared them: beside those of
-- the package and of the file that the configuration names, and stronger than both.

CREATE TABLE off_day (          -- the last word on a day holds
    id     INTEGER PRIMARY KEY,
    day    TEXT NOT NULL,
    closed INTEGER NOT NULL,    -- 1: offices are closed; 0: they are open
    at     TEXT NOT NULL,
    by     TEXT NOT NULL,
    why    TEXT NOT NULL
) STRICT;
CREATE TRIGGER off_day_stays BEFORE UPDATE ON off_day
    BEGIN SELECT RAISE(ABORT, 'off_day is append-only'); END;
CREATE TRIGGER off_day_kept BEFORE DELETE ON off_day
    BEGIN SELECT RAISE(ABORT, 'off_day is append-only'); END;
