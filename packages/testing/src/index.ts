export { authorityCertificate } from "./certificate.ts";
export { type PostgresAddress, type PostgresOptions, type PostgresServer, startPostgres } from "./postgres.ts";
export { type TestDatabase, testDatabase } from "./postgres-database.ts";
