"""What to do about packages of languages that lie by themselves."""

from __future__ import annotations

import pytest
from remedying import DEBIAN_12, ending, flaw, held, plan

from shipworthy.model.finding import EndOfLife


LODASH = held("npm", "lodash", "4.17.15", "srv/app/node_modules/lodash/package.json")
DJANGO_32 = held(
    "pypi",
    "Django",
    "3.2",
    "opt/venv/lib/python3.11/site-packages/Django-3.2.dist-info/METADATA",
)


def test_one_upgrade_closes_all_that_it_is_behind() -> None:
    """Lodash 4.17.15: fixes in 4.17.19 and 4.17.21, one upgrade to the later."""
    findings = [
        flaw("CVE-2020-8203", LODASH, "4.17.19"),
        flaw("CVE-2021-23337", LODASH, "4.17.21"),
        flaw("CVE-2020-28500", LODASH, "4.17.21"),
    ]
    (action,) = plan(findings)
    assert action.kind == "package"
    assert action.title == "Upgrade lodash to 4.17.21"
    assert len(action.closes) == 3
    assert action.risk == 30.0
    assert action.command == (
        "cd /srv/app && npm pkg set 'dependencies[lodash]=4.17.21'"
        " 'overrides[lodash@4.17.15 - 4.17.21]=$lodash' && npm install"
    )


def test_the_installed_major_comes_first_and_the_next_closes_the_rest() -> None:
    """Tar 4.4.8: 4.4.18 closes three, the fourth is repaired in 6.2.1 alone."""
    tar = held("npm", "tar", "4.4.8", "srv/app/node_modules/tar/package.json")
    findings = [
        flaw("CVE-2021-32803", tar, "4.4.15", "5.0.7", "6.1.2"),
        flaw("CVE-2021-32804", tar, "4.4.14", "5.0.6", "6.1.1"),
        flaw("CVE-2021-37713", tar, "4.4.18", "5.0.10", "6.1.9"),
        flaw("CVE-2024-28863", tar, "6.2.1"),
    ]
    own, new = plan(findings)
    assert own.title == "Upgrade tar to 4.4.18"
    assert len(own.closes) == 3
    assert new.title == "Upgrade tar to 6.2.1 (new major)"
    assert new.closes == ("CVE-2024-28863/npm/tar/4.4.8",)
    assert "It closes the 3 of the upgrade to 4.4.18 too" in new.detail
    assert "The upgrade to 6.2.1 makes it unnecessary." in own.detail


def test_fixes_of_several_lines_are_chosen_by_the_installed_one() -> None:
    """Django 3.2: the fix of its own line, not the lowest or the highest that is listed."""
    findings = [
        flaw("CVE-2024-24680", DJANGO_32, "3.2.24", "4.2.10", "5.0.2"),
        flaw("CVE-2024-27351", DJANGO_32, "3.2.25", "4.2.11", "5.0.3"),
    ]
    (action,) = plan(findings)
    assert action.upgrades[0].target == "3.2.25"
    assert action.command == "/opt/venv/bin/pip install 'Django>=3.2.25,<4'"


def test_a_version_between_two_fixes_closes_only_what_its_own_line_repaired() -> None:
    """5.0.1 comes after 4.2.10 and is not repaired by it: 5.0.3 is the fix of its line."""
    django = held("pypi", "Django", "4.1")
    findings = [
        flaw("CVE-A", django, "5.0.1"),
        flaw("CVE-B", django, "4.2.10", "5.0.3"),
    ]
    own, new = plan(findings)
    assert (own.upgrades[0].target, own.findings) == ("4.2.10", ("CVE-B Django@4.1",))
    assert (new.upgrades[0].target, new.findings) == ("5.0.1", ("CVE-A Django@4.1",))
    assert "is then not needed" not in new.detail


def test_below_one_the_second_number_is_the_major() -> None:
    """Axios 0.21: 0.21.2 is within it, 1.6.0 is not; minimist 0.0.10 to 0.2.4 is a new one."""
    axios = held("npm", "axios", "0.21.0")
    own, new = plan(
        [flaw("CVE-2021-3749", axios, "0.21.2"), flaw("CVE-2023-45857", axios, "1.6.0")]
    )
    assert own.title == "Upgrade axios to 0.21.2"
    assert new.title == "Upgrade axios to 1.6.0 (new major)"
    minimist = held("npm", "minimist", "0.0.10")
    (action,) = plan([flaw("CVE-2021-44906", minimist, "0.2.4", "1.2.6")])
    assert action.title == "Upgrade minimist to 0.2.4 (new major)"


