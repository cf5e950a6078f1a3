# Any Node image of 20.19 or newer with Debian's C library will do: libsql's binary is chosen while installing.
# A tag can move. For an image that is the same tomorrow, name its digest: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Packages run no scripts of their own: none of ours needs one, and what a package could do at installation is gone.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY bin ./bin
COPY scripts ./scripts
COPY schema ./schema
COPY src ./src
# What only developers read, and the other C library's binary, are half of the packages.
RUN npm run build \
    && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
    && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) \
        ! -iname 'license*' -delete \
    && rm -rf node_modules/@libsql/*-musl

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Pulsegate" \
      org.opencontainers.image.description="A self-hosted GraphQL gateway over wearable providers" \
      org.opencontainers.image.licenses="MIT"
# Beyond loopback it starts only with credentials for users or apps, or with SANDBOX=1.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    PUBLIC_URL=http://localhost:4000
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/bin ./bin
COPY --from=build /build/dist ./dist
COPY --from=build /build/schema ./schema
COPY LICENSE ./
# The one place that is written to (SQLite, a generated key): everything else may be mounted read-only.
RUN groupadd --system pulsegate \
    && useradd --system --gid pulsegate --no-create-home --home-dir /app pulsegate \
    && mkdir data \
    && chown pulsegate:pulsegate data \
    && ln -s /app/bin/pulsegate.mjs /usr/local/bin/pulsegate
USER pulsegate
VOLUME /app/data
EXPOSE 4000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 4000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
