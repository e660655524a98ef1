"""Albums: images that users chose, in an order of their own, and smart ones, which are filters."""
