-- What happened, in order: change 1 created, 2 updated, 3 deleted; resource 1 library, 2 image, 3 person, 4 edit, 5 album;
-- number is image.id, person.number, edit.id or album.number, 0 for the library. name is the id of what was deleted, as no
-- row tells it any more; that of an image is left out where the file is written anew. The newest row is never deleted.
CREATE TABLE event (
    seq BIGINT NOT NULL,
    time TIMESTAMP NOT NULL,
    change TINYINT NOT NULL,
    resource TINYINT NOT NULL,
    number BIGINT NOT NULL,
    name VARCHAR NOT NULL
);
INSERT INTO event SELECT 1, now() AT TIME ZONE 'UTC', 2, 1, 0, '' FROM library;
