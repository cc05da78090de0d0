# SPDX-License-Identifier: MIT
"""The public test kit: what other people's test suites need to test with invoices.

`strategies` draws invoices with Hypothesis; `breaking` documents that break exactly one
fatal rule; `hostile` legal and hostile bytes; `mutations` changes documents of yours.
`asserts` has assertions that fail readably; `plugin` is the pytest plugin. All need
the extra ``cius-pt[testing]``; nothing outside this package imports it.
"""
