# One image, three commands: web (the default), worker, beat. See compose.yaml.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
# A key is needed to read the settings and guards nothing here: nothing of it stays in the image.
RUN pybabel --quiet compile --domain django --directory locale \
 && SECRET_KEY=only-while-building STATIC_ROOT=/app/staticfiles STATIC_MANIFEST=1 \
    python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/staticfiles STATIC_MANIFEST=1 VAR_DIR=/var/lib/issuing-desk PORT=8000 WEB_CONCURRENCY=2
RUN useradd --system --uid 10001 --home-dir /var/lib/issuing-desk --create-home desk
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER desk
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=4s --start-period=20s CMD ["python", "config/healthcheck.py"]
# No access log of gunicorn's: the product writes one line per request itself, without the tokens that addresses carry.
CMD ["sh", "-c", "exec gunicorn config.wsgi --bind 0.0.0.0:$PORT --threads 4 --graceful-timeout 20 --no-control-socket"]
