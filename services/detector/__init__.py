"""The detector service: finds objects and faces in photos, rates the faces, and cuts them out for an embedder."""
