-- Who is written to again is found without a look at all agencies, nor at all letters of a round:
-- those whose letter decided nothing, and those that fail.

CREATE INDEX letter_again ON letter (campaign, code)
    WHERE purpose = 'round' AND state = 'closed' AND verdict IN ('unknown', 'withheld', 'blocks us');
CREATE INDEX judgement_failing ON judgement (code) WHERE grp IN ('D1', 'D2', 'D3');
