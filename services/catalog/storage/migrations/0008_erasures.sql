-- How many transactions erased something whose bytes have to leave the file, and when the first of them was since the
-- file was last written anew; null if none was. A file of before may hold whatever was ever erased.
ALTER TABLE library ADD COLUMN erasures BIGINT DEFAULT 0;
ALTER TABLE library ADD COLUMN erase_time TIMESTAMP;
UPDATE library SET erase_time = TIMESTAMP '1970-01-01 00:00:00';
