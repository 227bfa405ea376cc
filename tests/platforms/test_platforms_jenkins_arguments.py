"""The arguments of scanImage: what each becomes, what is refused, and what hostile ones do (nothing)."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from jenkinsing import LIBRARY, Case, Told, builds, noting, seen
from pipelining import HOSTILE

from shipworthy_ci.command import command


pytestmark = pytest.mark.functional

SCAN = "return scanImage(input)"
LINES = re.compile(r"[\x00-\x1f\u2028]")
"""What an image's name may not hold, for there each line is one."""
EVIL = (
    *HOSTILE,
    "x'; touch owned; '",
    'x"; touch owned; "',
    "${new File('owned').createNewFile()}",
    "$(touch owned)",
    "%PATH%&echo>owned&",
    "-o=owned",
    "--report-dir=owned",
    "$SHIPWORTHY_DB ${JENKINS_URL} $$",
    "a\nSHIPWORTHY_NO_FAIL=1",
    "a\u2028b",
    "a\x00b",
    "*",
    "../../own",
)
NO_ARGUMENT = {"--ci", "--password-stdin"}
"""What the step sets itself, and what a pipeline gives in a variable."""
ALL: dict[str, object] = {
    "allPlatforms": True,
    "allowPartial": True,
    "asff": "123456789012,eu-west-1",
    "at": "2026-08-01",
    "base": "base.tar",
    "baseline": "old.json",
    "baselineFrom": "before",
    "cacheDir": "/cache",
    "cacheFrom": ["registry:a.example/records", "registry:b.example/records"],
    "cacheTo": "registry:a.example/records",
    "comment": True,
    "containerdNamespace": "containerd-namespace",
    "db": ["/one db", "/two"],
    "dbCaFile": "ca.pem",
    "dbInsecure": True,
    "dbKey": "key.pem",
    "dbMaxAge": "7d,fail",
    "dbPlainHttp": "true",
    "dockerfile": "Dockerfile",
    "engine": "engine",
    "failOn": ["high", "unknown"],
    "from": "from",
    "htmlAssets": "external",
    "ignore": ["CVE-2023-4911"],
    "ignoreFile": "my ignores.yaml",
    "max": {"critical": 0, "high": 5},
    "noCache": True,
    "noFail": True,
    "notify": ["slack", "teams"],
    "notifyCaFile": "hooks.pem",
    "notifyLink": "https://ci.example/job/7/",
    "notifyOn": "fail",
    "notifyPlainHttp": True,
    "notifyRequired": True,
    "onlyFixed": True,
    "output": "json=all.json",
    "platform": "linux/arm64",
    "policy": "policy.yaml",
    "quiet": True,
    "registryCaFile": "registry-ca-file.pem",
    "registryCert": "registry-cert.pem",
    "registryInsecure": True,
    "registryKey": "registry-key.pem",
    "registryMirror": ["mirror.example", "b.example/c"],
    "registryPlainHttp": True,
    "registryUsername": "registry-username",
    "registryWholeLayers": True,
    "reportDir": "out/scan",
    "reports": ["+sarif", "spdx"],
    "title": "Shop $& 'x'",
    "vex": ["a.json", "b.json"],
}
SET = {
    "SHIPWORTHY_DB": "/one db\n/two\n",
    "SHIPWORTHY_FAIL_ON": "high,unknown",
    "SHIPWORTHY_IGNORE_FILE": "my ignores.yaml\n",
    "SHIPWORTHY_MAX": "critical=0,high=5",
    "SHIPWORTHY_ONLY_FIXED": "true",
    "SHIPWORTHY_REPORTS": "+sarif,spdx",
    "SHIPWORTHY_TITLE": "Shop $& 'x'",
    "SHIPWORTHY_TARGET": "shop.tar\n",
}
REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "nothing": ({}, "image: name what to scan"),
    "unknown": (
        {"image": "a", "failon": "high"},
        "failon: there is no such argument, did you mean failOn?",
    ),
    "strange": ({"image": "a", "qqqqqqqq": 1}, "qqqqqqqq: there is no such argument"),
    "number": ({"image": 7}, "image: expected a text, got 7"),
    "list": ({"image": ["a"]}, "image: expected a text, got [a]"),
    "mixed": ({"images": ["a", 3]}, "images: expected a text or a list of texts"),
    "flag": (
        {"image": "a", "onlyFixed": "yes"},
        "onlyFixed: expected true or false, got 'yes'",
    ),
    "result": (
        {"image": "a", "onFail": "aborted"},
        "onFail: expected one of failure, unstable, success, got 'aborted'",
    ),
    "above": ({"image": "a", "reportDir": "a/../.."}, "reportDir: expected a folder"),
    "root": ({"image": "a", "reportDir": "/tmp"}, "reportDir: expected a folder"),
    "here": ({"image": "a", "reportDir": "."}, "reportDir: expected a folder"),
    "name": ({"image": "a", "name": "a b"}, "name: expected up to 64 letters"),
    "two": (
        {"image": "a", "tool": "x", "zipapp": "y", "sha256": "0"},
        "tool, zipapp: give one of them",
    ),
    "hash": ({"image": "a", "version": "1.0"}, "sha256: version and zipapp need it"),
    "host": (
        {"image": "a", "registryCredentials": {'x"': "id"}},
        "registryCredentials: expected credentials ids by registry",
    ),
    "long": ({"image": "a", "title": "x" * 100001}, "longer than 100000 characters"),
    "both": ({"image": 1, "policy": 2}, "policy: expected a text, got 2"),
}


