export { catalogOf } from "./catalog.ts";
export { authorityCertificate } from "./certificate.ts";
export { suiteDatabase, type TestDatabase, testDatabase } from "./database.ts";
export { connectPostgres, type DatabaseAddress, queryPostgres } from "./query.ts";
export { freePort, type PostgresAddress, type PostgresOptions, type PostgresServer, startPostgres } from "./server.ts";
