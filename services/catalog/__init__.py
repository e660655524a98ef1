"""The catalog service: libraries of images, their faces and their people."""