def test_versions_that_begin_with_a_year_have_no_major() -> None:
    """Certifi 2022.12.7 to 2024.7.4 is an upgrade like any other, and has no upper end."""
    certifi = held(
        "pypi", "certifi", "2022.12.7", "usr/lib/python3/dist-packages/certifi/x"
    )
    (action,) = plan([flaw("CVE-2024-39689", certifi, "2024.7.4")])
    assert action.title == "Upgrade certifi to 2024.7.4"
    assert action.command == "pip install 'certifi>=2024.7.4'"


def test_who_leaves_a_line_below_one_is_not_held_in_the_next() -> None:
    """With fastapi 0.109 comes a starlette below 0.36, which has flaws; a later fastapi lets it go."""
    fastapi = held("pypi", "fastapi", "0.92.0", "app/fastapi")
    (new,) = plan([flaw("CVE-2024-24762", fastapi, "0.109.1")])
    assert new.command == "pip install 'fastapi>=0.109.1,<1'"
    werkzeug = held("pypi", "Werkzeug", "0.15.0", "app/werkzeug")
    (own,) = plan([flaw("CVE-2019-14806", werkzeug, "0.15.3")])
    assert own.command == "pip install 'Werkzeug>=0.15.3,<0.16'"


def test_a_release_is_named_where_advisories_name_what_comes_before_it() -> None:
    """ansible-core's fix 2.16.19rc1 is in 2.16.19, and that is what one installs."""
    ansible = held("pypi", "ansible-core", "2.14.1")
    (action,) = plan([flaw("CVE-2026-1", ansible, "2.16.19rc1")])
    assert action.title == "Upgrade ansible-core to 2.16.19"
    assert action.command == "pip install 'ansible-core>=2.16.19,<3'"


def test_nested_copies_are_settled_by_overrides_of_their_own_line() -> None:
    """Debug 4.1.1 below other packages; a debug 2 that others ask for stays as it is."""
    debug = held(
        "npm",
        "debug",
        "4.1.1",
        "srv/app/node_modules/engine.io/node_modules/debug/package.json",
        "srv/app/node_modules/socket.io-client/node_modules/debug/package.json",
    )
    (action,) = plan([flaw("CVE-2017-16137", debug, "4.3.1")])
    assert action.command == (
        "cd /srv/app && npm pkg set 'overrides[debug@4.1.1 - 4.3.1]=4.3.1' && npm install"
    )


def test_a_dependency_that_another_asks_for_exactly_is_overridden_too() -> None:
    """Express 4.16.0 asks for qs 6.5.1: installed beside it alone, the old one comes back below express."""
    qs = held("npm", "qs", "6.5.1", "srv/app/node_modules/qs/package.json")
    (action,) = plan([flaw("CVE-2022-24999", qs, "6.5.3", "6.6.1", "6.10.3")])
    assert action.command == (
        "cd /srv/app && npm pkg set 'dependencies[qs]=6.5.3'"
        " 'overrides[qs@6.5.1 - 6.5.3]=$qs' && npm install"
    )


def test_places_of_one_package_are_one_action_and_bounded() -> None:
    """Twenty copies: three places are told, the rest counted, and the commands are bounded."""
    paths = [f"srv/app{at}/node_modules/ini/package.json" for at in range(20)]
    ini = held("npm", "ini", "1.3.5", *paths)
    (action,) = plan([flaw("CVE-2020-7788", ini, "1.3.6")])
    assert "and 17 more places" in action.detail
    assert action.command.count("dependencies[ini]=1.3.6") == 3


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("opt/venv/lib/python3.11/site-packages/a-1.dist-info/METADATA", "/opt/venv/bin/pip install"),
        ("usr/local/lib/python3.11/site-packages/a-1.dist-info/METADATA", "python3.11 -m pip install"),
        (
            "usr/local/lib/python3.11/dist-packages/a-1.dist-info/METADATA",
            "python3.11 -m pip install --break-system-packages",
        ),
        ("app/libs/a-1.dist-info/METADATA", "pip install"),
    ],
)  # fmt: skip
def test_pip_is_that_of_the_environment_the_package_is_in(
    path: str, command: str
) -> None:
    """A virtual environment's own pip, the interpreter's, and Debian's with its consent."""
    found = flaw("CVE-1", held("pypi", "a", "1.0", path), "1.1")
    (action,) = plan([found], held("deb", "python3.11-minimal", "3.11.2-6"))
    assert action.command == f"{command} 'a>=1.1,<2'"


def test_a_directory_for_another_python_is_filled_as_it_was_and_old_metadata_goes() -> (
    None
):
    """Pip --target leaves the metadata of the version before, and it would still be found."""
    place = "usr/local/lib/python3.8/site-packages"
    bleach = held("pypi", "bleach", "3.1.0", f"{place}/bleach-3.1.0.dist-info/METADATA")
    (action,) = plan(
        [flaw("CVE-2021-23980", bleach, "3.3.0")],
        held("deb", "python3.11-minimal", "3.11.2-6"),
    )
    assert action.command == (
        f"pip install --upgrade --target /{place} --python-version 3.8"
        " --only-binary=:all: --no-deps 'bleach>=3.3.0,<4'"
        f" && rm -rf /{place}/bleach-3.1.0.dist-info"
    )


