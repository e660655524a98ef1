-- A small picture of an image, JPEG, where the catalog is set to keep one. Width and height are in pixels. The index makes
-- it a tenth of the work to find one: without it, DuckDB reads two thousand for one.
CREATE TABLE preview (
    image_id BIGINT PRIMARY KEY,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    content BLOB NOT NULL
);