def cases(tool: Path) -> list[Case]:
    """The builds of this module."""
    sure: dict[str, object] = {"tool": str(tool)}
    made = [
        Case(
            name="all",
            pipeline=SCAN,
            given={**ALL, **sure, "image": "shop.tar", "name": "shop"},
        ),
        Case(
            name="off",
            pipeline=SCAN,
            given={**sure, "image": "a", "onlyFixed": False, "policy": None},
            environment={"SHIPWORTHY_ONLY_FIXED": "1", "SHIPWORTHY_POLICY": "p.yaml"},
        ),
        Case(
            name="gstring",
            pipeline='String tag = "7"\nreturn scanImage(image: "shop:${tag}", tool: input.tool)',
            given=sure,
        ),
    ]
    made += [
        Case(name=f"refused-{name}", pipeline=SCAN, given={**given, **extra})
        for name, (given, _) in REFUSED.items()
        for extra in [{} if "tool" in given or "version" in given else sure]
    ]
    made += [
        Case(
            name=f"evil-{at}",
            pipeline=SCAN,
            given={**sure, "image": text, "title": text},
        )
        for at, text in enumerate(EVIL)
    ]
    made += [
        Case(
            name=f"evil-title-{at}",
            pipeline=SCAN,
            given={**sure, "image": "a", "title": text},
        )
        for at, text in enumerate(EVIL)
        if LINES.search(text)
    ]
    return made


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """What became of all builds, run in one process."""
    folder = tmp_path_factory.mktemp("jenkins")
    return builds(folder, cases(noting(folder / "noting")))


def test_every_option_of_the_command_line_has_an_argument() -> None:
    """One that is new there must be put into Options.groovy, into scanImage.txt and into the table of the README."""
    text = (LIBRARY / "src/shipworthy/Options.groovy").read_text()
    scan = text[text.index("SCAN = [") : text.index("OWN = [")]
    known = dict(re.findall(r"^\s+(\w+): '([a-z ]+)',$", scan, re.MULTILINE))
    options = {
        _camel(one.opts): one
        for one in command.params
        if isinstance(one, click.Option) and one.opts[0] not in NO_ARGUMENT
    }

    assert set(options) == set(known) == set(ALL)
    for name, option in options.items():
        variable = "SHIPWORTHY_" + re.sub("([A-Z])", r"_\1", name).upper()
        assert variable == option.envvar
        assert option.is_flag == (known[name] == "flag"), name
        assert option.multiple == (known[name] == "lines"), name


def test_every_argument_is_told() -> None:
    """Help and README name each, and no other."""
    text = (LIBRARY / "src/shipworthy/Options.groovy").read_text()
    known = set(re.findall(r"^\s+(\w+): '[a-z ]+',$", text, re.MULTILINE))
    told = (LIBRARY / "vars/scanImage.txt").read_text()
    rows = re.findall(
        r"^\| `(\w+)` \|", (LIBRARY / "README.md").read_text(), re.MULTILINE
    )

    assert known == set(rows)
    assert len(rows) == len(set(rows))
    assert set() == {name for name in known if f"<code>{name}</code>" not in told}


def test_arguments_become_variables(told: dict[str, Told]) -> None:
    """Each option reaches shipworthy, lists a value a line so that blanks may stand in them."""
    got = seen(told["all"])

    assert SET == {name: got[name] for name in SET}
    for name in ALL:
        assert "SHIPWORTHY_" + re.sub("([A-Z])", r"_\1", name).upper() in got
    assert "out/scan" == got["SHIPWORTHY_REPORT_DIR"]
    assert "jenkins" == got["SHIPWORTHY_CI"]


def test_false_beats_the_surroundings_and_null_does_not(told: dict[str, Told]) -> None:
    """What a call switches off is off, what it leaves open is as the administrator set it."""
    got = seen(told["off"])

    assert "SHIPWORTHY_ONLY_FIXED" not in got
    assert "p.yaml" == got["SHIPWORTHY_POLICY"]


def test_an_interpolated_text_is_one(told: dict[str, Told]) -> None:
    """The author of a pipeline may put texts together; no step of ours gets more than the plain result."""
    assert "shop:7\n" == seen(told["gstring"])["SHIPWORTHY_TARGET"]
    assert "shop" == told["gstring"].returned["name"]
    assert not any(step["interpolated"] for step in told["gstring"].steps)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(told: dict[str, Told], name: str) -> None:
    """With all that is wrong by name, before anything is done."""
    one = told[f"refused-{name}"]

    assert one.error.startswith("scanImage: ")
    assert REFUSED[name][1] in one.error
    assert ("error",) == one.names
    assert len(one.error) < 500


@pytest.mark.parametrize("at", range(len(EVIL)))
def test_hostile_arguments_are_texts(told: dict[str, Told], at: int) -> None:
    """They arrive as they are, or are refused; nothing of them runs, in Groovy, in the shell or as an option."""
    text, title = EVIL[at], told[f"evil-{at}"]
    if LINES.search(text):
        assert "image: expected " in title.error
        assert title.error.isprintable()
        title = told[f"evil-title-{at}"]
    else:
        assert f"{text.strip()}\n" == seen(title)["SHIPWORTHY_TARGET"]
    if "\x00" in text:
        assert "title: expected a text without NUL" in title.error
    else:
        assert text == seen(title)["SHIPWORTHY_TITLE"]
        names = {path.name for path in title.workspace.iterdir()}
        assert {"shipworthy-report", "seen.json"} == names
    assert not list(title.workspace.parent.rglob("owned"))


def test_nothing_is_called_that_the_sandbox_stops(told: dict[str, Told]) -> None:
    """Nor for arguments that are wrong."""
    plain = [one for name, one in told.items() if name != "gstring"]

    assert set() == set().union(*(one.forbidden for one in plain))


def _camel(names: list[str]) -> str:
    name = next(one for one in names if one.startswith("--"))[2:]
    return re.sub("-([a-z])", lambda found: found[1].upper(), name)
