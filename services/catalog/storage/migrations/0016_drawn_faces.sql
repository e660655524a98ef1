-- Whether a user drew the face by hand, where the detector saw none. Its landmarks are not numbers where they are unknown.
ALTER TABLE face ADD COLUMN drawn BOOLEAN DEFAULT false;
ALTER TABLE trashed_face ADD COLUMN drawn BOOLEAN DEFAULT false;
