/** The S3 service of the tests, with a client for it and copies of what it holds. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { type Moto, startMoto } from "@tapline/testing/moto";

const environment = fileURLToPath(new URL("../../../.cache/venv/moto", import.meta.url));

export interface ObjectStore extends Moto {
  client: S3Client;
  /** Copies what is below a prefix to a folder, which then has nothing else. */
  mirror(bucket: string, prefix: string, folder: string): Promise<string>;
}

/** `openCalls`: as in `startMoto`. */
export async function startObjectStore(openCalls?: number): Promise<ObjectStore> {
  const moto = await startMoto(environment, openCalls);
  const client = new S3Client({ endpoint: moto.endpoint, forcePathStyle: true, region: "us-east-1" });
  return {
    endpoint: moto.endpoint,
    client,
    async mirror(bucket, prefix, folder) {
      // The last requests of a killed process may still be under way: then it begins again.
      while (!(await copied(client, bucket, `${prefix}/`, folder))) await pause(20);
      return folder;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await moto[Symbol.asyncDispose]();
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
