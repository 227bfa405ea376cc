"""``shipworthy explain``: the evidence of a finding, or why a package has no other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shipworthy.cli.database import (
    cache_option,
    connection_of,
    connection_options,
    database_of,
    db_option,
    key_option,
)
from shipworthy.errors import UsageError


if TYPE_CHECKING:
    from shipworthy.advisories.distribute.database import Database
    from shipworthy.advisories.store import AdvisoryStore
    from shipworthy.explain.saved import Saved
    from shipworthy.model.package import Inventory
    from shipworthy.reports.fields import Json

    Chosen = tuple[Json, Json | None]


@click.command(
    "explain",
    epilog="Exit codes: 0 explained, 2 no such finding or package, 3 no database or nothing to read.",
)
@click.argument("result", required=False, envvar="SHIPWORTHY_RESULT")
@click.argument("vulnerability", required=False, metavar="[ID]")
@click.option(
    "--package",
    default="",
    metavar="PURL|NAME",
    help="The package: why it matches what it matches, and nothing else.",
)
@click.option(
    "--distro",
    default="",
    metavar="NAME-RELEASE",
    help="Without RESULT: the distribution of the package, as debian-12.",
)
@db_option
@key_option
@connection_options
@cache_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def command(
    result: str | None,
    vulnerability: str | None,
    package: str,
    distro: str,
    db: tuple[str, ...],
    db_key: Path | None,
    cache_dir: Path | None,
    *,
    as_json: bool,
    plain_http: bool,
    insecure: bool,
    ca_file: Path | None,
) -> None:
    """
    Explain a finding of a saved RESULT, or why a package has no other.

    RESULT is a file written by `shipworthy scan -o json=FILE`, or an SBOM. ID is any id, alias
    or advisory of a finding. With --package alone every advisory on that package is
    gone through, which needs the database; without RESULT, PURL names the package. With
    --db the database's rows on a finding are shown in full.
    """
    if not package and not (result and vulnerability):
        raise UsageError(
            "nothing to explain", hint="give RESULT and ID, or --package PURL|NAME"
        )
    if distro and result:
        raise UsageError("--distro is for a package without a result")
    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    database = database_of(db, cache_dir, connection, key=db_key)
    explained = _explain(result, vulnerability or "", package, distro, database)
    if as_json:
        import orjson

        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        click.echo(orjson.dumps(explained, option=options).decode())
        return
    from shipworthy.explain.render import render

    click.echo(render(explained), nl=False)


def _explain(
    result: str | None, id_: str, package: str, distro: str, db: Database
) -> list[dict[str, Any]]:
    from shipworthy.explain.saved import load_saved, single

    if result is None:
        inventory = single(package, distro)
        purl = inventory.packages[0].purl
        return _packages_of(inventory, purl, id_, db)
    saved = load_saved(result)
    if id_:
        from shipworthy.explain.choose import choose_findings, no_finding

        if chosen := choose_findings(saved, id_, package):
            return _findings_of(saved, chosen, db)
        if not package:
            raise no_finding(saved, id_, package)
    return _packages_of(saved.inventory, package, id_, db)


def _findings_of(
    saved: Saved, chosen: list[Chosen], db: Database
) -> list[dict[str, Any]]:
    from shipworthy.explain.finding import explain_finding

    if not db.names:
        return [explain_finding(saved, one, by, None) for one, by in chosen]
    with _store(db) as store:
        return [explain_finding(saved, one, by, store) for one, by in chosen]


def _packages_of(
    inventory: Inventory, wanted: str, id_: str, db: Database
) -> list[dict[str, Any]]:
    from shipworthy.explain.choose import choose_packages
    from shipworthy.explain.package import explain_packages

    packages = choose_packages(inventory, wanted)
    with _store(db) as store:
        return explain_packages(packages, inventory, store, id_=id_)


def _store(database: Database) -> AdvisoryStore:
    from shipworthy.advisories.store import AdvisoryStore

    return AdvisoryStore(database.open())
