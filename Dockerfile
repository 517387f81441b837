# tapline with the plugins of this repository, installed as users install them.
#   docker build --tag tapline .
#   docker run --init --rm --user "$(id -u):$(id -g)" --volume "$PWD:/project" tapline run items
# dbt and plugins from Python need Python in an image made from this one: apt-get install python3 python3-venv

FROM node:24-slim AS packages
WORKDIR /source
COPY . .
RUN npm ci && npm run pack /packages

FROM node:24-slim
COPY --from=packages /packages /packages
WORKDIR /opt/tapline
RUN npm install /packages/*.tgz && npm cache clean --force && rm -r /packages
ENV PATH=/opt/tapline/node_modules/.bin:$PATH
WORKDIR /project
RUN chown node:node /project
USER node
ENTRYPOINT ["tapline"]
CMD ["--help"]
