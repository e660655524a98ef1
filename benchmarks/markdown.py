"""Renders the templates of all generated pages."""

from importlib.resources import files

import jinja2


def render_markdown(package: str, **values: object) -> str:
    """Return the `document.md.j2` of a package, filled in; a value that the template asks for must be there."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the page is Markdown of our own figures
    )  # fmt: skip
    return environment.from_string(files(package).joinpath("document.md.j2").read_text("utf-8")).render(**values)
