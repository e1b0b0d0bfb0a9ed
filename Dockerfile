# One image for every process of the line; which of them runs is the command (see the Procfile and compose.yaml).
ARG PYTHON=3.13.9-slim-trixie

FROM python:${PYTHON} AS packages
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt \
    && /venv/bin/pip uninstall --yes pip

FROM python:${PYTHON}
# pg_dump and pg_restore, for `python -m bot backup` and `restore` on PostgreSQL.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin puente \
    && install --directory --owner=puente --group=puente --mode=700 /var/lib/puente
COPY --from=packages /venv /venv
WORKDIR /app
COPY LICENSE ./
COPY bot/ bot/
COPY flows/ flows/
COPY locales/ locales/
COPY workers/ workers/
# Compiled now, for the root file system may be read-only later: only DATA_DIR is written.
RUN /venv/bin/python -m compileall -q bot workers

ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 \
    PUENTE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/var/lib/puente
USER puente
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as ask; ask.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
CMD ["python", "-m", "bot.web.serve"]
