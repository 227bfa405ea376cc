"""Lines of the Dockerfile: what is read of it, and which layer each instruction made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remedying import flaw, held, image, plan

from shipworthy.assessment.remediation.dockerfile import (
    MAX_TEXT,
    instructions_of,
    steps_of_stage,
)
from shipworthy.assessment.remediation.steps import lines_of
from shipworthy.model.image import HistoryEntry, ImageConfig, ImageInfo


DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG BASE=bookworm
FROM golang:1.22 AS build
RUN go build -o /app ./...

FROM debian:${BASE}
LABEL maintainer="payments"
RUN apt-get update \\
    # what the app needs
    && apt-get install -y --no-install-recommends \\

        openssl \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv
COPY --from=build --chown=app /app /srv/app
USER app
CMD ["/srv/app"]
"""

BUILDKIT = (
    ("RUN debuerreotype # buildkit", False),
    ('CMD ["bash"]', True),
    ("LABEL maintainer=payments", True),
    (
        (
            "RUN /bin/sh -c apt-get update     && apt-get install -y --no-install-recommends"
            "         openssl     && rm -rf /var/lib/apt/lists/* # buildkit"
        ),
        False,
    ),
    ("WORKDIR /srv", False),
    ("COPY --chown=app /app /srv/app # buildkit", False),
    ("USER app", True),
    ('CMD ["/srv/app"]', True),
)


def _image(*steps: tuple[str, bool]) -> ImageInfo:
    made = image(*(text for text, empty in steps if not empty))
    history = tuple(
        HistoryEntry(created_by=text, empty_layer=empty) for text, empty in steps
    )
    return replace(made, config=ImageConfig(history=history))


def test_instructions_have_their_first_lines() -> None:
    """Continuations, comments and empty lines between them belong to the instruction."""
    found = [(one.line, one.keyword) for one in instructions_of(DOCKERFILE)]
    assert found == [
        (2, "ARG"),
        (3, "FROM"),
        (4, "RUN"),
        (6, "FROM"),
        (7, "LABEL"),
        (8, "RUN"),
        (14, "WORKDIR"),
        (15, "COPY"),
        (16, "USER"),
        (17, "CMD"),
    ]


def test_the_body_of_a_here_document_is_no_instruction() -> None:
    """Of two here-documents, one with tabs stripped, nothing is taken for an instruction."""
    text = (
        "FROM alpine\nRUN <<EOF\nUSER nobody\nEOF\n"
        'COPY <<-"A" <<B /etc/\n\tRUN x\n\tA\nCMD y\nB\nRUN cat <<< "FROM"\n'
    )
    assert [(one.line, one.keyword) for one in instructions_of(text)] == [
        (1, "FROM"),
        (2, "RUN"),
        (5, "COPY"),
        (10, "RUN"),
    ]


def test_the_escape_character_is_that_of_the_directive() -> None:
    """Windows paths end in backslashes; the directive must stand before all else."""
    text = "# escape=`\nFROM windows\nRUN dir C:\\\nRUN a `\n  b\n"
    assert [(one.line, one.arguments) for one in instructions_of(text)] == [
        (2, "windows"),
        (3, "dir C:\\"),
        (4, "a b"),
    ]
    late = "FROM x\n# escape=`\nRUN a `\nRUN b\n"
    assert [one.line for one in instructions_of(late)] == [1, 3, 4]


def test_a_stage_is_followed_to_those_that_it_stands_on() -> None:
    """The last stage by default, another by name or number, and a base stage's steps first."""
    text = "FROM a AS one\nRUN 1\nFROM one AS two\nRUN 2\nFROM b\nRUN 3\n"
    read = instructions_of(text)
    assert [one.line for one in steps_of_stage(read)] == [6]
    assert [one.line for one in steps_of_stage(read, "Two")] == [2, 4]
    assert [one.line for one in steps_of_stage(read, "0")] == [2]
    assert steps_of_stage(read, "three") == ()


def test_layers_of_buildkit_have_the_lines_that_made_them() -> None:
    """The base image's layers have none, and flags of COPY do not matter."""
    assert lines_of(DOCKERFILE, _image(*BUILDKIT)) == {1: 8, 2: 14, 3: 15}


