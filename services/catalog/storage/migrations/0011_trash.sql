-- When an image that is in the trash is erased. tagged says that rows of image_tag are to be read with the image.
ALTER TABLE image ADD COLUMN purge_time TIMESTAMP;
ALTER TABLE image ADD COLUMN tagged BOOLEAN DEFAULT false;

-- The faces of images in the trash, as they were. They are in no list, no search and no cluster, so whoever reads faces
-- need not know of the trash. person is whose they were: a person of whom users said something, and who has no face
-- but here, stays a row with a face_count of 0, and is in no list either.
CREATE TABLE trashed_face AS SELECT * FROM face LIMIT 0;
