export { findMariadb, type MariadbBinaries, NoMariadb } from "./binaries.ts";
export { describeMariadb, type MariadbDatabase, suiteMariadb, suiteMariadbServer } from "./database.ts";
export { connectMariadb, queryMariadb } from "./query.ts";
export { type MariadbAddress, type MariadbOptions, type MariadbServer, startMariadb } from "./server.ts";
