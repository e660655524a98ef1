-- filter is that of a smart album, as the catalog packs it; empty for one whose images were chosen one by one.
-- cover_image_id is 0 where no user chose one; request_id is empty where the album was created without.
CREATE TABLE album (
    number INTEGER PRIMARY KEY,
    id VARCHAR UNIQUE NOT NULL,
    display_name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    filter VARCHAR NOT NULL,
    order_by VARCHAR NOT NULL,
    cover_image_id BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    request_id VARCHAR NOT NULL,
    request_digest VARCHAR NOT NULL
);

-- Images of an album follow each other by rank; no two have the same.
CREATE TABLE album_image (
    album INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    rank BIGINT NOT NULL
);

ALTER TABLE library ADD COLUMN next_album BIGINT DEFAULT 1;
