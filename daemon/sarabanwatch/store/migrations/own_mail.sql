-- What came back of letters to ourselves and to nobody is let go early: it is found without a look
-- at all other mail that is kept.

CREATE TABLE own_mail (                   -- mails that any reading gave to such a letter; kept yet
    mail TEXT PRIMARY KEY REFERENCES mail
) STRICT, WITHOUT ROWID;
INSERT INTO own_mail
SELECT DISTINCT m.digest FROM mail m JOIN reading r ON r.mail = m.digest JOIN letter l USING (serial)
WHERE m.forgotten_at IS NULL AND l.purpose IN ('canary', 'catch_all');
