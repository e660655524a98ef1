-- Rows of new images that are durable, and not yet in their tables: packed, in the order of their commits. There are a
-- few dozen at most, and none once anybody has read.
CREATE TABLE pending (
    id BIGINT NOT NULL,
    content BLOB NOT NULL
);
