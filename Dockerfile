# One image for every role; the command decides: web (the default), `python -m numerai.stream_server --host 0.0.0.0`,
# `celery -A numerai worker`, `celery -A numerai beat`.

FROM python:3.12-slim AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

FROM base AS packages
WORKDIR /packages
COPY requirements.txt .
RUN python -m venv /opt/venv \
    && pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary=:all: -r requirements.txt

FROM base
RUN groupadd --system --gid 10001 numerai \
    && useradd --system --uid 10001 --gid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin numerai \
    # A new volume takes its owner from here.
    && install --directory --owner 10001 --group 10001 /var/lib/numerai/media
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
ENV DJANGO_SETTINGS_MODULE=numerai.settings.production \
    MEDIA_DIRECTORY=/var/lib/numerai/media
# Production settings refuse to load without their secrets. These stand-ins live for this one line only.
RUN SECRET_KEY=x JWT_SIGNING_KEYS=x DATA_KEYS=x \
    STRIPE_SECRET_KEY=x STRIPE_WEBHOOK_SECRET=x \
    STRIPE_PRICE_ID_BASIC=x STRIPE_PRICE_ID_PREMIUM=x STRIPE_PRICE_ID_ELITE=x \
    ALLOWED_HOSTS=x CORS_ALLOWED_ORIGINS=x FRONTEND_URL=x API_URL=x DEFAULT_FROM_EMAIL=x \
    DATABASE_URL=postgresql://x/x REDIS_URL=redis://x EMAIL_URL=smtp://x \
    python manage.py collectstatic --no-input \
    && python -m compileall -q .
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn_conf.py", "numerai.wsgi:application"]
