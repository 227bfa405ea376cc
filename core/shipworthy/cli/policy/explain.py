"""``shipworthy policy explain``: the policy in sentences, as it is once everything is put together."""

from __future__ import annotations

from pathlib import Path

import click

from shipworthy.cli.database import connection_of, connection_options
from shipworthy.cli.policyfile import DEFAULT, load


@click.command("explain", short_help="Put a policy in words.")
@click.argument("file", default=DEFAULT, metavar="[FILE]")
@connection_options
def explain(
    file: str, ca_file: Path | None, *, plain_http: bool, insecure: bool
) -> None:
    """
    Say in words what a policy demands, leaves out and sets, and where each is written.

    FILE is ./shipworthy.yaml where none is named. What it extends is laid under it.
    """
    from shipworthy.policy.document.words import (
        entry_words,
        rule_words,
        settings_words,
    )
    from shipworthy.reports.text import TEXT_LIMIT, line

    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    loaded = load(file, connection)
    policy = loaded.policy
    click.echo("rules" if policy.rules else "no rules: nothing closes the gate")
    for rule in policy.rules:
        click.echo(f"  {line(rule.name)} ({line(rule.source)})")
        click.echo(f"    {line(rule_words(rule), TEXT_LIMIT)}")
        if rule.description:
            click.echo(f"    {line(rule.description, TEXT_LIMIT)}")
    click.echo("")
    click.echo("suppressions" if policy.suppressions else "no suppressions")
    for entry in policy.suppressions:
        click.echo(f"  {line(entry.source)}")
        click.echo(f"    {line(entry_words(entry), TEXT_LIMIT)}")
    click.echo("")
    click.echo("settings")
    for words in settings_words(policy.settings):
        click.echo(f"  {line(words, TEXT_LIMIT)}")
    places = (
        *(f"Ignore file {path} is read." for path in policy.ignore_files),
        *(f"VEX is read from {path}." for path in policy.vex),
        *([f"Compared with {policy.baseline}."] if policy.baseline else []),
        *(
            f"Option --{option.name} is {_words(option.value)} ({option.source})."
            for option in loaded.options
        ),
    )
    for words in places:
        click.echo(f"  {line(words, TEXT_LIMIT)}")
    click.echo("")
    click.echo("put together from")
    for source in policy.sources:
        click.echo(f"  {line(source.name)} {source.digest}")


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
