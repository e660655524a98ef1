-- What was seen in an image, in the order in which it is answered: label, score, left, top, width and height of each
-- object, six numbers apart by blanks. Read with its image, it costs next to nothing; as rows, a query of their own.
ALTER TABLE image ADD COLUMN objects VARCHAR DEFAULT '';
UPDATE image SET objects = found.objects FROM (
    SELECT image_id, string_agg(
        concat_ws(' ', label_id, score, box_left, box_top, box_width, box_height), ' '
        ORDER BY score DESC, label_id, box_left, box_top
    ) AS objects
    FROM object GROUP BY image_id
) AS found WHERE found.image_id = image.id;

-- Which images hold what, each label once an image, with its best score, to find them by.
CREATE TABLE image_label (
    image_id BIGINT NOT NULL,
    label_id INTEGER NOT NULL,
    score FLOAT NOT NULL
);
INSERT INTO image_label SELECT image_id, label_id, max(score) FROM object GROUP BY ALL ORDER BY image_id, label_id;
DROP TABLE object;
