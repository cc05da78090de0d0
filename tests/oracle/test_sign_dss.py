# SPDX-License-Identifier: MIT
"""EU DSS itself, on what we sign and on the collected cases: who agrees with whom.

Only with ``CIUS_PT_DSS=1``, since Maven fetches 50 archives and the JVM takes its
time; ``-s`` shows the matrix.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from cius_pt import PdfSigning, XmlSigning, sign
from cius_pt.signature.policy import Policy
from cius_pt.signature.signing.pdf import Box, PdfProfile
from cius_pt.signature.signing.place import Placement
from cius_pt.signature.signing.xades import XmlProfile
from cius_pt.signature.status import Format, Indication, Integrity, Signature
from cius_pt.signature.verify import verify
from tests import signing_keys as keys
from tests.blank_pdf import BLANK

HERE = Path(__file__).resolve().parent
INVOICE = (HERE.parents[1] / "fixtures" / "withholding.xml").read_bytes()
KINDS = ("rsa2048", "rsa3072", "rsa4096", "rsa2048-pss", "p256", "p384", "p521")
AT = dt.datetime(2026, 3, 2, 10, 30, tzinfo=dt.UTC)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("CIUS_PT_DSS") != "1", reason="CIUS_PT_DSS=1 runs EU DSS"
    ),
]

Said = dict[str, list[list[str]]]


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with DSS, or skip where Maven cannot get it."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            pytest.skip(f"there is no {tool} on this machine")
    target = tmp_path_factory.mktemp("dss") / "lib"
    done = subprocess.run(
        [  # noqa: S607 - found above
            "mvn",
            "--quiet",
            "--batch-mode",
            "--file",
            str(HERE / "verifiers" / "pom.xml"),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={target}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        first = next(iter(done.stdout.splitlines()), "no word of why")
        pytest.skip(f"Maven could not get DSS: {first[:200]}")
    return target


def ask(libraries: Path, anchors: Path, files: list[Path]) -> Said:
    """Return what DSS says of each file: a list of words per signature."""
    done = subprocess.run(
        [  # noqa: S607 - found above
            "java",
            "-cp",
            f"{libraries}/*",
            str(HERE / "verifiers" / "Dss.java"),
            str(anchors),
            *map(str, files),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    said: Said = {}
    for line in done.stdout.splitlines():
        name, *words = line.split("\t")
        said.setdefault(Path(name).name, []).append(words)
    return said


# --- what we sign ---


def ours() -> dict[str, tuple[bytes, int]]:
    """Return documents that we sign, and how many signatures they have."""
    files: dict[str, tuple[bytes, int]] = {}
    for kind in KINDS:
        key = keys.key(kind.removesuffix("-pss"), pss=kind.endswith("-pss"))
        files[f"{kind}.xml"] = sign(INVOICE, key, time=AT), 1
        files[f"{kind}.pdf"] = sign(BLANK, key, time=AT), 1
    key = keys.key()
    stamped = keys.timestamper()
    ways = {
        "plain": XmlSigning(parallel=False),
        "v2": XmlSigning(profile=XmlProfile.BASELINE),
        "last": XmlSigning(placement=Placement.LAST),
    }
    for name, way in ways.items():
        files[f"{name}.xml"] = sign(INVOICE, key, options=way, time=AT), 1
    shown = {
        "pkcs7": PdfSigning(profile=PdfProfile.PKCS7),
        "visible": PdfSigning(visible=Box(page=1, left=9, bottom=9, right=99, top=49)),
        "certified": PdfSigning(certify=2),
    }
    for name, how in shown.items():
        files[f"{name}.pdf"] = sign(BLANK, key, options=how, time=AT), 1
    for end, data in (("xml", INVOICE), ("pdf", BLANK)):
        files[f"stamped.{end}"] = sign(data, key, timestamp=stamped, time=AT), 1
        twice = sign(files[f"rsa2048.{end}"][0], keys.key("p384"), time=AT)
        files[f"twice.{end}"] = twice, 2
    return files


def test_what_we_sign_is_intact_and_whole_for_dss(
    libraries: Path, tmp_path: Path
) -> None:
    anchors = tmp_path / "anchors.pem"
    anchors.write_bytes(keys.pem(keys.root()))
    made = ours()
    for name, (data, _) in made.items():
        (tmp_path / name).write_bytes(data)
    said = ask(libraries, anchors, [tmp_path / name for name in made])

    wrong = {
        name: said.get(name)
        for name, (_, count) in made.items()
        if [w[1] for w in said.get(name, [])] != ["intact"] * count
        or any("PARTIAL" in w[4] and name.endswith(".xml") for w in said[name])
    }
    for name, lines in sorted(said.items()):
        print(name, *("/".join(words[:5]) for words in lines))  # noqa: T201 - matrix
    assert wrong == {}


# --- the collected cases, ours against theirs ---


# Where we differ on purpose, and what we say; docs/signatures.md gives the reasons.
DIFFERENT = {
    # A stranger's program, too much of it, or content outside the document.
    "evil_jdk_xpath_subset.xml": "unsupported",
    "qes-xades111-filter2.xml": "unsupported",
    "xades-900-references.xml": "unsupported",
    "xsw_orig-in-sig-object_noid.xml": "unsupported",
    # DSS has no here() and reads no UTF-16.
    "ok_jdk_ubl_xpath.xml": "intact",
    "odd_utf16.xml": "intact",
    # Changed after signing, which DSS only warns of.
    "bad_certify_p1_then_annot.pdf": "failed",
    "bad_inc_add_annot.pdf": "failed",
    "bad_inc_openaction_js.pdf": "failed",
    "bad_inc_overwrite_content.pdf": "failed",
    "odd_inc_lang.pdf": "failed",
    "pades-lta-copied-doctst.pdf": "failed",
    "pades-signed-annot-added.pdf": "failed",
    # Signatures that DSS does not list, or that are none.
    "bad_byterange_3.pdf": "failed",
    "bad_contents_zero.pdf": "failed",
    "pdf-with-empty-sig.pdf": "failed",
    "pades_infinite_loop.pdf": "none",
    # SubFilters of old.
    "odd_subfilter_sha1.pdf": "unsupported",
    "odd_subfilter_x509.pdf": "unsupported",
    "pkcs7_sha1.pdf": "intact,unsupported",
    "wrong-digest-algo.pdf": "unsupported",
}


def our_words(path: Path) -> list[str]:
    """Return a word per signature: whether it failed in ETSI's sense, or is intact.

    DSS lists time stamps of a document apart from its signatures.
    """
    report = verify(path.read_bytes(), policy=Policy.ILINK, trust=None, at=AT)
    found = [s for s in report.signatures if s.format is not Format.DOC_TIMESTAMP]
    return sorted(map(_our_word, found)) or ["none"]


def _our_word(one: Signature) -> str:
    if one.integrity is Integrity.UNSUPPORTED:
        return "unsupported"
    failed = one.indication is Indication.TOTAL_FAILED
    return "failed" if failed or one.integrity is not Integrity.INTACT else "intact"


def their_words(lines: list[list[str]]) -> list[str]:
    return sorted(
        "none"
        if words[0] in {"none", "error"}
        else "failed"
        if words[1] == "broken" or words[2] == "TOTAL_FAILED"
        else "intact"
        for words in lines
    )


@pytest.mark.parametrize("kind", ["xml", "pdf"])
def test_the_matrix_of_agreement(libraries: Path, shared: Path, kind: str) -> None:
    folders = {"xml": ("xml", "dss-xades"), "pdf": ("pdf", "dss-pades")}[kind]
    files = [
        path
        for folder in folders
        for path in sorted((shared / "signed" / folder).glob(f"*.{kind}"))
    ]
    said = ask(libraries, shared / "signed" / "pki" / "trust.pem", files)
    matrix: Counter[tuple[str, str]] = Counter()
    surprises = {}
    for path in files:
        theirs = ",".join(their_words(said.get(path.name, [["none"]])))
        mine = ",".join(our_words(path))
        matrix[theirs, mine] += 1
        if mine != DIFFERENT.get(path.name, theirs):
            surprises[path.name] = (theirs, mine)
    for (theirs, mine), count in sorted(matrix.items()):
        print(f"{count:4} DSS {theirs:20} ours {mine}")  # noqa: T201 - the matrix

    assert surprises == {}
