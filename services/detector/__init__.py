"""The detector service: objects, faces and face crops in photos."""
