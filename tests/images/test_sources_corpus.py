"""Images of the corpus give the same result wherever they are: archive, layout, registry and every engine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import engines
import pytest
from corpus import Corpus, corpus, corpus_database
from engines import RealEngine
from registries import need, registry

from shipworthy import scan
from shipworthy.images.access import Access
from shipworthy.reports.document import to_document


pytestmark = pytest.mark.functional

ALWAYS = (
    "alpine-3.10",
    "alpine-3.14",  # an archive of the newer shape
    "alpine-3.20",  # plain layers
    "alpine-edge",
    "almalinux-8.8",  # s390x
    "almalinux-9.3",  # arm64
    "busybox",
    "rpm-made",
    "rpm-mariner",
    "rpm-sles",
)
MAYBE = ("scratch-go", "node-alpine")
"""The second has two layers; both come out of npm's registry."""
WITH_FINDINGS = {
    "alpine-3.10",
    "alpine-3.20",
    "alpine-edge",
    "almalinux-8.8",
    "almalinux-9.3",
    "rpm-made",
    "scratch-go",
    "node-alpine",
}
"""The others are of a release, or a distribution, on which the feeds have nothing that is open."""
PLACES = ("docker-archive", "oci", "registry", "docker", "podman", "containerd")


@dataclass(frozen=True, kw_only=True)
class Held:
    """Every image in every place, and a database that judges it."""

    corpus: Corpus
    database: Path
    host: str
    engines: dict[str, RealEngine]

    def target(self, place: str, name: str) -> str:
        """The target of an image."""
        if place == "docker-archive":
            return f"{place}:{self.corpus.archive(name)}"
        if place == "oci":
            return f"{place}:{self.corpus.layout(name)}"
        host = f"{self.host}/" if place == "registry" else ""
        return f"{place}:{host}corpus/{name}:latest"

    def document(self, place: str, name: str) -> dict[str, Any]:
        """The report on it, as the user gets it."""
        engine = self.engines.get(place)
        result = scan(
            self.target(place, name),
            db=self.database,
            cache=False,
            fail_on="high",
            access=Access(engine=engine.url if engine else ""),
        )
        document: dict[str, Any] = json.loads(json.dumps(to_document(result)))
        return document


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """Everything, built and started once."""
    need("skopeo")
    folder = tmp_path_factory.mktemp("corpus")
    with ThreadPoolExecutor() as pool:  # most of building is waiting
        judging = pool.submit(corpus_database, folder)
        built = corpus(folder / "images", always=ALWAYS, maybe=MAYBE)
        database = judging.result()
    with ExitStack() as running:
        host = running.enter_context(registry(folder / "registry"))
        known = {
            engine.kind: engine
            for engine in map(
                running.enter_context,
                (engines.dockerd(), engines.podman(), engines.containerd()),
            )
        }
        for archive in sorted(built.folder.glob("*.tar")):
            push(archive.with_suffix(".oci"), host)
            for engine in known.values():
                engine.load(archive)
        yield Held(corpus=built, database=database, host=host, engines=known)


def push(layout: Path, host: str) -> None:
    """Push an image as it is, compressed as it is."""
    command = ["skopeo", "copy", "-q", "--preserve-digests", "--dest-tls-verify=false"]
    there = f"docker://{host}/corpus/{layout.stem}:latest"
    subprocess.run([*command, f"oci:{layout}:latest", there], check=True)


def bare(document: dict[str, Any]) -> dict[str, Any]:
    """A report without what each place has of its own: the target, names, digests of what is stored there."""
    del document["target"]
    for name in ("tags", "manifestDigest", "indexDigests"):
        document["image"].pop(name, None)
    for layer in document["image"]["layers"]:
        del layer["digest"]
    for finding in document["findings"]:
        del finding["layer"]["digest"]
    return document


@pytest.fixture(scope="module")
def expected(held: Held) -> Any:
    """The report on an image's archive, made once."""
    return cache(lambda name: bare(held.document("docker-archive", name)))


@pytest.mark.parametrize("name", [*ALWAYS, *MAYBE])
@pytest.mark.parametrize("place", PLACES[1:])
def test_the_same_result_from_everywhere(
    place: str, name: str, held: Held, expected: Any
) -> None:
    """Findings, packages, layers, verdict, coverage and all the rest of the report are those of the archive."""
    document = held.document(place, name)
    assert held.target(place, name) == document["target"]["name"]
    assert place == document["target"]["kind"]
    whole = expected(name)
    assert whole == bare(document)
    assert (name in WITH_FINDINGS) == bool(whole["findings"])
    assert [layer["diffId"] for layer in whole["image"]["layers"]]
    assert whole["packages"] or name == "busybox"
