"""``shipworthy policy push``: publish a policy in a registry, for others to extend."""

from __future__ import annotations

from pathlib import Path

import click

from shipworthy.cli.database import connection_of, connection_options
from shipworthy.cli.main import tell


@click.command(
    "push", short_help="Publish a policy in a registry, for others to extend."
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("reference")
@connection_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def command(
    file: Path,
    reference: str,
    ca_file: Path | None,
    *,
    plain_http: bool,
    insecure: bool,
    quiet: bool,
) -> None:
    """
    Publish the policy in FILE as an OCI artifact at REFERENCE: oci://HOST/REPOSITORY[:TAG].

    Prints the reference, pinned by digest, that others name in extends. The file is
    pushed as it is: look at it first with policy check. Credentials are docker's.
    """
    from shipworthy.advisories.distribute.policies import push_policy
    from shipworthy.remote.reference import LATEST, parse_registry

    place = parse_registry(reference)
    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    data = _read(file)
    pinned = push_policy(data, file.name, place, connection)
    if not quiet:
        tell(f"pushed {place.tag or LATEST}: {len(data):,} bytes")
    click.echo(str(pinned))


def _read(file: Path) -> bytes:
    """The bytes of a policy; raises ``UsageError`` for what cannot be one."""
    from shipworthy.advisories.distribute.policies import MAX_POLICY
    from shipworthy.errors import UsageError

    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_POLICY + 1)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}, expected a policy") from None
    if not 0 < len(data) <= MAX_POLICY:
        size = "empty" if not data else f"larger than {MAX_POLICY:,} bytes"
        raise UsageError(f"{file}: is {size}, expected a policy")
    return data
