-- Folders of the server's own disk that a library is kept equal to. root_uri is of the folder, in one spelling and without
-- a slash at its end; patterns are lines. identity tells device and number of the folder at the last sync, empty before;
-- last_sync is what that did, as JSON, empty before. request_id is empty where the folder was created without.
CREATE TABLE folder (
    number INTEGER PRIMARY KEY,
    id VARCHAR UNIQUE NOT NULL,
    display_name VARCHAR NOT NULL,
    root_uri VARCHAR NOT NULL,
    include_patterns VARCHAR NOT NULL,
    exclude_patterns VARCHAR NOT NULL,
    trash_missing_days INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    request_id VARCHAR NOT NULL,
    request_digest VARCHAR NOT NULL,
    identity VARCHAR NOT NULL,
    last_sync VARCHAR NOT NULL
);
ALTER TABLE library ADD COLUMN next_folder BIGINT DEFAULT 1;

-- Since when the file at a place is missing, as the sync of its folder found; null while it is there, or nobody knows.
-- Folders are resource 6 of events.
ALTER TABLE source ADD COLUMN missing_time TIMESTAMP;
