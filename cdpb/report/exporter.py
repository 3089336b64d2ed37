"""Notebook to page: our own nbconvert exporter.

``jupyter nbconvert --to cdpb`` and JupyterLab's export menu find it by its entry point.
"""

from typing import Any

from jinja2 import Environment
from nbconvert.exporters.html import HTMLExporter
from nbformat import NotebookNode
from traitlets import default

from cdpb.report.lean import lean
from cdpb.report.markup import TEMPLATE_FOLDER, add_house_filters
from cdpb.report.page import read_page


class CdpbExporter(HTMLExporter):
    """A finished page: blocks and prose, in the page's order, in one file that calls nobody.

    Nothing of nbconvert's own templates is used. They fetch scripts from the network, put code
    first, and lose descriptions of pictures.
    """

    export_from_notebook = "Needs assessment page"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "cdpb"

    @default("extra_template_basedirs")
    def _our_templates(self) -> list[str]:
        return [str(TEMPLATE_FOLDER)]

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        # nbconvert escapes nothing; here everything is escaped that is not markup already.
        environment.autoescape = True
        return add_house_filters(environment)

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of an executed notebook, and nbconvert's resources.

        Raises
        ------
        FindingFailed
            If a cell ended in an error.
        """
        resources = dict(resources or {})
        name = resources.get("metadata", {}).get("name", "notebook")
        resources["page"] = read_page(nb, name)
        # Past HTMLExporter, which would read the page with a parser that lowers the case of SVG
        # attributes and invents descriptions for pictures that lack one.
        page, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)
        return lean(page), resources

    def _preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Nothing, where nothing is to be done to a notebook: nbconvert copies it even then."""
        return super()._preprocess(nb, resources) if self._preprocessors else (nb, resources)
