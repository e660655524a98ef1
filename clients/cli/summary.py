"""What is in a photo, in a few words."""

from collections import Counter
from collections.abc import Mapping

from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.person_pb2 import Person
from services.common.drawing.annotation import person_text


def object_counts(image: Image) -> Counter[str]:
    """Return how many objects of each label are in `image`."""
    return Counter(item.label for item in image.objects)


def describe_objects(image: Image) -> str:
    """Return the objects of `image` with the most frequent first, for example "person" twice and "tie"."""
    counts = sorted(object_counts(image).items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(label if count == 1 else f"{label} \N{MULTIPLICATION SIGN}{count}" for label, count in counts)


def person_label(person: Person) -> str:
    """Return the name that a user gave `person`, or the start of the id."""
    return person_text(person.name, person.display_name)


def short_person_id(name: str) -> str:
    """Return the start of the id in the resource name of a person: enough for people to tell two apart."""
    return name.rpartition("/")[2][:6]


def describe_people(image: Image, people: Mapping[str, Person]) -> str:
    """Return who is in `image`, each once, in the order of their faces.

    Args:
        image: with its faces.
        people: everybody by resource name; who is not in it, or hidden, is left out.

    """
    names = dict.fromkeys(face.person for face in image.faces)
    known = (people[name] for name in names if name in people)
    return ", ".join(person_label(person) for person in known if not person.hidden)
