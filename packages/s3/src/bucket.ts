/** One prefix of a bucket: the few calls of AWS's client that are made here, whose errors say the cause and the remedy. */
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { errors } from "./errors.ts";
import { explainS3, type S3Error } from "./explain-s3.ts";
import { type S3Location, s3Location } from "./location.ts";
import { type ServiceClock, watchClock } from "./service-clock.ts";

/** Parts on their way at once, and their bytes: what an upload takes of memory. */
const parts = 3;
const partBytes = 8 << 20;
/** S3 takes no more parts. */
const mostParts = 10_000;
/** S3 deletes no more at once. */
const mostDeletes = 1000;

/** An object's text and its tag, which a conditional replacement names. */
export interface StoredText {
  text: string;
  tag: string;
}

export interface OpenUpload {
  name: string;
  id: string;
}

// Not named Bucket: the compiler of TypeScript 7 then renames properties of that name.
export class S3Bucket {
  readonly location: string;
  readonly #place: S3Location;
  readonly #service: string;
  readonly #client: S3Client;
  readonly #clock: ServiceClock;

  constructor(location: string, place: S3Location, client: S3Client, service: string) {
    this.location = location;
    this.#place = place;
    this.#client = client;
    this.#service = service;
    this.#clock = watchClock(client);
  }

  /** Null where there is no such object. */
  read(name: string): Promise<StoredText | null> {
    return this.#calling("reading", async () => {
      const found = await this.#get(name);
      return found && { text: (await found.Body?.transformToString()) ?? "", tag: this.#tagOf(found.ETag) };
    });
  }

  /** Writes the object where it still has the tag; null: where there is none. @returns the new tag, or undefined where it has another one */
  replace(name: string, text: string, tag: string | null): Promise<string | undefined> {
    const condition = tag === null ? { IfNoneMatch: "*" } : { IfMatch: tag };
    return this.#calling("writing", async () => {
      try {
        const put = { ...this.#key(name), Body: text, ContentType: "application/json", ...condition };
        return this.#tagOf((await this.#client.send(new PutObjectCommand(put))).ETag);
      } catch (error) {
        if (!isConflict(error as S3Error)) throw error;
        return undefined;
      }
    });
  }

  /** In parts; the object is there as a whole or not at all. */
  upload(path: string, name: string): Promise<void> {
    return this.#calling("writing", async () => {
      const { size } = await stat(path);
      const partSize = Math.max(partBytes, Math.ceil(size / mostParts));
      const body = createReadStream(path, { highWaterMark: 1 << 20 });
      const params = { ...this.#key(name), Body: body, ContentType: "application/vnd.apache.parquet" };
      try {
        await new Upload({ client: this.#client, params, queueSize: parts, partSize }).done();
      } finally {
        body.destroy();
      }
    });
  }

  /** Where there is no such object, there is no file then. */
  download(name: string, path: string): Promise<void> {
    return this.#calling("reading", async () => {
      const found = await this.#get(name);
      if (found !== null) await pipeline(found.Body as Readable, createWriteStream(path, { flags: "wx" }));
    });
  }

  /** The names of all objects, or of those that begin with `start`, by their bytes. */
  list(start = ""): Promise<string[]> {
    return this.#calling("listing", async () => {
      const { bucket: Bucket, prefix } = this.#place;
      const names: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#client }, { Bucket, Prefix: `${prefix}${start}` }))
        for (const { Key = "" } of Contents) names.push(Key.slice(prefix.length));
      return names;
    });
  }

  /** Whether objects can be listed. */
  async tryList(): Promise<void> {
    const { bucket: Bucket, prefix: Prefix } = this.#place;
    await this.#calling("listing", () => this.#client.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 })));
  }

  async remove(names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length; from += mostDeletes)
      await this.#calling("deleting", async () => {
        const Objects = names.slice(from, from + mostDeletes).map((name) => ({ Key: this.#key(name).Key }));
        const command = new DeleteObjectsCommand({ Bucket: this.#place.bucket, Delete: { Objects, Quiet: true } });
        const [first] = (await this.#client.send(command)).Errors ?? [];
        if (first !== undefined) throw Object.assign(new Error(`${first.Key}: ${first.Message}`), { name: first.Code ?? "" });
      });
  }

  /** Uploads that were not finished: their parts are in no list, and cost what others do. */
  listUploads(): Promise<OpenUpload[]> {
    const { bucket: Bucket, prefix: Prefix } = this.#place;
    return this.#calling("listing uploads", async () => {
      const uploads: OpenUpload[] = [];
      for (let marker = {}; ; ) {
        const found = await this.#client.send(new ListMultipartUploadsCommand({ Bucket, Prefix, ...marker }));
        for (const { Key = "", UploadId: id = "" } of found.Uploads ?? []) uploads.push({ name: Key.slice(Prefix.length), id });
        if (found.IsTruncated !== true) return uploads;
        marker = { KeyMarker: found.NextKeyMarker, UploadIdMarker: found.NextUploadIdMarker };
      }
    });
  }

  async dropUpload({ name, id: UploadId }: OpenUpload): Promise<void> {
    await this.#calling("ending an upload", () => this.#client.send(new AbortMultipartUploadCommand({ ...this.#key(name), UploadId })));
  }

  /** The service's time, as its last answer told it, to the second: machines whose clocks differ agree on it. */
  now(): Date {
    return new Date(Date.now() + this.#clock.ahead);
  }

  close(): void {
    this.#client.destroy();
  }

  async #get(name: string): Promise<GetObjectCommandOutput | null> {
    try {
      return await this.#client.send(new GetObjectCommand(this.#key(name)));
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return null;
      throw error;
    }
  }

  #key(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#place.bucket, Key: `${this.#place.prefix}${name}` };
  }

  #tagOf(tag: string | undefined): string {
    if (tag !== undefined) return tag;
    const reason = "the service gave no ETag, without which two writers can't be told apart";
    throw errors.s3_failed({ location: this.location, operation: "writing", reason });
  }

  async #calling<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw explainS3(error, { location: this.location, bucket: this.#place.bucket, service: this.#service }, operation);
    }
  }
}

/** `keys`: instead of those that AWS's tools find. @throws s3_location_invalid */
export async function openBucket(location: string, endpoint: string | undefined, keys?: { id: string; secret: string }): Promise<S3Bucket> {
  const place = s3Location(location);
  const options = {
    ...(keys === undefined ? {} : { credentials: { accessKeyId: keys.id, secretAccessKey: keys.secret } }),
    ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint, forcePathStyle: true }),
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 120_000 },
  };
  let client = new S3Client(options);
  // Services other than AWS mostly have no regions, but the signature names one.
  const region = endpoint === undefined ? "known" : await client.config.region().catch(() => undefined);
  if (region === undefined) client = new S3Client({ ...options, region: "us-east-1" });
  return new S3Bucket(location, place, client, endpoint ?? "AWS");
}

/** The object has another tag or is gone (412, 404), or another request replaces it right now (409). */
function isConflict({ name, $metadata }: S3Error): boolean {
  const status = $metadata?.httpStatusCode;
  return status === 412 || status === 409 || (status === 404 && name !== "NoSuchBucket");
}
