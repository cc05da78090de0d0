# SPDX-License-Identifier: MIT
"""A document and what was found in it as HTML: the invoice, its XML, notes beside both.

What comes from a document is text, escaped in one place (`markup`); nothing here makes
a link, a script or a request of it.
"""
