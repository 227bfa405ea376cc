"""
Writes small OVAL documents as Oracle, SUSE and Microsoft write theirs, for tests of the importers.

Written from the OVAL 5.11 schemas and the publishers' documentation; the facts in the tests
are real, the ids of tests, objects and states are counted up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr


_DEFINITIONS = "http://oval.mitre.org/XMLSchema/oval-definitions-5"
_COMMON = "http://oval.mitre.org/XMLSchema/oval-common-5"


def all_of(*children: str, negate: bool = False) -> str:
    """Criteria that hold together."""
    return _criteria("AND", children, negate)


def any_of(*children: str, negate: bool = False) -> str:
    """Criteria of which one is enough."""
    return _criteria("OR", children, negate)


def _criteria(operator: str, children: Iterable[str], negate: bool) -> str:
    mark = ' negate="true"' if negate else ""
    return f'<criteria operator="{operator}"{mark}>{"".join(children)}</criteria>'


def criterion(test: str, comment: str = "", *, negate: bool = False) -> str:
    """A leaf that refers to a test."""
    mark = ' negate="true"' if negate else ""
    return f"<criterion test_ref={quoteattr(test)} comment={quoteattr(comment)}{mark}/>"


def entity(name: str, operation: str, value: str) -> str:
    """An entity of a state."""
    return f"<{name} operation={quoteattr(operation)}>{escape(value)}</{name}>"


@dataclass
class Oval:
    """A document to be filled."""

    space: str
    """Of its ids: ``com.oracle.elsa``."""
    definitions: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def test(self, name: str, *entities: str, check: str = "at least one") -> str:
        """A test of a package's state; the id to refer to it by."""
        count = len(self.tests) + 1
        test, object_, state = (
            f"oval:{self.space}:{kind}:{count:03}" for kind in ("tst", "obj", "ste")
        )
        refers = f'<linux:object object_ref="{object_}"/>'
        if entities:
            refers += f'<linux:state state_ref="{state}"/>'
            inner = "".join(
                e.replace("</", "</linux:").replace("<", "<linux:", 1) for e in entities
            )
            self.states.append(_item("rpminfo_state", state, inner))
        self.tests.append(
            _item("rpminfo_test", test, refers, f' check="{check}" comment="x"')
        )
        inner = f"<linux:name>{escape(name)}</linux:name>"
        self.objects.append(_item("rpminfo_object", object_, inner))
        return test

    def below(self, name: str, evr: str, arch: str = "") -> str:
        """A criterion on a package fixed in ``evr``."""
        arches = (entity("arch", "pattern match", arch),) if arch else ()
        test = self.test(name, entity("evr", "less than", evr), *arches)
        return criterion(test, f"{name} is earlier than {evr}")

    def module(self, stream: str) -> str:
        """A criterion on a module's stream, as Oracle tests it."""
        test = f"oval:{self.space}:tst:9{len(self.tests):03}"
        inner = '<ind:object object_ref="o"/><ind:state state_ref="s"/>'
        self.tests.append(
            f'<ind:textfilecontent54_test id="{test}" version="641" check="at least one">'
            f"{inner}</ind:textfilecontent54_test>"
        )
        return criterion(test, f"Module {stream} is enabled")

    def definition(self, id_: str, kind: str, metadata: str, criteria: str) -> None:
        """Add a definition."""
        self.definitions.append(
            f'<definition id="oval:{self.space}:def:{id_}" version="1" class="{kind}">'
            f"<metadata>{metadata}</metadata>{criteria}</definition>"
        )

    def xml(self, timestamp: str = "2026-08-20T12:00:00") -> bytes:
        """The document."""
        parts = [
            f'<?xml version="1.0" encoding="UTF-8"?>\n<oval_definitions xmlns="{_DEFINITIONS}"',
            f' xmlns:oval="{_COMMON}" xmlns:linux="{_DEFINITIONS}#linux"',
            f' xmlns:ind="{_DEFINITIONS}#independent">',
            f"<generator><oval:timestamp>{timestamp}</oval:timestamp></generator>",
        ]
        parts += [
            f"<{name}>{''.join(getattr(self, name))}</{name}>"
            for name in ("definitions", "tests", "objects", "states")
        ]
        return "".join([*parts, "</oval_definitions>"]).encode()

    def write(self, path: Path) -> None:
        """The document as a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.xml())


def _item(kind: str, id_: str, inner: str, more: str = "") -> str:
    return f'<linux:{kind} id="{id_}" version="1"{more}>{inner}</linux:{kind}>'


class Oracle(Oval):
    """Oracle's document of all errata."""

    def __init__(self) -> None:
        super().__init__(space="com.oracle.elsa")

    def erratum(
        self,
        id_: str,
        release: str,
        cves: Iterable[str],
        *criteria: str,
        severity: str = "IMPORTANT",
    ) -> None:
        """An erratum for one release, its packages below the machines they are for."""
        installed = criterion(
            self.test(
                "oraclelinux-release", entity("version", "pattern match", f"^{release}")
            ),
            f"Oracle Linux {release} is installed",
        )
        named = list(cves)
        references = "".join(
            f'<reference source="CVE" ref_id="{cve}" ref_url="https://linux.oracle.com/cve/{cve}.html"/>'
            for cve in named
        )
        listed = "".join(
            f'<cve cvss3="7.5/CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H" public="20220315">{cve}</cve>'
            for cve in named
        )
        metadata = (
            f"<title>\n{id_}:  security update ({severity})\n</title>"
            f'<affected family="unix"><platform>Oracle Linux {release}</platform></affected>'
            f"{references}<description>\nFix it\n</description><advisory>"
            f"<severity>{severity}</severity><rights>Copyright Oracle, Inc.</rights>"
            f'<issued date="2022-03-30"/>{listed}</advisory>'
        )
        number = id_.partition("-")[2].replace("-", "")
        self.definition(number, "patch", metadata, all_of(installed, any_of(*criteria)))

    def on(self, machine: str, *packages: str) -> str:
        """Packages for one architecture of machines."""
        test = self.test(
            "oraclelinux-release", entity("arch", "pattern match", machine)
        )
        return all_of(
            criterion(test, f"Oracle Linux arch is {machine}"), any_of(*packages)
        )


