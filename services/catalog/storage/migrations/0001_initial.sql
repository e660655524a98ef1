-- One row: the library itself. Ids below next_image_id and next_face_id may be in use.
CREATE TABLE library (
    display_name VARCHAR NOT NULL,
    create_time TIMESTAMP NOT NULL,
    eps DOUBLE NOT NULL,
    min_samples INTEGER NOT NULL,
    embedding_space VARCHAR NOT NULL,
    next_image_id BIGINT NOT NULL,
    next_face_id BIGINT NOT NULL,
    next_source_id BIGINT NOT NULL
);

CREATE TABLE image (
    id BIGINT NOT NULL,
    sha256 VARCHAR PRIMARY KEY,
    file_name VARCHAR NOT NULL,
    content_type VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    width INTEGER NOT NULL CHECK (width > 0),
    height INTEGER NOT NULL CHECK (height > 0),
    capture_time TIMESTAMP,
    utc_offset_minutes SMALLINT,
    camera_make VARCHAR,
    camera_model VARCHAR,
    latitude DOUBLE,
    longitude DOUBLE,
    create_time TIMESTAMP NOT NULL,
    object_model VARCHAR NOT NULL,
    face_model VARCHAR NOT NULL
);

-- A place holds one image at a time; the order of ids is the order of arrival.
CREATE TABLE source (
    id BIGINT NOT NULL,
    uri VARCHAR PRIMARY KEY,
    image_id BIGINT NOT NULL
);

CREATE TABLE label (
    id INTEGER NOT NULL,
    name VARCHAR PRIMARY KEY
);

CREATE TABLE object (
    image_id BIGINT NOT NULL,
    label_id INTEGER NOT NULL,
    score FLOAT NOT NULL CHECK (score BETWEEN 0 AND 1),
    box_left FLOAT NOT NULL,
    box_top FLOAT NOT NULL,
    box_width FLOAT NOT NULL,
    box_height FLOAT NOT NULL
);

-- Embeddings are 512 float32, little-endian; landmarks 10. person is person.number, 0 for nobody.
CREATE TABLE face (
    id BIGINT NOT NULL,
    image_id BIGINT NOT NULL,
    person INTEGER NOT NULL,
    score FLOAT NOT NULL CHECK (score BETWEEN 0 AND 1),
    box_left FLOAT NOT NULL,
    box_top FLOAT NOT NULL,
    box_width FLOAT NOT NULL,
    box_height FLOAT NOT NULL,
    landmarks BLOB NOT NULL,
    embedding BLOB NOT NULL,
    thumbnail BLOB NOT NULL
);

-- revision counts what users changed; 0 means nothing yet.
CREATE TABLE person (
    number INTEGER PRIMARY KEY,
    id VARCHAR UNIQUE NOT NULL,
    display_name VARCHAR NOT NULL,
    hidden BOOLEAN NOT NULL,
    revision INTEGER NOT NULL,
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    face_count BIGINT NOT NULL,
    image_count BIGINT NOT NULL,
    cover_face_id BIGINT NOT NULL,
    cover_score FLOAT NOT NULL
);
