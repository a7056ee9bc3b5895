-- A round's letters are counted every minute, and by `status`: without a look at those of all other
-- rounds. It holds all that is counted, so that no letter is read.

CREATE INDEX letter_round ON letter (campaign, fate, state, address) WHERE purpose = 'round';
