"""
Images that containerd keeps, blob by blob out of its content store.

The index, manifest, configuration and layers are asked for by digest through ``ctr``, which comes with containerd
(``ctr images ls``, ``ctr content get``), so the image is read as an OCI layout is: verified, side by side, and no layer
twice or in vain. Namespaces: https://github.com/containerd/containerd/blob/main/docs/namespaces.md.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired, run
from typing import IO

from shipworthy.errors import ImageError, ImageNotFoundError, LimitError, UsageError
from shipworthy.images.access import Access
from shipworthy.images.documents import Descriptor
from shipworthy.images.interface import Image
from shipworthy.images.layout import LayoutImage, open_layout
from shipworthy.images.several import Several
from shipworthy.model.limits import LIMITS
from shipworthy.streams.inflate import Stream


NAMESPACES = ("default", "k8s.io", "moby")
"""Where is looked when nobody says: ctr's and nerdctl's own, Kubernetes', Docker's."""
_SOCKETS = (
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/docker/containerd/containerd.sock",
)
_SECONDS = 30
_NAMESPACE = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*", re.ASCII)
_ROW = re.compile(r"(\S+)\s+(application/\S+)\s+(sha256:[0-9a-f]{64})\s", re.ASCII)
_DIGEST = re.compile(r"blobs/(sha256)/([0-9a-f]{64})", re.ASCII)


def open_containerd(
    reference: str, *, target: str, platform: str | None, access: Access
) -> Image | Several:
    """
    The image ``reference`` in the first of the namespaces that has it.

    Without a ``platform``, not even an empty one, the images of all of them.

    Raises:
        ImageNotFoundError: None of them has it, or not for the platform.
        ImageError: containerd cannot be asked.
    """
    named = access.namespace or os.environ.get("CONTAINERD_NAMESPACE", "")
    if named and not _NAMESPACE.fullmatch(named):
        raise UsageError(f"{named[:100]!r} is no namespace of containerd")
    address = _address(access.engine or os.environ.get("CONTAINERD_ADDRESS", ""))
    namespaces = (named,) if named else NAMESPACES
    for namespace in namespaces:
        control = Control(address, namespace)
        if found := control.find(reference):
            store = ContentStore(control, found, reference)
            if platform is None:
                return open_layout(
                    store, target=target, kind="containerd", image=_ContentImage
                )
            image = _ContentImage(
                store, target=target, kind="containerd", platform=platform
            )
            _check(image, platform, reference)
            return image
    raise ImageNotFoundError(
        f"containerd: no such image: {reference} (namespaces: {', '.join(namespaces)})",
        hint="ctr images ls lists those that are there; --containerd-namespace names another namespace",
    )


def _check(image: LayoutImage, platform: str, reference: str) -> None:
    """Raise ``ImageNotFoundError`` where the only image there is for another platform."""
    have = image.info.platform
    if platform and have != platform and not have.startswith(f"{platform}/"):
        raise ImageNotFoundError(
            f"containerd: {reference}: the image is for {have or 'no platform'}, not for {platform!r}",
            hint=f"ctr images pull --platform {platform} fetches the other",
        )


def _address(given: str) -> str:
    path = given.removeprefix("unix://")
    if "://" in path or (path and not path.startswith("/")):
        raise UsageError(f"{given[:200]!r}: expected containerd's socket, unix:///PATH")
    if not path:
        path = next((one for one in _SOCKETS if Path(one).exists()), _SOCKETS[0])
    hint = "start containerd, or name its socket: CONTAINERD_ADDRESS, --engine"
    if not Path(path).exists():
        raise ImageError(f"containerd: no engine at unix://{path}", hint=hint)
    if not os.access(path, os.R_OK | os.W_OK):
        raise ImageError(
            f"containerd: no permission to open unix://{path}",
            hint="run as a user who may, usually root",
        )
    return path


class Control:
    """``ctr`` with one address and namespace; every answer is bounded in size and in time."""

    def __init__(self, address: str, namespace: str) -> None:
        self._command = ["ctr", "--address", address, "--namespace", namespace]
        self.namespace = namespace

    def find(self, reference: str) -> tuple[str, str, str] | None:
        """(name, media type, digest) of an image; the full name is what containerd knows it by."""
        names = list(dict.fromkeys((reference, _full(reference))))
        filters = [f'name=="{name}"' for name in names]
        rows = _ROW.findall(self._ask(["images", "ls", *filters]))
        return next((row for name in names for row in rows if row[0] == name), None)

    def get(self, digest: str) -> Stream:
        """A blob's bytes."""
        return _Child([*self._command, "content", "get", digest], digest)

    def _ask(self, words: Sequence[str]) -> str:
        try:
            done = run(  # noqa: S603  # no shell; the words are ours or were checked
                [*self._command, "--timeout", f"{_SECONDS}s", *words],
                capture_output=True,
                timeout=_SECONDS + 5,
                check=False,
            )
        except OSError as error:
            raise _no_program(error) from error
        except TimeoutExpired as error:
            raise ImageError(
                f"containerd: no answer for {_SECONDS} seconds",
                hint="see whether ctr version answers; restart containerd if not",
            ) from error
        if done.returncode:
            raise ImageError(f"containerd: {_last_line(done.stderr)}")
        if len(done.stdout) > LIMITS.document:
            raise LimitError(f"containerd: an answer of over {LIMITS.document} bytes")
        return done.stdout.decode("utf-8", "replace")


