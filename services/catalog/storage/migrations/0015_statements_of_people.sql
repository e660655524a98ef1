-- cover_face_id stays the face that lists show: chosen_cover_id if a user chose one and it is the person's, else the best;
-- chosen_cover_id is 0 where nobody chose. Whoever has any of these has a revision above 0.
ALTER TABLE person ADD COLUMN favorite BOOLEAN DEFAULT false;
ALTER TABLE person ADD COLUMN birth_date DATE;
ALTER TABLE person ADD COLUMN chosen_cover_id BIGINT DEFAULT 0;

-- Faces that users rejected stay here as well, out of everybody's sight, be their image in the trash or not; nobody's, and
-- not pinned.
ALTER TABLE trashed_face ADD COLUMN rejected BOOLEAN DEFAULT false;
