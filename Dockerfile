# One file for every service: `docker build --build-arg SERVICE=detector .`
# SERVICE is detector, embedder, catalog or models; the image holds that one's dependencies and no other's.
# BASE is any image of Debian or a relative of it that has Python 3.11 or newer.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
ARG SERVICE
WORKDIR /src
RUN python -m venv /opt/albumen
COPY tools/requirements.py tools/
COPY LICENSE README.md constraints.txt pyproject.toml ./
COPY protos protos
COPY albumen_app albumen_app
COPY models models
COPY services services
COPY clients clients
# What is not ours is verified by its hash, which takes pip 26.1; what is ours follows without its dependencies.
RUN PIP="/opt/albumen/bin/python -m pip install --no-cache-dir" \
 && $PIP --upgrade 'pip>=26.1' \
 && python -P tools/requirements.py "${SERVICE}" > requirements.txt \
 && $PIP --no-compile --require-hashes --constraint constraints.txt --requirement requirements.txt \
 && $PIP --no-compile --no-deps ./protos . \
 && { test "${SERVICE}" = models || /opt/albumen/bin/pip uninstall --yes pip; }
# A check of health every few seconds, and the process that decoders are forked from, must not compile what they
# import each time; their first runs, here, keep the bytecode.
RUN test "${SERVICE}" = models \
 || { export PYTHONPYCACHEPREFIX=/opt/albumen/bytecode PYTHON="/opt/albumen/bin/python -P -m albumen_app" \
 && $PYTHON services.common.decoding.decoder_process \
 && { $PYTHON services.common.wire.health_check localhost:1 || test -d /opt/albumen/bytecode/opt; }; }

FROM ${BASE}
ARG SERVICE
# The home itself is the user's too: a pull makes its folder of downloads there.
RUN useradd --uid 10001 --user-group --no-create-home albumen \
 && install -d -o albumen -g albumen /var/lib/albumen /var/lib/albumen/libraries /var/lib/albumen/weights
COPY --from=build /opt/albumen /opt/albumen
ENV PATH=/opt/albumen/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPYCACHEPREFIX=/opt/albumen/bytecode \
    ALBUMEN_HOME=/var/lib/albumen \
    SERVICE=${SERVICE}
USER albumen
CMD ["sh", "-c", "exec python -P -m albumen_app services.${SERVICE}"]
