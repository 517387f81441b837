/** Targets that list `batch` read the files of BATCH messages: each row as if it had been sent as a record. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { capabilities, encodeMessage, encodeRecord, type Row } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { assertRows } from "../rows.ts";
import { orderProperties, orderRows, orderSchema, orders, state } from "./input.ts";
import { capabilitiesOf, TargetSession, type TargetUnderTest } from "./subject.ts";

export const fileChecks: readonly Check<TargetUnderTest>[] = [
  {
    name: "the files of BATCH messages are read in their turn, as taps of the Singer SDK write them",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      if (!(await capabilitiesOf(session)).includes(capabilities.batch)) return;
      const batch = (first: number, last: number): string => {
        const path = join(folder.path, `orders-${first}.json.gz`);
        writeFileSync(path, gzipSync(linesOf(orderRows(first, last))));
        const encoding = { format: "jsonl", compression: "gzip" };
        return encodeMessage({ type: "BATCH", stream: "orders", encoding, manifest: [pathToFileURL(path).href] });
      };
      const input = orderSchema() + orders(1, 10) + batch(11, 40) + orders(41, 50) + state(50) + batch(51, 60) + state(60);
      await session.load(input, { batch_inputs: [folder.path] });
      assertRows(await session.rows("orders"), orderRows(1, 60), orderProperties);
    },
  },
];

const linesOf = (rows: readonly Row[]): string => rows.map((row) => `${encodeRecord(row)}\n`).join("");
