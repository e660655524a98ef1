"""What is drawn on the picture of an image: what was seen, and who."""

from collections.abc import Callable

from services.catalog.person_record import PersonRecord
from services.catalog.records import ImageRecord
from services.common.drawing.annotation import Mark, face_mark, object_mark, person_text


def marks_of(
    image: ImageRecord, find_person: Callable[[str], PersonRecord | None], name_of: Callable[[str], str]
) -> tuple[Mark, ...]:
    """Return the marks of an image's objects and faces; of hidden people only that there is a face.

    Args:
        image: read with its objects and faces.
        find_person: returns a person by id, or None.
        name_of: returns the resource name of a person by id.

    """
    marks = [object_mark(found.box, found.label, found.score) for found in image.objects]
    people = {face.person_id: find_person(face.person_id) for face in image.faces if face.person_id}
    for face in image.faces:
        person = people.get(face.person_id or "")
        if person is None or person.hidden:
            marks.append(face_mark(face.box))
        else:
            name = name_of(person.id)
            marks.append(face_mark(face.box, name, person_text(name, person.display_name)))
    return tuple(marks)
