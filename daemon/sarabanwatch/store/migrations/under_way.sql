-- What is asked every few minutes looks at no letter of other rounds: whether one to an address is
-- under way, and which mail hosts a round's letters burden, host by host and domain by domain.

CREATE INDEX letter_under_way ON letter (address) WHERE state <> 'closed';
CREATE INDEX letter_house ON letter (campaign, host, domain) WHERE purpose IN ('round', 'confirm');

-- Tries that are let go are found among those that put a letter off: it was tried again later.
CREATE INDEX attempt_later ON attempt (at) WHERE event = 'later';
