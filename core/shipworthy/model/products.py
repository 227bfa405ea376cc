"""
Software outside package managers: the names it goes by here, in CPE and in CVE records.

A product's own name is that of its package (purl type ``generic``) and of the folder with
its project's CVE records. The CPE names are those of NVD's product dictionary; only products
of this table are filed from NVD, because only they are looked for in images.
"""

from __future__ import annotations

from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product's names."""

    cpes: tuple[str, ...] = ()
    """``vendor:product``, unescaped."""
    titles: frozenset[str] = frozenset()
    """How CVE records call it besides its own name, lower case."""


def _named(*cpes: str, titles: str = "") -> Product:
    parts = (part.strip() for part in titles.split(","))
    return Product(cpes=cpes, titles=frozenset(part for part in parts if part))


_PHP = _named("php:php")
_MYSQL = _named("oracle:mysql", "oracle:mysql_server", titles="mysql server")

PRODUCTS: dict[str, Product] = {
    "arangodb": _named("arangodb:arangodb"),
    "aws-lc": _named("amazon:aws_libcrypto", titles="aws libcrypto"),
    "bash": _named("gnu:bash"),
    "bun": _named("oven-sh:bun", "oven:bun", "bun:bun"),
    "busybox": _named("busybox:busybox"),
    "chrome": _named("google:chrome"),
    "composer": _named("getcomposer:composer"),
    "consul": _named("hashicorp:consul"),
    "curl": _named("haxx:curl", "haxx:libcurl", titles="libcurl"),
    "dart": _named("dart:dart_software_development_kit"),
    "deno": _named("deno:deno", "denoland:deno"),
    "elastic-agent": _named("elastic:elastic_agent", titles="elastic agent"),
    "elixir": _named("elixir-lang:elixir"),
    "envoy": _named("envoyproxy:envoy"),
    "erlang": _named("erlang:erlang/otp", titles="otp, erlang/otp"),
    "ffmpeg": _named("ffmpeg:ffmpeg"),
    "filebeat": _named("elastic:filebeat"),
    "firefox": _named("mozilla:firefox"),
    "fluent-bit": _named("treasuredata:fluent_bit", titles="fluent bit"),
    "gcc": _named("gnu:gcc"),
    "go": _named("golang:go"),
    "grafana": _named("grafana:grafana"),
    "gzip": _named("gnu:gzip"),
    "haproxy": _named("haproxy:haproxy"),
    "haskell/ghc": _named("haskell:ghc"),
    "heimdal-krb5": _named("heimdal_project:heimdal"),
    "helm": _named("helm:helm"),
    "httpd": _named("apache:http_server", titles="apache http server"),
    "istio": _named("istio:istio"),
    "jq": _named("jqlang:jq", "jq_project:jq"),
    "jre": _named("oracle:jre"),
    "julia": _named("julialang:julia"),
    "krb5": _named("mit:kerberos_5"),
    "libphp": _PHP,
    "lighttpd": _named("lighttpd:lighttpd"),
    "mariadb": _named("mariadb:mariadb", titles="mariadb server"),
    "memcached": _named("memcached:memcached"),
    "mongodb": _named("mongodb:mongodb", titles="mongodb server"),
    "mysql": _MYSQL,
    "mysql-cluster": _named("oracle:mysql_cluster", titles="mysql cluster"),
    "mysql-server": _MYSQL,
    "nginx": _named(
        "f5:nginx",
        "nginx:nginx",
        "f5:nginx_open_source",
        titles="nginx open source, nginx oss",
    ),
    "nginx-ingress-controller": _named(
        "kubernetes:ingress-nginx", titles="ingress-nginx"
    ),
    "node": _named("nodejs:node.js", titles="node.js"),
    "openjdk": _named("oracle:openjdk"),
    "openldap": _named("openldap:openldap"),
    "openssh": _named("openbsd:openssh"),
    "openssl": _named("openssl:openssl"),
    "percona-server": _named("percona:percona_server"),
    "percona-xtrabackup": _named("percona:xtrabackup"),
    "percona-xtradb-cluster": _named("percona:xtradb_cluster"),
    "perl": _named("perl:perl"),
    "php": _PHP,
    "php-cli": _PHP,
    "php-fpm": _PHP,
    "pilot-agent": _named("istio:istio", titles="istio"),
    "pilot-discovery": _named("istio:istio", titles="istio"),
    "postgresql": _named("postgresql:postgresql"),
    "proftpd": _named("proftpd:proftpd"),
    "python": _named(
        "python:python", "python_software_foundation:python", titles="cpython"
    ),
    "qtbase": _named("qt:qt", "qt:qtbase"),
    "redis": _named("redis:redis", "redislabs:redis"),
    "ruby": _named("ruby-lang:ruby"),
    "rust": _named("rust-lang:rust"),
    "sqlcipher": _named("zetetic:sqlcipher"),
    "tomcat": _named("apache:tomcat", titles="apache tomcat"),
    "traefik": _named("traefik:traefik"),
    "util-linux": _named("kernel:util-linux"),
    "valkey": _named("lfprojects:valkey"),
    "vault": _named("hashicorp:vault"),
    "wordpress": _named("wordpress:wordpress"),
    "wp-cli": _named("wp-cli:wp-cli"),
    "xz": _named("tukaani:xz", titles="xz utils"),
    "zstd": _named("facebook:zstandard"),
}
"""By the name of the package."""

SAME_AS: dict[str, str] = {
    "apache-tomcat": "tomcat",
    "cpython": "python",
    "libphp": "php",
    "mysql-server": "mysql",
    "node.js": "node",
    "nodejs": "node",
    "php-cli": "php",
    "php-fpm": "php",
    "pilot-agent": "istio",
    "pilot-discovery": "istio",
    "postgres": "postgresql",
    "redis-server": "redis",
}
"""Parts and other spellings of a product, by the name whose project speaks of them."""

CPES: frozenset[str] = frozenset(
    cpe for product in PRODUCTS.values() for cpe in product.cpes
)
"""Every ``vendor:product`` that is filed."""


def project_of(name: str) -> str:
    """The project whose advisories speak of the package ``name``."""
    return SAME_AS.get(name, name)


def is_product(name: str) -> bool:
    """Whether ``name`` is that of a product that advisories are read for."""
    return project_of(name) in PRODUCTS


def cpes_of(name: str) -> tuple[str, ...]:
    """The ``vendor:product`` names of the package ``name``; none where they are not known for sure."""
    product = PRODUCTS.get(name) or PRODUCTS.get(project_of(name))
    return product.cpes if product else ()


def titles_of(name: str) -> frozenset[str]:
    """The names that CVE records may call the project ``name`` by, lower case."""
    product = PRODUCTS.get(name)
    return (product.titles if product else frozenset()) | {name}
