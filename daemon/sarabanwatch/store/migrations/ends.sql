-- An agency's incidents, when others that an incident held were last found well, and whose windows
-- ended of late: each is found at once, however many agencies an incident holds, and however long
-- ago the first letter was written.

CREATE INDEX member_of ON member (code);
CREATE INDEX member_cleared ON member (incident, left_at) WHERE outcome = 'cleared';
CREATE INDEX letter_ends ON letter (window_end);