class Suse(Oval):
    """One of SUSE's documents of CVEs."""

    def __init__(self) -> None:
        super().__init__(space="org.opensuse.security")

    def product(self, name: str, release: str, version: str) -> str:
        """A criterion on a product, tested by its release package."""
        test = self.test(f"{release}-release", entity("version", "equals", version))
        return criterion(test, f"{name} is installed")

    def unaffected(self, name: str) -> str:
        """A criterion on a package that is not affected."""
        test = self.test(name, entity("version", "equals", "0"))
        return criterion(test, f"{name} is not affected")

    def unfixed(self, name: str) -> str:
        """A criterion on a package that is affected and has no fix."""
        test = self.test(name, entity("evr", "greater than", "0:0-0"))
        return criterion(test, f"{name} is affected")

    def cve(
        self,
        id_: str,
        criteria: str,
        *,
        updates: Iterable[str] = (),
        severity: str = "Important",
        updated: str = "2024-05-01",
    ) -> None:
        """What SUSE says of a CVE."""
        references = "".join(
            f'<reference ref_id="{one}" ref_url="https://lists.suse.com/x.html" source="SUSE-SU"/>'
            for one in updates
        )
        metadata = (
            f'<title>{id_}</title><affected family="unix"><platform>x</platform></affected>'
            f'<reference ref_id="Mitre {id_}" ref_url="https://cve.mitre.org/{id_}" source="CVE"/>'
            f'<reference ref_id="SUSE {id_}" ref_url="https://www.suse.com/security/cve/{id_}" source="SUSE CVE"/>'
            f"{references}<description>\n    What it is.\n    </description>"
            f'<advisory from="security@suse.de"><issued date="2022-02-01"/><updated date="{updated}"/>'
            f"<severity>{severity}</severity>"
            f'<cve impact="important" cvss3="7/CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H"'
            f' href="https://www.suse.com/security/cve/{id_}/">{id_} at SUSE</cve></advisory>'
        )
        self.definition(id_[4:].replace("-", ""), "vulnerability", metadata, criteria)


class Azure(Oval):
    """Microsoft's document of one release."""

    def __init__(self) -> None:
        super().__init__(space="com.microsoft.cbl-mariner")

    def says(
        self,
        cve: str,
        package: str,
        *bounds: tuple[str, str],
        patchable: str = "true",
        severity: str = "High",
    ) -> None:
        """What Microsoft says of one CVE of one source package."""
        leaves = [
            criterion(self.test(package, entity("evr", operation, evr)), "x")
            for operation, evr in bounds
        ]
        metadata = (
            f"<title>{cve} affecting package {package}</title>"
            '<affected family="unix"><platform>CBL-Mariner</platform></affected>'
            f'<reference ref_id="{cve}" ref_url="https://nvd.nist.gov/vuln/detail/{cve}" source="CVE"/>'
            f"<patchable>{patchable}</patchable><advisory_date>2023-05-03T16:24:32Z</advisory_date>"
            f"<advisory_id>1-1</advisory_id><severity>{severity}</severity>"
            f"<description>{cve} affecting package {package}.</description>"
        )
        number = str(len(self.definitions) + 1)
        self.definition(number, "vulnerability", metadata, all_of(*leaves))
