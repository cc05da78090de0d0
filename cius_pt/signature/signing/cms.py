# SPDX-License-Identifier: MIT
"""Our keys, clock and time stamps behind pyHanko's interfaces.

pyHanko's own `SimpleSigner` reads its private key again for every signature, dry runs
included; the key here is one that is loaded. Sizes are given, so there is no dry run.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from typing import TYPE_CHECKING, Any

from asn1crypto import algos, x509
from asn1crypto import cms as asn1
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign import signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cius_pt.signature.signing.suite import PSS, RSA

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Coroutine

    from cius_pt.signature.signing.key import SigningKey
    from cius_pt.signature.signing.suite import Suite
    from cius_pt.signature.signing.tsa import Timestamper


def signer(key: SigningKey) -> signers.Signer:
    """Return a signer of pyHanko's that signs with our key."""
    return _Signer(key)


def stamper(timestamp: Timestamper) -> timestamps.TimeStamper:
    """Return a time stamper of pyHanko's that asks ours."""
    return _Stamper(timestamp)


def at(
    time: dt.datetime, metadata: Any, key: signers.Signer, stamper: Any, field: Any
) -> signers.PdfSigner:
    """Return pyHanko's signer of PDFs with a clock that shows `time`."""
    return _PdfSigner(time, metadata, key, stamper, field)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what the coroutine returns, also where an event loop runs already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    outcome: list[Any] = []
    failure: list[BaseException] = []

    def elsewhere() -> None:
        try:
            outcome.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - raised again below
            failure.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


class _Signer(signers.Signer):
    def __init__(self, key: SigningKey) -> None:
        own, *others = (
            x509.Certificate.load(certificate.public_bytes(Encoding.DER))
            for certificate in key.chain
        )
        store = SimpleCertificateStore()
        store.register_multiple(others)
        super().__init__(
            signing_cert=own,
            cert_registry=store,
            signature_mechanism=_mechanism(key.suite),
        )
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            return bytes(self._key.suite.size)
        return self._key.sign(hashlib.new(digest_algorithm, data).digest())


class _Stamper(timestamps.TimeStamper):
    def __init__(self, timestamp: Timestamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._timestamp = timestamp

    async def async_timestamp(
        self, message_digest: bytes, md_algorithm: str
    ) -> asn1.ContentInfo:
        return asn1.ContentInfo.load(self._timestamp(message_digest, md_algorithm))


class _PdfSigner(signers.PdfSigner):
    def __init__(
        self, time: dt.datetime, metadata: Any, key: Any, stamper: Any, field: Any
    ) -> None:
        super().__init__(metadata, key, timestamper=stamper, new_field_spec=field)
        self._time = time

    def init_signing_session(self, *arguments: Any, **more: Any) -> Any:
        session = super().init_signing_session(*arguments, **more)
        session.system_time = self._time
        return session


def _mechanism(suite: Suite) -> algos.SignedDigestAlgorithm:
    if suite.scheme == PSS:
        hashed = {"algorithm": suite.hash}
        parameters = {
            "hash_algorithm": hashed,
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": hashed},
            "salt_length": suite.hasher.digest_size,
        }
        return algos.SignedDigestAlgorithm(
            {"algorithm": "rsassa_pss", "parameters": parameters}
        )
    scheme = "rsa" if suite.scheme == RSA else "ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": f"{suite.hash}_{scheme}"})
