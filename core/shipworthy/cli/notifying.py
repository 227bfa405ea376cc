"""
``--notify`` and what belongs to it: whom ``scan`` and ``report`` tell of a result, and what happens when they cannot.

A notification that does not arrive is told on stderr, and changes the exit code only where the caller says that it must arrive:
a gate must not close because a chat is down. Everything that can be wrong with an address or a secret is found before the scan.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from shipworthy import __version__
from shipworthy.cli.main import CANNOT, tell
from shipworthy.cli.options import with_options
from shipworthy.cli.several import Several
from shipworthy.errors import UsageError
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.notify.send import Sender

F = TypeVar("F", bound=Callable[..., Any])

WHEN = ("always", "fail", "change")
"""When a result is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifying:
    """What the options say."""

    addresses: tuple[str, ...]
    link: str
    when: str
    ca_file: Path | None
    is_required: bool
    plain_http: bool
    is_filed: bool
    """Whether the addresses are those of a policy file."""

    def prepare(self, ca_file: Path | None = None) -> Notifier:
        """
        Everything that is needed to notify, checked.

        Args:
            ca_file: Authorities to trust where the options name none.

        Raises:
            UsageError: An address, a secret, the link or the file of authorities cannot be used.
        """
        if not self.addresses:
            return Notifier(sender=None, when=self.when, is_required=False)
        from shipworthy.notify.receiver import TOKEN, parse_receivers
        from shipworthy.notify.send import Sender
        from shipworthy.notify.sign import SECRET, keys_of
        from shipworthy.reports.text import link

        token = os.environ.get(TOKEN, "").strip()
        if token and self.is_filed:
            raise UsageError(
                f"{TOKEN} is only for addresses that --notify or SHIPWORTHY_NOTIFY names",
                hint="more people may write the policy file than may have the token",
            )
        if self.link and not link(self.link):
            raise UsageError("--notify-link: expected an address of http or https")
        sender = Sender(
            receivers=parse_receivers(
                self.addresses, token=token, plain_http=self.plain_http
            ),
            keys=keys_of(os.environ.get(SECRET, "")),
            link=self.link,
            ca_file=self.ca_file or ca_file,
            agent=f"shipworthy/{__version__}",
        )
        sender.check()
        return Notifier(sender=sender, when=self.when, is_required=self.is_required)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Ready to tell of a result."""

    sender: Sender | None
    when: str
    is_required: bool

    def notify(self, document: Mapping[str, Any], code: int) -> int:
        """Tell of a result that ends with ``code``; gives the exit code after that."""
        if self.sender is None or not is_due(document, self.when):
            return code
        lost = [one for one in self.sender.send(document) if not one.is_delivered]
        for one in lost:
            tries = f" ({one.tries} tries)" if one.tries > 1 else ""
            tell(f"shipworthy: not notified: {one.place}: {one.reason}{tries}")
        return CANNOT if lost and self.is_required else code


def is_due(document: Mapping[str, Any], when: str) -> bool:
    """
    Whether a result is to be told.

    ``fail``: it does not end with 0. ``change``: a finding is new; also where that cannot be told, because there is no
    earlier result or one of the two scans was partial.
    """
    verdict = document["verdict"]
    if when == "fail":
        return bool(verdict["exitCode"] != 0)
    if when == "change":
        comparison = document["comparison"]
        if (
            comparison is None
            or comparison["partial"]
            or verdict["status"] == "partial"
        ):
            return True
        return any(finding["state"] == "new" for finding in document["findings"])
    return True


def notify_options(command: F) -> F:
    """All options, given to the command as one :class:`Notifying` called ``notifying``."""
    return with_options(gathered(command), _OPTIONS)


def gathered(command: F) -> F:
    """A command that takes ``notifying`` as one that takes the values of the options."""

    @wraps(command)
    def run(*positional: Any, **given: Any) -> Any:
        source = click.get_current_context().get_parameter_source("notify")
        notifying = Notifying(
            addresses=given.pop("notify"),
            link=given.pop("notify_link"),
            when=given.pop("notify_on"),
            ca_file=given.pop("notify_ca_file"),
            is_required=given.pop("notify_required"),
            plain_http=given.pop("notify_plain_http"),
            is_filed=source is click.core.ParameterSource.DEFAULT_MAP,
        )
        return command(*positional, notifying=notifying, **given)

    return cast("F", run)


_OPTIONS = (
    click.option(
        "--notify",
        cls=Several,
        metavar="[FORMAT=]URL",
        envvar="SHIPWORTHY_NOTIFY",
        help="Send the result there: cloudevents (the default), slack or teams. Repeat for several.",
    ),
    click.option(
        "--notify-on",
        type=click.Choice(WHEN),
        default="always",
        envvar="SHIPWORTHY_NOTIFY_ON",
        help="When: always, only on an exit code other than 0, or only with new findings.  [default: always]",
    ),
    click.option(
        "--notify-link",
        default="",
        metavar="URL",
        envvar="SHIPWORTHY_NOTIFY_LINK",
        help="Where the whole report will be, for the message to name.",
    ),
    click.option(
        "--notify-required",
        is_flag=True,
        envvar="SHIPWORTHY_NOTIFY_REQUIRED",
        help="End with 3 where a notification cannot be delivered.",
    ),
    click.option(
        "--notify-plain-http",
        is_flag=True,
        envvar="SHIPWORTHY_NOTIFY_PLAIN_HTTP",
        help="Let notifications leave this machine without encryption.",
    ),
    click.option(
        "--notify-ca-file",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="SHIPWORTHY_NOTIFY_CA_FILE",
        help="Authorities to trust for notifications, PEM.  [default: those of --ca-file]",
    ),
)
