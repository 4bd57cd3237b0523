# syntax=docker/dockerfile:1

# The packages in a stage of their own: npm and its cache stay behind. What is optional is Paperboy's own Node and its embedded
# Postgres, and this image has the one and is given another by DATABASE_URL.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional

FROM node:24-slim
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY samples samples
COPY templates templates
COPY locales locales
COPY src src
ENV HOST=0.0.0.0 PORT=3000
USER node
EXPOSE 3000
ENTRYPOINT ["node", "src/paperboy.js"]
# The site, the worker and the scheduler in one process; or name one of the roles: api, worker, scheduler.
CMD ["start"]
