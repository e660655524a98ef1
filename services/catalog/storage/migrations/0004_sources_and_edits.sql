-- What the file at a place is called, and when it was last modified, if its owner said so.
ALTER TABLE source ADD COLUMN file_name VARCHAR DEFAULT '';
ALTER TABLE source ADD COLUMN modify_time TIMESTAMP;

-- Whether the image was ever indexed without a place, or has had more places than are kept: it is then never deleted
-- because its last known place is gone.
ALTER TABLE image ADD COLUMN unplaced BOOLEAN DEFAULT false;
UPDATE image SET unplaced = true WHERE id NOT IN (SELECT image_id FROM source);

-- When what clients can change of an image last changed, and how often it did.
ALTER TABLE image ADD COLUMN update_time TIMESTAMP;
ALTER TABLE image ADD COLUMN revision INTEGER DEFAULT 0;

ALTER TABLE library ADD COLUMN update_time TIMESTAMP;

-- Digest of the request that an edit answers, so that its id can't be used for another one.
ALTER TABLE edit ADD COLUMN request_digest VARCHAR DEFAULT '';

-- Whom an edit is about, so that their names can be found and forgotten.
CREATE TABLE edit_person (
    edit_id BIGINT NOT NULL,
    person_id VARCHAR NOT NULL
);
