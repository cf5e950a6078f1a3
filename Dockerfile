# Any Node image of 20.19 or newer with Debian's C library will do: libsql's binary is chosen while installing.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY scripts ./scripts
COPY schema ./schema
COPY src ./src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

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
COPY --from=build /build/dist ./dist
COPY LICENSE ./
# The one place that is written to (SQLite, a generated key): everything else may be mounted read-only.
RUN groupadd --system pulsegate \
    && useradd --system --gid pulsegate --no-create-home --home-dir /app pulsegate \
    && mkdir data \
    && chown pulsegate:pulsegate data \
    && ln -s /app/dist/cli/index.js /usr/local/bin/pulsegate \
    && chmod 755 dist/cli/index.js
USER pulsegate
VOLUME /app/data
EXPOSE 4000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 4000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
