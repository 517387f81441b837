/** An S3 service for tests: moto, a program from PyPI that keeps objects in memory. It has conditional writes as AWS has. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { freePort } from "@tapline/testing/postgres";
import { pythonProgram } from "@tapline/testing/python";

const environment = fileURLToPath(new URL("../../../.cache/venv/moto", import.meta.url));

export interface Moto extends AsyncDisposable {
  endpoint: string;
  client: S3Client;
  /** Copies what is below a prefix to a folder, which then has nothing else. */
  mirror(bucket: string, prefix: string, folder: string): Promise<string>;
}

/** `openCalls`: after so many calls, it refuses the keys that it does not know, which are all. Default: it takes any. */
export async function startMoto(openCalls?: number): Promise<Moto> {
  const program = pythonProgram(environment, ["moto[server]==5.2.5"], "moto_server");
  const port = await freePort();
  const rules = openCalls === undefined ? {} : { INITIAL_NO_AUTH_ACTION_COUNT: String(openCalls) };
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore", env: { ...process.env, ...rules } });
  const closed = once(server, "close");
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(endpoint)); tries++) {
    if (server.exitCode !== null || tries > 600) throw new Error("moto_server does not answer");
    await pause(100);
  }
  const client = new S3Client({ endpoint, forcePathStyle: true, region: "us-east-1" });
  return {
    endpoint,
    client,
    async mirror(bucket, prefix, folder) {
      // The last requests of a killed process may still be under way: then it begins again.
      while (!(await copied(client, bucket, `${prefix}/`, folder))) await pause(20);
      return folder;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.kill();
      await closed;
    },
  };
}

/** False where an object went away, or the manifest was replaced, before all was copied. */
async function copied(client: S3Client, Bucket: string, Prefix: string, folder: string): Promise<boolean> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = await bytesOf(client, Bucket, `${Prefix}_tapline_manifest.json`);
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
    for (const { Key = "" } of Contents) {
      const bytes = await bytesOf(client, Bucket, Key);
      if (bytes === undefined) return false;
      const path = join(folder, Key.slice(Prefix.length));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
  const now = await bytesOf(client, Bucket, `${Prefix}_tapline_manifest.json`);
  return manifest === undefined ? now === undefined : now !== undefined && Buffer.compare(manifest, now) === 0;
}

async function bytesOf(client: S3Client, Bucket: string, Key: string): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return undefined;
    throw error;
  }
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/moto-api/`).then(
    () => true,
    () => false,
  );
}