@pytest.mark.parametrize(
    ("type_", "name", "now", "then", "command"),
    [
        ("gem", "rack", "2.0.1", "2.0.6", "gem install rack -v 2.0.6"),
        ("cargo", "time", "0.1.44", "0.1.45", "cargo update -p time@0.1.44 --precise 0.1.45"),
        (
            "composer",
            "guzzlehttp/guzzle",
            "6.5.0",
            "6.5.8",
            "composer require --with-all-dependencies 'guzzlehttp/guzzle:^6.5.8'",
        ),
        ("nuget", "Newtonsoft.Json", "9.0.1", "13.0.1", "dotnet add package Newtonsoft.Json --version 13.0.1"),
        ("golang", "golang.org/x/net", "v0.17.0", "v0.38.0", "go get golang.org/x/net@v0.38.0 && go mod tidy"),
        (
            "maven",
            "org.apache.logging.log4j:log4j-core",
            "2.14.1",
            "2.17.1",
            ("<dependencyManagement><dependencies><dependency>"
            "<groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId>"
            "<version>2.17.1</version></dependency></dependencies></dependencyManagement>"),
        ),
        ("generic", "node", "18.12.0", "18.20.4", ""),
    ],
)  # fmt: skip
def test_each_ecosystem_has_its_own_command(
    type_: str, name: str, now: str, then: str, command: str
) -> None:
    """What is typed or pasted to get the version; nothing where there is no one way."""
    (action,) = plan([flaw("CVE-1", held(type_, name, now), then)])
    assert action.command == command


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("x$(reboot)", "srv/app/node_modules/x/package.json"),
        ("x", "srv/app\nRUN reboot/node_modules/x/package.json"),
        ("x", "srv/../etc/node_modules/x/package.json"),
        ("-g", "srv/app/node_modules/x/package.json"),
    ],
)
def test_what_is_no_plain_name_or_path_is_pasted_into_no_command(
    name: str, path: str
) -> None:
    """An image that names a package so would speak in the Dockerfile."""
    (action,) = plan([flaw("CVE-1", held("npm", name, "1.0.0", path), "1.0.1")])
    assert action.command == ""


def test_an_ended_line_is_left_for_the_oldest_supported_one_that_closes_most() -> None:
    """Django 3.2 has ended: what 3.2.25 leaves open is closed by the move to 5.2, not by one to 4.2."""
    end = EndOfLife(
        product="django",
        label="Django",
        cycle="3.2",
        ends="2024-04-01",
        days_left=-969,
        supported=("6.1", "6.0", "5.2"),
    )
    findings = [
        flaw("CVE-2024-27351", DJANGO_32, "3.2.25", "4.2.11", "5.0.3"),
        flaw("CVE-2024-45231", DJANGO_32, "4.2.16", "5.0.9", "5.1.1"),
        ending(DJANGO_32, end),
    ]
    move, own = plan(findings)
    assert own.title == "Upgrade Django to 3.2.25"
    assert (move.kind, move.title) == ("release", "Move Django to 5.2")
    assert len(move.closes) == 2
    assert "Support of Django 3.2 ended 2024-04-01." in move.detail
    assert "supports Python 3.11" in move.detail


def test_what_a_package_of_the_distribution_installed_is_for_the_distribution() -> None:
    """Pip of python3-pip: another pip over it is what the package manager knows nothing of."""
    owner = held("deb", "python3-pip", "23.0.1+dfsg-1")
    pip = held("pypi", "pip", "23.0.1", "usr/lib/python3/x", owner=owner.purl)
    (action,) = plan([flaw("CVE-2025-8869", pip, "25.3")], owner, distro=DEBIAN_12)
    assert action.kind == "none"
    assert action.title == "Debian's packages bring 1 finding in 1 package"
    assert "python3-pip installed pip 23.0.1" in action.detail


def test_what_no_version_closes_is_told_once() -> None:
    """No fix in any version is nothing to do, for as many packages as there are."""
    findings = [
        flaw("CVE-2025-45768", held("pypi", "PyJWT", "1.7.1")),
        flaw("CVE-2023-1", held("pypi", "paramiko", "2.4.0")),
    ]
    (action,) = plan(findings)
    assert action.kind == "none"
    assert action.title == "There is no fix yet for 2 findings in 2 packages"


def test_versions_that_cannot_be_compared_are_promised_nothing() -> None:
    """A fix that is no version of the scheme closes nothing that is known."""
    (action,) = plan([flaw("CVE-1", held("pypi", "a", "1.0"), "not a version")])
    assert action.kind == "none"
    assert action.closes == ()
