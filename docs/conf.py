"""Settings of the site; `python3 tasks.py docs` builds it, warnings being errors."""

from __future__ import annotations

import sys
from pathlib import Path

import cius_pt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

project = "cius_pt"
author = "the cius_pt contributors"
copyright = author  # noqa: A001 - Sphinx's name
version = release = cius_pt.__version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "docs.machinery"]
exclude_patterns = ["machinery", "_static"]
nitpicky = True
smartquotes = False  # --option stays what one types

# Pages are Markdown as GitHub shows it; anchors are those of GitHub.
myst_heading_anchors = 4
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 80
add_module_names = False
python_use_unqualified_type_names = True

# Everything a page needs lies beside it: no fonts, scripts or pictures of others.
html_theme = "furo"
html_title = f"cius_pt {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
