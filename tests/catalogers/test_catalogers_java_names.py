"""What file names of jars tell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.java.names import extends_by_classifier, read_name


@pytest.mark.parametrize(
    ("name", "artifact", "version"),
    [
        ("spring-core-5.3.4-SNAPSHOT.jar", "spring-core", "5.3.4-SNAPSHOT"),
        ("guava-29.0-jre.jar", "guava", "29.0-jre"),
        ("log4j-1.2.17.jar", "log4j", "1.2.17"),
        ("log4j-1.2-api-2.17.1.jar", "log4j-1.2-api", "2.17.1"),
        ("log4j-1.2-1.2.17.jar", "log4j-1.2", "1.2.17"),
        ("jsp-2.1-6.1.14.jar", "jsp-2.1", "6.1.14"),
        (
            "hibernate-jpa-2.1-api-1.0.0.Final.jar",
            "hibernate-jpa-2.1-api",
            "1.0.0.Final",
        ),
        (
            "geronimo-jcache_1.0_spec-1.0-alpha-1.jar",
            "geronimo-jcache_1.0_spec",
            "1.0-alpha-1",
        ),
        ("spark-core_2.12-3.1.2.jar", "spark-core_2.12", "3.1.2"),
        ("spark-tags_2.12-3.1.2-tests.jar", "spark-tags_2.12", "3.1.2"),
        ("iceberg-spark-3.1_2.12-0.13.0.jar", "iceberg-spark-3.1_2.12", "0.13.0"),
        ("netty-epoll-4.1.68.Final-linux-x86_64.jar", "netty-epoll", "4.1.68.Final"),
        ("zstd-jni-1.4.8-1.jar", "zstd-jni", "1.4.8-1"),
        ("automaton-1.11-8.jar", "automaton", "1.11-8"),
        ("javax.inject-1.jar", "javax.inject", "1"),
        ("bcprov-jdk15on-1.68.jar", "bcprov-jdk15on", "1.68"),
        ("a-1.0-20210101.120000-1.jar", "a", "1.0-20210101.120000-1"),
        ("a-1.0.0-beta-2.1.jar", "a", "1.0.0-beta-2.1"),
        ("a-3.0.0.redhat-00001.war", "a", "3.0.0.redhat-00001"),
        ("servlet-api-2.5-20081211.jar", "servlet-api", "2.5-20081211"),
        ("guava-r09.jar", "guava", "r09"),
        ("org.eclipse.core_3.7.0.v2011.jar", "org.eclipse.core", "3.7.0.v2011"),
        ("py4j0.10.9.jar", "py4j", "0.10.9"),
        ("app.jar", "app", ""),
        ("spring-aop-3.x.jar", "spring-aop-3.x", ""),
        ("log4j-1.2-api.jar", "log4j-1.2-api", ""),
        ("app-3f2504e0.jar", "app-3f2504e0", ""),
        ("a/b/lib-2.0.jar", "lib", "2.0"),
        (".jar", "", ""),
        ("1.0.jar", "1.0", ""),
    ],
)
def test_file_names(name: str, artifact: str, version: str) -> None:
    """Artifact and version part where a Maven repository's layout parts them."""
    assert read_name(name) == type(read_name(""))(artifact, version)


@pytest.mark.parametrize(
    ("longer", "version", "expected"),
    [
        ("1.4.0-shaded-protobuf", "1.4.0", True),
        ("1.8.2-hadoop2", "1.8.2", True),
        ("1.0-SNAPSHOT", "1.0", False),
        ("1.0-rc1", "1.0", False),
        ("1.0", "1.0", False),
        ("1.01-x", "1.0", False),
        ("1.0-x", "", False),
    ],
)
def test_classifiers(longer: str, version: str, expected: bool) -> None:
    """Words behind a version extend it by a classifier unless they make it another version."""
    assert extends_by_classifier(longer, version) is expected


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=60) | st.text(alphabet="a1.-_x/", max_size=300))
def test_any_name_is_read(name: str) -> None:
    """No name breaks the rule, and what it gives is part of the name."""
    found = read_name(name)
    assert found.artifact in name
    assert found.version in name
