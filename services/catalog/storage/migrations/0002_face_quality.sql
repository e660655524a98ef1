-- How well a face can be seen, 0 to 1. Faces below the library's min_quality are left out of clusters.
ALTER TABLE face ADD COLUMN quality DOUBLE DEFAULT 1;
ALTER TABLE library ADD COLUMN min_quality DOUBLE DEFAULT 0;
