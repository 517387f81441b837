/** A package that `tapline new` makes: its own tests pass at once, and a project loads from it. */
import { spawn } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readerFolder } from "./pages/reader-folder.ts";
import { root } from "./repository.ts";

test.concurrent.each(["rest", "custom"])("a tap of the kind %s", async (kind) => {
  using reader = readerFolder();
  const run = async (command: string, args: readonly string[], folder = ""): Promise<{ code: number | null; text: string }> => {
    const child = spawn(command, args, { cwd: join(reader.folder, folder), env: { ...reader.env, CI: "true" } });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece) => {
        text += String(piece);
      });
    return await new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
  };
  expect(await run("tapline", ["new", "tap", "shop-orders", "--kind", kind])).toMatchObject({ code: 0 });
  expect(await run("tapline", ["new", "tap", "shop-orders"])).toMatchObject({
    code: 2,
    text: expect.stringContaining("already a tap-shop-orders"),
  });
  // As `npm install` would: the packages are in the folder above, and vitest beside them.
  symlinkSync(join(root, "node_modules/vitest"), join(reader.folder, "node_modules/vitest"));
  const tested = await run(
    process.execPath,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", "--test-timeout", "60000"],
    "tap-shop-orders",
  );
  expect(tested, tested.text).toMatchObject({ code: 0, text: expect.stringContaining("14 passed") });
  expect(await run("npm", ["start", "--silent", "--", "--about"], "tap-shop-orders")).toMatchObject({
    code: 0,
    text: expect.stringContaining("tap-shop-orders"),
  });
});
