# SPDX-License-Identifier: MIT
"""The cryptographic step: whether a signature value belongs to a key and some bytes.

pyhanko's validator says "wrong" both of a wrong signature and of an algorithm it does
not know; the second must be UNSUPPORTED. It also lacks the plain ECDSA of the German
signature cards (BSI TR-03111, 5.2.1), where r and s stand side by side.
"""

from __future__ import annotations

from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko_certvalidator import sig_validate
from pyhanko_certvalidator.errors import (
    AlgorithmNotSupported,
    DSAParametersUnavailable,
)

_PLAIN: Final = {
    "0.4.0.127.0.7.1.1.4.1.1": "sha1_ecdsa",
    "0.4.0.127.0.7.1.1.4.1.2": "sha224_ecdsa",
    "0.4.0.127.0.7.1.1.4.1.3": "sha256_ecdsa",
    "0.4.0.127.0.7.1.1.4.1.4": "sha384_ecdsa",
    "0.4.0.127.0.7.1.1.4.1.5": "sha512_ecdsa",
}


class Validator(sig_validate.DefaultSignatureValidator):
    """pyhanko's validator, telling what is unsupported from what is wrong."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: Any,
        signature_algorithm: Any,
        context: Any = sig_validate.DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Raise `InvalidSignature`, or `UnsupportedAlgorithm` for one not known."""
        from asn1crypto.algos import SignedDigestAlgorithm  # noqa: PLC0415

        known = _PLAIN.get(signature_algorithm["algorithm"].dotted)
        if known is not None:
            signature_algorithm = SignedDigestAlgorithm({"algorithm": known})
            signature = _joined(signature)
        try:
            super().validate_signature(
                signature, signed_data, public_key_info, signature_algorithm, context
            )
        except (AlgorithmNotSupported, DSAParametersUnavailable) as error:
            raise UnsupportedAlgorithm(str(error)) from None
        except AssertionError:
            raise InvalidSignature("the key is of another kind") from None


def _joined(plain: bytes) -> bytes:
    half, odd = divmod(len(plain), 2)
    if odd or not half:
        raise InvalidSignature("a plain signature is two numbers of one length")
    numbers = int.from_bytes(plain[:half]), int.from_bytes(plain[half:])
    return encode_dss_signature(*numbers)
