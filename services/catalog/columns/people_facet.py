"""How many images people are on."""

import numpy as np

from services.catalog.columns.facets import Kinds
from services.catalog.columns.groups import Numbers, groups_of
from services.catalog.columns.image_columns import ImageView
from services.catalog.columns.mask import Mask


def people_sizes(view: ImageView, mask: Mask, images: Numbers, people: Numbers) -> Kinds:
    """Return the images of a mask by the people on them.

    Args:
        view: the images.
        mask: which of them are meant.
        images: id of the image of each face that belongs to somebody.
        people: whose the face is, by number.

    """
    places = np.searchsorted(view.ids, images)
    known = places < len(view)
    # Faces of images that came after the view was taken are in no column.
    known[known] = view.ids[places[known]] == images[known]
    known[known] = mask[places[known]]
    places, people = places[known], people[known]
    faces = np.bincount(places, minlength=len(view))
    # Somebody may be twice on an image that has more than one face; only these pairs need sorting.
    several = faces[places] > 1
    width = len(view) + 1
    pairs = np.unique(people[several] * width + places[several])
    groups = groups_of(np.concatenate((people[~several], pairs // width)))
    return Kinds(groups.values, groups.sizes, int(np.count_nonzero(mask)) - int(np.count_nonzero(faces)))
