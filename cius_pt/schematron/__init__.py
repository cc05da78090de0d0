# SPDX-License-Identifier: MIT
"""ISO Schematron: read it, compile it to lean XSLT 3.0, run it in Saxon.

`source` reads what was published, `compiler` writes the fast stylesheet, `plain`
the literal one that the fast one has to agree with, `engine` runs either.
"""
