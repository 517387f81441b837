import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const fixture = fileURLToPath(new URL("fixtures/control.mjs", import.meta.url));
const env = { ...process.env, TAPLINE_CONTROL_FD: "3" };

test("both sides write lines, a plugin ignores what it does not know, and `whole` is understood in pieces", async () => {
  const child = spawn(process.execPath, [fixture], { env, stdio: ["ignore", "pipe", "inherit", "pipe"] });
  const control = child.stdio[3] as Duplex;
  const [line] = await once(control, "data");
  expect(JSON.parse(String(line))).toEqual({ type: "hello", inherits: false });
  control.write('{"type":"later","whole":true}\nno message\n{"type":"wh');
  await new Promise((resolve) => setTimeout(resolve, 100));
  control.write('ole"}\n');
  expect(await text(child.stdout as NodeJS.ReadableStream)).toBe("true\n");
});

test("where the runner gives a pipe of one direction, writing to it does no harm", async () => {
  const child = spawn("sh", ["-c", 'printf "whole\\n" | { exec 3<&0; exec "$0" "$1"; }', process.execPath, fixture], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  expect(await text(child.stdout as NodeJS.ReadableStream)).toBe("true\n");
});
