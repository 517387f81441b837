import { writeFileSync } from "node:fs";
import { startPostgres } from "@tapline/testing/postgres";

const s = await startPostgres();
writeFileSync("/tmp/s2/pg.json", JSON.stringify(s.address));
process.on("SIGTERM", async () => {
  await s.stop();
  process.exit(0);
});
setInterval(() => {}, 1e6);
