-- Which faces an edit remembers, to find those edits that are about a face without looking into all.
CREATE TABLE edit_face (
    edit_id BIGINT NOT NULL,
    face_id BIGINT NOT NULL
);

-- Whether they are in edit_face; those of edits of old are not, before somebody has looked into them.
ALTER TABLE edit ADD COLUMN faces_known BOOLEAN DEFAULT false;
