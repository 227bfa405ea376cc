"""Images that an engine keeps: Docker's, Podman's and containerd's."""
