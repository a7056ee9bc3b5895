-- What the pace remembers, and what left us today, is found without a look at the years before.

CREATE INDEX attempt_at ON attempt (at);
CREATE INDEX evidence_seen ON evidence (seen_at);
