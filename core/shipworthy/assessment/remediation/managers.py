"""
The command that upgrades packages of a distribution, by the package manager that the image has.

- apt-get(8): ``install --only-upgrade NAME[=VERSION]``.
- apk-add(8): ``add 'NAME>=VERSION'``.
- dnf(8), microdnf(8), yum(8): ``upgrade NAME-[EPOCH:]VERSION-RELEASE``.
- zypper(8): ``install 'NAME>=VERSION'``; tdnf: ``update NAME``.
- pacman(8): partial upgrades are unsupported, so everything is upgraded.

Names and versions come from the image and are pasted into a build: one that is not plain text
of a package manager gives no command at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from shipworthy.values import dataclass


Wanted = tuple[str, str]
"""A package, and the version that it must have at least; empty where that is not known for this package."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+:~^-]{0,199}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """One package manager."""

    name: str
    program: str
    """The package that it is installed by."""
    spell: Callable[[Sequence[Wanted]], str]

    def command(self, wanted: Sequence[Wanted]) -> str:
        """What upgrades ``wanted``; empty where there is nothing or a name is no package's."""
        if not wanted or not all(map(_is_plain, wanted)):
            return ""
        return self.spell(wanted)


def manager_of(kind: str, names: AbstractSet[str]) -> Manager | None:
    """The manager of packages of one type, told by the installed ``names``; ``None`` where there is none."""
    return next((one for one in _BY_TYPE.get(kind, ()) if one.program in names), None)


def _is_plain(wanted: Wanted) -> bool:
    name, version = wanted
    return bool(_PLAIN.fullmatch(name)) and (
        not version or bool(_PLAIN.fullmatch(version))
    )


def _joined(wanted: Sequence[Wanted], sign: str, quote: str = "") -> str:
    return " ".join(
        f"{quote}{name}{sign}{version}{quote}" if version else name
        for name, version in wanted
    )


def _names(wanted: Sequence[Wanted]) -> str:
    return " ".join(name for name, _ in wanted)


def _apt(wanted: Sequence[Wanted]) -> str:
    return (
        f"apt-get update && apt-get install -y --only-upgrade {_joined(wanted, '=')}"
        " && rm -rf /var/lib/apt/lists/*"
    )


def _apk(wanted: Sequence[Wanted]) -> str:
    quoted = _joined(wanted, ">=", quote="'")
    return f"apk add --no-cache {quoted}"


def _dnf(program: str, verb: str = "upgrade") -> Callable[[Sequence[Wanted]], str]:
    def spell(wanted: Sequence[Wanted]) -> str:
        return f"{program} {verb} -y {_joined(wanted, '-')} && {program} clean all"

    return spell


def _zypper(wanted: Sequence[Wanted]) -> str:
    quoted = _joined(wanted, ">=", quote="'")
    return f"zypper --non-interactive install {quoted} && zypper clean --all"


def _tdnf(wanted: Sequence[Wanted]) -> str:
    return f"tdnf update -y {_names(wanted)} && tdnf clean all"


def _pacman(wanted: Sequence[Wanted]) -> str:  # noqa: ARG001 -- the seam's signature
    return "pacman -Syu --noconfirm"


_BY_TYPE: dict[str, tuple[Manager, ...]] = {
    "deb": (Manager(name="apt-get", program="apt", spell=_apt),),
    "apk": (Manager(name="apk", program="apk-tools", spell=_apk),),
    "alpm": (Manager(name="pacman", program="pacman", spell=_pacman),),
    "rpm": (
        Manager(name="tdnf", program="tdnf", spell=_tdnf),
        Manager(name="zypper", program="zypper", spell=_zypper),
        Manager(name="dnf", program="dnf", spell=_dnf("dnf")),
        Manager(name="dnf", program="dnf5", spell=_dnf("dnf")),
        Manager(name="microdnf", program="microdnf", spell=_dnf("microdnf")),
        Manager(name="yum", program="yum", spell=_dnf("yum", "update")),
    ),
}
