# SPDX-License-Identifier: MIT
"""The public test kit: what other people's test suites need to test with invoices.

`strategies` draws invoices with Hypothesis. It needs the extra ``cius-pt[testing]``
and nothing outside this package imports it.
"""