def test_layers_of_the_classic_builder_have_them_too() -> None:
    """What is copied is a digest there, so the destination tells."""
    history = (
        ("/bin/sh -c #(nop) ADD file:" + "a" * 64 + " in / ", False),
        ('/bin/sh -c #(nop)  CMD ["bash"]', True),
        ("/bin/sh -c apt-get update && apt-get install -y curl", False),
        ("/bin/sh -c #(nop) COPY file:" + "b" * 64 + " in /srv/app ", False),
        ("/bin/sh -c #(nop)  USER app", True),
    )
    text = (
        "FROM debian\nRUN apt-get update && apt-get install -y curl\n"
        "COPY app /srv/app\nUSER app\n"
    )
    assert lines_of(text, _image(*history)) == {1: 2, 2: 3}


def test_build_arguments_and_another_shell_stand_before_the_command() -> None:
    """``|1 NAME=VALUE`` and what SHELL set are not the instruction's."""
    history = (
        ("RUN |1 VERSION=1.2 /bin/sh -c curl -O x-$VERSION # buildkit", False),
        ("RUN /bin/bash -o pipefail -c a | b # buildkit", False),
    )
    text = (
        'FROM x\nARG VERSION\nRUN curl -O x-$VERSION\nSHELL ["/bin/bash"]\nRUN a | b\n'
    )
    assert lines_of(text, _image(*history)) == {0: 3, 1: 5}


@pytest.mark.parametrize(
    "text",
    [
        "FROM x\nRUN make other\n",
        "FROM x\nCOPY a /b\n",
        "FROM x\nRUN <<EOF\nmake all\nEOF\n",
        'FROM x\nRUN ["make", "all"]\n',
        "FROM x\nRUN all\n",
        "FROM x\n",
        "RUN make all\n",
        "",
    ],
)
def test_what_is_not_sure_gets_no_line(text: str) -> None:
    """Another command, another kind, a body that is not compared, the end of a longer command."""
    history = (("RUN /bin/sh -c make all # buildkit", False),)
    assert lines_of(text, _image(*history)) == {}


def test_a_variable_costs_its_own_line_and_no_other() -> None:
    """What the history shows expanded is passed over; the lines before it are still sure."""
    history = (
        ("RUN /bin/sh -c make all # buildkit", False),
        ("COPY /app/1.2 /srv # buildkit", False),
        ("RUN /bin/sh -c make clean # buildkit", False),
    )
    text = "FROM x\nRUN make all\nCOPY /app/$V /srv\nRUN make clean\n"
    assert lines_of(text, _image(*history)) == {0: 2, 2: 4}


def test_a_history_that_does_not_fit_the_layers_tells_nothing() -> None:
    """Squashed, or written by something that keeps no history."""
    made = _image(("RUN /bin/sh -c make all # buildkit", False))
    assert lines_of("FROM x\nRUN make all\n", replace(made, layers=())) == {}


def test_the_plan_names_the_line() -> None:
    """``apt-get install openssl=…`` in the layer of line 8."""
    openssl = held("deb", "openssl", "3.0.20-1~deb12u2", layer=1)
    (action,) = plan(
        [flaw("CVE-2026-1", openssl, "3.0.22-1~deb12u2", layer=1)],
        held("deb", "apt", "2.6.2"),
        of=_image(*BUILDKIT),
        dockerfile=DOCKERFILE,
    )
    assert action.line == 8
    assert "layer 1 (line 8, RUN /bin/sh -c apt-get update" in action.detail


def test_a_text_longer_than_any_dockerfile_is_not_read() -> None:
    """No line is better than minutes of work for one."""
    assert instructions_of("RUN x\n" * MAX_TEXT) == ()
    assert instructions_of("\n" * 30_000) == ()


@pytest.mark.property
@settings(deadline=None)
@given(st.text(max_size=400) | st.lists(st.sampled_from(
    ["FROM a AS b", "FROM 0", "RUN <<EOF", "EOF", "# escape=`", "\\", "RUN a \\", "COPY <<A <<B c", ""]
)).map("\n".join))  # fmt: skip
def test_any_text_is_read_without_an_error(text: str) -> None:
    """What is no Dockerfile gives lines within it or nothing."""
    count = max(1, len(text.splitlines()))
    assert all(1 <= one.line <= count for one in instructions_of(text))
    lines_of(text, _image(*BUILDKIT), target="0")
