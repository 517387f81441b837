/** What a mapper must keep: rows, order, STATEs, counts, errors, signals. */
import assert from "node:assert/strict";
import { type Check, temporaryFolder } from "../check.ts";
import { assertAbout, assertConfigError, events, wrongConfig } from "../events.ts";
import { tail } from "../plugin-process.ts";
import { assertRows } from "../rows.ts";
import { messagesIn, rowsOf, schemasIn, type WireMessage } from "../tap/subject.ts";
import { problemWith, rowProblem } from "../tap/valid.ts";
import { MapperSession, type MapperUnderTest, recordLine, stateLine } from "./subject.ts";

export const mapperChecks: readonly Check<MapperUnderTest>[] = [
  check("makes of each row what it should, value by value, and sends no other", async (session, mapper) => {
    const { messages } = await mapped(session);
    const schemas = schemasIn(messages);
    assert.deepEqual([...schemas.keys()].sort(), Object.keys(mapper.mapped).sort(), "the streams sent are not those that were expected");
    for (const [stream, { schema }] of schemas)
      assertRows(rowsOf(messages, stream), mapper.mapped[stream] ?? [], schema.properties ?? {}, `rows of ${stream}`);
  }),
  check("sends valid messages, and rows that fit the SCHEMA before them and have no other columns", async (session) => {
    const schemas = new Map<string, WireMessage>();
    for (const [i, message] of (await mapped(session)).messages.entries()) {
      const name = `singer-${message.type.toLowerCase().replaceAll("_", "-")}-message` as Parameters<typeof problemWith>[0];
      assert.equal(problemWith(name, message), undefined, `line ${i + 1} is not a valid ${message.type}`);
      if (message.type === "SCHEMA") {
        const columns = Object.keys(message.schema.properties ?? {});
        const missing = (message.key_properties ?? []).filter((key) => !columns.includes(key));
        assert.deepEqual(missing, [], `the SCHEMA in line ${i + 1} has keys that are not columns`);
        schemas.set(message.stream, message);
      }
      if (message.type !== "RECORD") continue;
      const { schema } = schemas.get(message.stream) ?? {};
      assert.ok(schema !== undefined, `line ${i + 1} is a RECORD of ${message.stream}, whose SCHEMA was not sent before`);
      assert.equal(rowProblem(schema)(message.record), undefined, `the RECORD in line ${i + 1} does not fit its SCHEMA`);
      const strange = Object.keys(message.record).filter((name) => !Object.hasOwn(schema.properties ?? {}, name));
      assert.deepEqual(strange, [], `the RECORD in line ${i + 1} has columns its SCHEMA lacks`);
    }
  }),
  check("passes a STATE byte for byte, after the rows before it and before those after it", async (session, mapper) => {
    const streams = Object.keys(mapper.streams);
    const { stdout, messages } = await mapped(session);
    const states = stdout.split("\n").filter((line) => line.includes('"STATE"'));
    assert.deepEqual(
      states.map((line) => `${line}\n`),
      streams.map((_, at) => stateLine(at)),
      "the STATE lines are not those that were sent",
    );
    const order = messages.filter(({ type }) => type === "RECORD" || type === "STATE").map(({ type }) => type);
    assert.equal(order.at(-1), "STATE", "rows come after the STATE that covers them");
  }),
  check("its counts are those of the rows: received is passed and filtered, and passed was sent", async (session, mapper) => {
    const { stderr, messages } = await mapped(session);
    const counts = events(stderr).filter(({ type }) => type === "mapped");
    for (const [stream, { rows }] of Object.entries(mapper.streams)) {
      const own = counts.filter(({ from }) => from === stream);
      assert.equal(own.length, 1, `there is no line {"type":"mapped"} for ${stream} on stderr`);
      const { received, passed, filtered, to } = own[0] as Record<string, unknown>;
      assert.deepEqual([received, Number(passed) + Number(filtered)], [rows.length, rows.length], `the counts of ${stream} do not add up`);
      const sent = typeof to === "string" ? rowsOf(messages, to).length : 0;
      assert.equal(passed, sent, `it says that ${passed} rows of ${stream} passed, and sent ${sent}`);
    }
  }),
  check("an equal SCHEMA again changes nothing", async (session, mapper) => {
    const [stream = ""] = Object.keys(mapper.streams);
    const { rows } = mapper.streams[stream] as MapperUnderTest["streams"][string];
    const once = await session.run(session.schemaLine(stream) + rows.map(recordLine(stream)).join(""));
    const twice = await session.run(rows.map((row) => session.schemaLine(stream) + recordLine(stream)(row)).join(""));
    assert.equal(twice.code, 0, `it ended with ${twice.code}: ${tail(twice.stderr)}`);
    const rowLines = ({ stdout }: { stdout: string }): string[] => stdout.split("\n").filter((line) => line.includes('"RECORD"'));
    assert.deepEqual(rowLines(twice), rowLines(once), "rows after the second SCHEMA differ");
  }),
  check("sends rows while its input is still open", async (session) => {
    await using running = session.start();
    running.write(session.input());
    await running.lines(2);
    running.end();
    assert.equal((await running.ended()).code, 0);
  }),
  ...[
    ["a line that is not a message is an error", "no message\n"],
    ["an input cut in the middle of a line is an error", '{"type":"STATE","val'],
  ].map(([name = "", broken = ""]) =>
    check(name, async (session) => {
      const ended = await session.run(session.input() + broken);
      assert.ok(ended.code !== 0 && ended.code !== null, `it ended with ${ended.code ?? ended.signal}`);
      assert.ok(
        events(ended.stderr).some((event) => event.type === "error" && typeof event.hint === "string"),
        `no line {"type":"error",…} with a hint on stderr: ${tail(ended.stderr)}`,
      );
    }),
  ),
  check("SIGTERM: exits 143 in time, with no half line", async (session) => {
    await using running = session.start();
    running.write(session.input());
    await running.lines(1);
    running.kill("SIGTERM");
    const { code, signal, stdout } = await running.ended();
    assert.equal(code, 143, `it ended with ${code ?? signal}, not 143`);
    messagesIn(stdout);
  }),
  check("--about is complete", async (session) => {
    await using about = session.startWith("--about", "--format", "json");
    assertAbout(await about.ended());
  }),
  check("a bad config is refused with exit code 64 and an error with a hint", async (session, mapper) => {
    await using about = session.startWith("--about", "--format", "json");
    const { settings } = JSON.parse((await about.ended()).stdout);
    const config = wrongConfig(mapper.config, settings.properties);
    assertConfigError(await session.run("", config), config);
  }),
];

async function mapped(session: MapperSession): Promise<{ stdout: string; stderr: string; messages: WireMessage[] }> {
  const { code, signal, stdout, stderr } = await session.run(session.input());
  assert.equal(code, 0, `the mapper ended with ${code ?? signal}: ${tail(stderr)}`);
  return { stdout, stderr, messages: messagesIn(stdout) };
}

function check(name: string, work: (session: MapperSession, mapper: MapperUnderTest) => Promise<void>): Check<MapperUnderTest> {
  return {
    name,
    async run(mapper) {
      using folder = temporaryFolder();
      await work(new MapperSession(mapper, folder.path), mapper);
    },
  };
}
