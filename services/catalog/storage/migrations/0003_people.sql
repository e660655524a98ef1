-- A user put the face where it is; of person 0 it is then nobody's.
ALTER TABLE face ADD COLUMN pinned BOOLEAN DEFAULT false;

-- People, by number, a < b, who are not the same: users said so.
CREATE TABLE apart (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL CHECK (a < b)
);

-- What users said of people and faces, and what it takes to undo it.
CREATE TABLE edit (
    id BIGINT PRIMARY KEY,
    kind VARCHAR NOT NULL,
    request_id VARCHAR NOT NULL,
    create_time TIMESTAMP NOT NULL,
    undone BOOLEAN NOT NULL,
    payload BLOB NOT NULL
);

-- The state of the clusters at some time, in parts of a few megabytes, so that opening needs no clustering.
CREATE TABLE snapshot (
    part INTEGER NOT NULL,
    content BLOB NOT NULL
);

ALTER TABLE library ADD COLUMN next_edit_id BIGINT DEFAULT 1;
ALTER TABLE library ADD COLUMN next_person BIGINT DEFAULT 1;
UPDATE library SET next_person = (SELECT coalesce(max(number), 0) + 1 FROM person);
