-- What users say of images. delete_time is set while an image is in the trash.
ALTER TABLE image ADD COLUMN favorite BOOLEAN DEFAULT false;
ALTER TABLE image ADD COLUMN rating TINYINT DEFAULT 0;
ALTER TABLE image ADD COLUMN description VARCHAR DEFAULT '';
ALTER TABLE image ADD COLUMN delete_time TIMESTAMP;

CREATE TABLE image_tag (
    image_id BIGINT NOT NULL,
    tag VARCHAR NOT NULL
);
