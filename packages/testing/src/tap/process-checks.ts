/** A tap as a program: it continues from any of its STATEs, stops at a signal, describes itself, refuses a bad config. */
import assert from "node:assert/strict";
import { type CatalogStream, metadataAt, type Row } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { assertAbout, assertConfigError, wrongConfig } from "../events.ts";
import { messagesIn, rowsOf, schemasIn, TapSession, type TapUnderTest } from "./subject.ts";

export const processChecks: readonly Check<TapUnderTest>[] = [
  {
    name: "ends with a STATE, and from each STATE a later run sends all that was not sent before it",
    async run(tap) {
      using folder = temporaryFolder();
      const session = new TapSession(tap, folder.path);
      const catalog = await session.discover();
      const { messages } = await session.read({ catalog });
      assert.equal(messages.at(-1)?.type, "STATE", "its last message is not a STATE");
      for (const at of someOf(messages.flatMap(({ type }, i) => (type === "STATE" ? [i] : [])))) {
        const { messages: later } = await session.read({ catalog, state: messages[at]?.value });
        for (const stream of schemasIn(messages).keys()) {
          const got = new Set([...rowsOf(messages.slice(0, at), stream), ...rowsOf(later, stream)].map(text));
          const lost = rowsOf(messages, stream).filter((row) => !got.has(text(row)));
          assert.equal(
            lost.length,
            0,
            `${lost.length} rows of ${stream} are neither before the STATE in line ${at + 1} nor in the run from it`,
          );
        }
      }
    },
  },
  {
    name: "an incremental stream's next run sends no row before its bookmark",
    async run(tap) {
      using folder = temporaryFolder();
      const session = new TapSession(tap, folder.path);
      const catalog = await session.discover();
      const { messages } = await session.read({ catalog });
      const last = messages.findLast(({ type }) => type === "STATE")?.value;
      const { messages: later } = await session.read({ catalog, state: last });
      for (const entry of catalog.streams) {
        const [stream, key] = [entry.stream ?? entry.tap_stream_id, incrementalBy(entry)];
        if (key === undefined) continue;
        const known = new Set(rowsOf(messages, stream).map(text));
        const strange = rowsOf(later, stream).filter((row) => !known.has(text(row)));
        assert.equal(strange.length, 0, `the run from the last STATE sends ${strange.length} rows of ${stream} the whole run did not`);
        const values = new Set(rowsOf(later, stream).map((row) => JSON.stringify(row[key])));
        assert.ok(
          values.size <= 1,
          `the run from the last STATE sends ${rowsOf(later, stream).length} rows of ${stream} with ${values.size} values of ${key}, not just those at the bookmark`,
        );
      }
    },
  },
  {
    name: "SIGTERM: exits 143 in time, with no half line",
    async run(tap) {
      using folder = temporaryFolder();
      await using running = new TapSession(tap, folder.path).start({ config: tap.longConfig });
      running.end();
      await running.lines(1);
      // While its output is not read it can't finish: the rest does not fit into a pipe.
      running.pause();
      running.kill("SIGTERM");
      running.resume();
      const { code, signal, stdout } = await running.ended();
      assert.notEqual(code, 0, "the tap ended with 0 in spite of SIGTERM (or longConfig has too few rows to stop it in time)");
      assert.equal(code, 143, `the tap ended with ${code ?? signal}, not 143`);
      messagesIn(stdout);
    },
  },
  {
    name: "--about is complete",
    async run(tap) {
      using folder = temporaryFolder();
      assertAbout(await new TapSession(tap, folder.path).run({}, "--about", "--format", "json"));
    },
  },
  {
    name: "a bad config is refused with exit code 64 and an error with a hint",
    async run(tap) {
      using folder = temporaryFolder();
      const session = new TapSession(tap, folder.path);
      const { settings } = JSON.parse((await session.run({}, "--about", "--format", "json")).stdout);
      const config = wrongConfig(tap.config, settings.properties);
      assertConfigError(await session.run({ config }), config);
    },
  },
];

const text = (row: Row): string => JSON.stringify(row);

/** The first, the middle and the last line: each costs a run. */
function someOf(lines: readonly number[]): number[] {
  return [...new Set([lines[0], lines[lines.length >> 1], lines.at(-1)])].filter((line) => line !== undefined);
}

function incrementalBy(entry: CatalogStream): string | undefined {
  const root = metadataAt({ metadata: entry.metadata ?? [] }, []);
  const method = entry.replication_method ?? root["forced-replication-method"] ?? root["replication-method"];
  const key = entry.replication_key ?? root["replication-key"];
  return method === "INCREMENTAL" && typeof key === "string" ? key : undefined;
}
