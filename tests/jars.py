"""Java archives from Maven Central, for tests that run what Jenkins runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from pipelining import without


IVY = Path("/usr/share/java/ivy.jar")
"""Comes with Debian's ``groovy``, which depends on it."""
_LONGEST = 300
"""Seconds that fetching may take."""


def fetched(jars: Mapping[str, str]) -> tuple[Path, ...]:
    """
    Files of ``organisation:name:version``, each with the digest that the mapping says.

    They are fetched once, outside the checkout. Without Java, Ivy or a network the test skips
    with the reason, and fails where ``CI=true``.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    key = sha256("\n".join(sorted(jars)).encode()).hexdigest()[:16]
    place = cache / "shipworthy-tests" / "jars" / key
    if not place.is_dir():
        if shutil.which("java") is None or not IVY.is_file():
            without("groovy (with java and ivy)")
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as made:
            _fetch(Path(made), jars)
            try:
                (Path(made) / "jars").rename(place)
            except OSError:  # another run was faster
                assert place.is_dir()
    files = tuple(place / f"{_file(name)}" for name in jars)
    for file, digest in zip(files, jars.values(), strict=True):
        assert digest == sha256(file.read_bytes()).hexdigest(), file.name
    return files


def _fetch(place: Path, jars: Mapping[str, str]) -> None:
    wanted = "".join(
        '<dependency org="{}" name="{}" rev="{}" transitive="false" conf="*->master"/>'.format(
            *name.split(":")
        )
        for name in jars
    )
    module = place / "ivy.xml"
    module.write_text(
        '<ivy-module version="2.0"><info organisation="none" module="tests"/>'
        f"<dependencies>{wanted}</dependencies></ivy-module>"
    )
    command = ["java", "-jar", str(IVY), "-error", "-cache", str(place / "cache")]
    command += ["-ivy", str(module), "-types", "jar", "-retrieve"]
    command += [f"{place}/jars/[artifact]-[revision].[ext]"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        without(f"Maven Central within {_LONGEST} s")
    missing = [name for name in jars if not (place / "jars" / _file(name)).is_file()]
    if missing:
        without(f"{', '.join(missing)}: {(done.stdout + done.stderr)[-300:]}")


def _file(name: str) -> str:
    _, artifact, version = name.split(":")
    return f"{artifact}-{version}.jar"
