# shipworthy in an image, for agents without Python. How to use and build it: docs/container.md
#
# The base is pinned by its digest; a test refuses one that is not. To renew it:
#   skopeo inspect --format '{{.Digest}}' docker://docker.io/library/python:3.14-slim-trixie
ARG BASE=docker.io/library/python:3.14-slim-trixie@sha256:51dafde81dbdb6ebde285137a295cf18a47ca95234fe388a343719cb97305b3d

# Installs as every other way does: the locked dependencies by hash, and this checkout.
FROM ${BASE} AS build
# A folder of wheels that is mounted to the build, where there is no package index.
ARG WHEELHOUSE=
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY core core
COPY plugins plugins
RUN set -eu; \
    made="$(python3 plugins/bootstrap.py --into /out/opt/shipworthy ${WHEELHOUSE:+--wheelhouse "$WHEELHOUSE"})"; \
    mkdir -p /out/usr/local/bin; \
    ln -s "${made#/out}" /out/usr/local/bin/shipworthy; \
    rm -f /out/opt/shipworthy/.*.lock

# The folder as a whole, so that the link in it stays one.
FROM ${BASE} AS image
COPY --from=build /out /

# What is in the image, told by shipworthy itself.
FROM image AS sbom
RUN --mount=type=bind,from=image,target=/image \
    shipworthy sbom dir:/image -o cyclonedx=/sbom.cdx.json

FROM image
ARG VERSION=0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="shipworthy" \
      org.opencontainers.image.description="Is this image fit to ship? An open container-image scanner for CI/CD pipelines." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY --from=sbom /sbom.cdx.json /usr/share/doc/shipworthy/sbom.cdx.json
# No home to write to: caches go to /tmp, which may be a tmpfs over a read-only root.
ENV HOME=/tmp \
    XDG_CACHE_HOME=/tmp/.cache \
    PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["shipworthy"]
