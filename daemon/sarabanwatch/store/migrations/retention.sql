-- Words are let go by kind and age (core.retention); facts stay. A fact changes once: its text
-- becomes its digest, and where a person wrote it, from where.

ALTER TABLE evidence ADD COLUMN let_go_at TEXT;     -- when its words were let go; NULL: they stand
DROP TRIGGER evidence_stays;
CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence
    WHEN OLD.let_go_at IS NOT NULL OR NEW.let_go_at IS NULL
         OR NEW.text NOT LIKE '[sha256:%]' OR NEW.reporter NOT IN (OLD.reporter, '')
         OR (NEW.id, NEW.serial, NEW.kind, NEW.seen_at, NEW.code, NEW.status, NEW.reason, NEW.rule,
             NEW.receipt, NEW.matched_by, NEW.certainty, NEW.mail, NEW.authentic, NEW.edition)
            IS NOT (OLD.id, OLD.serial, OLD.kind, OLD.seen_at, OLD.code, OLD.status, OLD.reason,
                    OLD.rule, OLD.receipt, OLD.matched_by, OLD.certainty, OLD.mail, OLD.authentic,
                    OLD.edition)
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only, but for letting its words go'); END;
CREATE INDEX evidence_words ON evidence (kind, seen_at) WHERE let_go_at IS NULL AND text <> '';

-- Of a closed letter the last try stays.
CREATE INDEX attempt_of ON attempt (serial);
DROP TRIGGER attempt_kept;
CREATE TRIGGER attempt_kept BEFORE DELETE ON attempt
    WHEN NOT EXISTS (SELECT 1 FROM attempt a JOIN letter l USING (serial)
                     WHERE a.serial = OLD.serial AND a.id > OLD.id AND l.state = 'closed')
    BEGIN SELECT RAISE(ABORT, 'attempt is append-only, but for all but the last of a letter'); END;
