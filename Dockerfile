# cius-pt in an image, made from this tree only:
#
#   docker build -t cius-pt .
#   docker run --rm --read-only --tmpfs /tmp --network none \
#     -v "$PWD:/work:ro" cius-pt check invoices
#
# Rule sets, settings and the cache live in /data: a volume there keeps them
# (-v cius-pt:/data). Secrets come when it runs, never into the image.

FROM python:3.13.9-slim-bookworm AS build
WORKDIR /source
COPY LICENSE README.md pyproject.toml ./
COPY cius_pt ./cius_pt
COPY man ./man
COPY schemas ./schemas
COPY schematron ./schematron
RUN python -m venv /opt/cius-pt \
    && /opt/cius-pt/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.13.9-slim-bookworm
LABEL org.opencontainers.image.title="cius-pt" \
      org.opencontainers.image.description="Build, check and show CIUS-PT invoices" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 cius-pt \
    && useradd --uid 10001 --gid cius-pt --no-create-home --home-dir /data cius-pt \
    && install --directory --owner=cius-pt --group=cius-pt --mode=0700 /data
COPY --from=build /opt/cius-pt /opt/cius-pt
ENV PATH="/opt/cius-pt/bin:$PATH" \
    CIUS_PT_HOME=/data \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME /data
WORKDIR /work
ENTRYPOINT ["cius-pt"]
CMD ["--help"]
