"""What is built or packed into something else is repaired with that."""

from __future__ import annotations

from dataclasses import replace

from remedying import ending, flaw, held, plan

from shipworthy.model.finding import EndOfLife


def test_a_go_program_is_built_again_with_newer_modules_and_toolchain() -> None:
    """One program, three vulnerable modules: one action, whose promise is theirs together."""
    binary = "usr/local/bin/buf"
    findings = [
        flaw("CVE-2024-24790", held("golang", "stdlib", "v1.21.4", binary), "1.21.11"),
        flaw(
            "CVE-2023-45288",
            held("golang", "golang.org/x/net", "v0.18.0", binary),
            "0.23.0",
        ),
        flaw(
            "CVE-2024-24786",
            held("golang", "google.golang.org/protobuf", "v1.31.0", binary),
            "1.33.0",
        ),
    ]
    (action,) = plan(findings)
    assert action.kind == "rebuild"
    assert action.title == (
        "Rebuild buf with Go 1.21.11 and newer golang.org/x/net and"
        " google.golang.org/protobuf"
    )
    assert action.command == (
        "go get golang.org/x/net@v0.23.0 google.golang.org/protobuf@v1.33.0"
        " toolchain@go1.21.11 && go mod tidy"
    )
    assert len(action.closes) == 3


def test_all_versions_of_a_go_module_path_are_one_line() -> None:
    """From v0 to v1 the path is the same, so it is no new major."""
    module = held("golang", "golang.org/x/crypto", "v0.9.0", "bin/app")
    (action,) = plan([flaw("CVE-1", module, "1.0.0")])
    assert "new major" not in action.title


def test_an_ended_toolchain_is_left_for_a_supported_one_in_one_step() -> None:
    """Go 1.20: 1.21.13 would close the flaws and has ended too; the fix in a supported line closes all."""
    end = EndOfLife(
        product="go",
        label="Go",
        cycle="1.20",
        ends="2024-02-06",
        days_left=-1024,
        supported=("1.23", "1.22"),
    )
    stdlib = held("golang", "stdlib", "v1.20.1", "bin/app")
    (action,) = plan(
        [
            flaw("CVE-2024-34156", stdlib, "1.22.7", "1.23.1"),
            flaw("CVE-2024-24790", stdlib, "1.21.11", "1.22.4"),
            ending(stdlib, end),
        ]
    )
    assert action.title == "Rebuild app with Go 1.22.7"
    assert action.command == "go get toolchain@go1.22.7 && go mod tidy"
    assert len(action.closes) == 3
    (action,) = plan([ending(stdlib, end)])
    assert action.command == "go get toolchain@go1.22.0 && go mod tidy"


def test_a_program_that_is_affected_itself_is_upgraded() -> None:
    """The main module is the program; there is no ``go get`` of it."""
    consul = held(
        "golang",
        "github.com/hashicorp/consul",
        "v1.16.0",
        "bin/consul",
        notes=("main-module",),
    )
    (action,) = plan([flaw("CVE-2023-3518", consul, "1.16.1")])
    assert action.title == "Upgrade consul to github.com/hashicorp/consul 1.16.1"
    assert action.command == ""


def test_crates_of_a_program_are_updated_before_it_is_built_again() -> None:
    """cargo-auditable's list of a Rust program."""
    crate = held("cargo", "time", "0.1.44", "usr/local/bin/hello")
    (action,) = plan([flaw("CVE-2020-26235", crate, "0.1.45")])
    assert action.kind == "rebuild"
    assert action.title == "Rebuild hello with newer time"
    assert action.command == "cargo update -p time@0.1.44 --precise 0.1.45"


def test_jars_inside_a_jar_are_repaired_with_the_outermost() -> None:
    """Two libraries in one fat jar: one action that names it, however deep they lie."""
    log4j = held(
        "maven",
        "org.apache.logging.log4j:log4j-core",
        "2.14.1",
        "app/app.war!/WEB-INF/lib/log4j-core-2.14.1.jar",
    )
    text = held(
        "maven",
        "org.apache.commons:commons-text",
        "1.9",
        "app/app.war!/WEB-INF/lib/x.jar!/lib/commons-text-1.9.jar",
    )
    (action,) = plan(
        [
            flaw("CVE-2021-44228", log4j, "2.15.0", score=100),
            flaw("CVE-2021-45105", log4j, "2.17.0", score=50),
            flaw("CVE-2022-42889", text, "1.10.0", score=90),
        ]
    )
    assert action.kind == "rebuild"
    assert action.title == (
        "Rebuild or upgrade app.war with newer"
        " org.apache.logging.log4j:log4j-core and org.apache.commons:commons-text"
    )
    assert "log4j-core 2.17.0 (closes 2)" in action.detail
    assert [one.target for one in action.upgrades] == ["2.17.0", "1.10.0"]


def test_a_shaded_library_is_repaired_with_the_jar_it_was_merged_into() -> None:
    """Guava merged into a jar of another name: there is no guava.jar to replace."""
    guava = held(
        "maven", "com.google.guava:guava", "24.1-jre", "opt/x.jar", notes=("shaded",)
    )
    (action,) = plan([flaw("CVE-2023-2976", guava, "32.0.0-jre")])
    assert action.title == (
        "Rebuild or upgrade x.jar with newer com.google.guava:guava (new majors)"
    )


def test_npm_s_own_modules_are_repaired_by_another_npm() -> None:
    """What lies in npm's own node_modules is nobody's dependency but npm's."""
    root = "usr/local/lib/node_modules/npm/node_modules"
    findings = [
        flaw("CVE-2024-28863", held("npm", "tar", "6.1.15", f"{root}/tar/package.json"), "6.2.1"),
        flaw("CVE-2023-42282", held("npm", "ip", "2.0.0", f"{root}/ip/package.json"), "2.0.1"),
    ]  # fmt: skip
    (action,) = plan(findings)
    assert action.kind == "package"
    assert action.title == "Upgrade npm, which carries ip and tar"
    assert action.command == ""
    assert len(action.closes) == 2


def test_what_pip_carries_is_repaired_by_another_pip() -> None:
    """urllib3 in pip/_vendor."""
    urllib3 = held(
        "pypi",
        "urllib3",
        "1.26.12",
        "usr/local/lib/python3.11/site-packages/pip/_vendor/urllib3-1.26.12.dist-info/METADATA",
    )
    (action,) = plan([flaw("CVE-2023-43804", urllib3, "1.26.17", "2.0.6")])
    assert action.title == "Upgrade pip, which carries urllib3"


def test_software_of_the_base_image_comes_with_a_newer_one() -> None:
    """Node in a base image of Node.js: its maker brings the next."""
    node = replace(
        held("generic", "node", "18.12.0", "usr/local/bin/node"), origin="base"
    )
    (action,) = plan(
        [flaw("CVE-2024-22019", node, "18.19.1", "20.11.1", origin="base")]
    )
    assert (action.kind, action.origin) == ("base", "base")
    assert action.title == "Upgrade node to 18.19.1"