class ContentStore:
    """One image of containerd's content store, in the shape of a layout with nothing else in it."""

    compressed = False

    def __init__(
        self, control: Control, found: tuple[str, str, str], reference: str
    ) -> None:
        self.name = f"containerd: {reference}"
        self._control = control
        self._found = found

    def __contains__(self, name: str) -> bool:
        try:
            self.read(name)
        except ImageError:
            return False
        return True

    def size(self, name: str) -> int:
        """Nothing: the store's own sizes are rounded."""
        raise ImageError(f"{self.name}: the size of {name} is not known")

    def read(self, name: str, limit: int = LIMITS.document) -> bytes:
        """A small blob, or the index of this image alone."""
        if name == "index.json":
            return self._index()
        stream = self.open(name)
        data = bytearray()
        try:
            while part := stream.read(1 << 16):
                data += part
                if len(data) > limit:
                    raise LimitError(f"{self.name}: {name} is over {limit} bytes")
        finally:
            stream.close()
        return bytes(data)

    def open(self, name: str) -> Stream:
        """A blob's bytes from their start."""
        found = _DIGEST.fullmatch(name)
        if found is None:
            raise ImageError(f"{self.name}: {name[:100]} is no blob of the store")
        return self._control.get(f"{found[1]}:{found[2]}")

    def stream(self, names: Collection[str]) -> Iterator[tuple[str, Stream]]:
        """Blobs in any order."""
        for name in sorted(names):
            yield name, self.open(name)

    def close(self) -> None:
        """Nothing is held."""

    def _index(self) -> bytes:
        import orjson

        name, media_type, digest = self._found
        entry = {
            "mediaType": media_type,
            "digest": digest,
            "size": 0,
            "annotations": {"io.containerd.image.name": name},
        }
        return orjson.dumps({"schemaVersion": 2, "manifests": [entry]})


class _ContentImage(LayoutImage):
    """Sizes are the manifest's; that a blob is as long is shown by its digest."""

    def _size(self, layer: Descriptor) -> int:
        return layer.size


class _Child:
    """What a command writes, which must end well."""

    def __init__(self, command: Sequence[str], digest: str) -> None:
        self._digest = digest
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the stream
        try:
            self._process = Popen(command, stdout=PIPE, stderr=self._errors, bufsize=0)  # noqa: S603  # no shell; the words are ours
        except OSError as error:
            self._errors.close()
            raise _no_program(error) from error

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; raises ``ImageError`` where the command failed or does not go on."""
        import select

        output = self._process.stdout
        assert output is not None
        if not select.select([output], [], [], _SECONDS)[0]:
            raise ImageError(
                f"containerd: sent nothing of {self._digest} for {_SECONDS} seconds",
                hint="see whether ctr version answers; restart containerd if not",
            )
        data = output.read(size if size > 0 else 1 << 18) or b""
        if not data and self._process.wait():
            self._errors.seek(0)
            raise ImageError(
                f"containerd: {_last_line(self._errors.read(1 << 16))}",
                hint="fetch the image's content anew: ctr content fetch NAME",
            )
        return data

    def close(self) -> None:
        """End the command, wherever it is."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()


def _full(reference: str) -> str:
    """The name with registry and tag, as containerd's clients complete it."""
    first, slash, _ = reference.partition("/")
    has_host = slash and ("." in first or ":" in first or first == "localhost")
    if not has_host:
        reference = f"docker.io/{reference if slash else f'library/{reference}'}"
    if "@" in reference or ":" in reference.rpartition("/")[2]:
        return reference
    return f"{reference}:latest"


def _no_program(error: OSError) -> ImageError:
    reason = "no ctr command" if isinstance(error, FileNotFoundError) else str(error)
    return ImageError(
        f"containerd: {reason}", hint="ctr comes with containerd; put it on PATH"
    )


def _last_line(data: bytes) -> str:
    lines = data.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("ctr: ")[:300] if lines else "ctr failed"
