/** A root in S3. Files are written on this computer and then uploaded whole; the service itself compares and sets the manifest. */
import { rm } from "node:fs/promises";
import { openBucket } from "@tapline/s3/bucket";
import { makeScratch } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { manifestName } from "../manifest/manifest.ts";
import { briefly, ManifestMoved, ownFiles, type Store } from "./store.ts";

/** @throws s3_location_invalid, temporary_folder_unusable */
export async function s3Store(path: string, endpoint: string | undefined): Promise<Store> {
  const location = path.replace(/\/$/, "");
  const bucket = await openBucket(location, endpoint);
  const scratch = await makeScratch({
    name: "parquet",
    refuse: (parent, reason, cause) => errors.temporary_folder_unusable({ path: parent, reason }, {}, cause),
  });
  return {
    location,
    isLocal: false,
    staging: scratch.folder,
    newPath: scratch.nextPath,
    readManifest: async () => (await bucket.read(manifestName)) ?? { text: null, tag: null },
    async replaceManifest(text, tag) {
      const next = await bucket.replace(manifestName, text, tag);
      if (next !== undefined) return next;
      // The client repeats a call whose answer was lost: then the manifest that it finds in the way may be this one.
      const found = await bucket.read(manifestName);
      if (found?.text === text) return found.tag;
      await briefly();
      throw new ManifestMoved();
    },
    async publish(from, name) {
      await bucket.upload(from, name);
      await rm(from, { force: true });
    },
    async open(name) {
      const copy = scratch.nextPath();
      await bucket.download(name, copy);
      return copy;
    },
    release: (copy) => rm(copy, { force: true }),
    listOwn: async () => ownFiles(await bucket.list()),
    async clean(listed) {
      const uploads = await bucket.listUploads();
      const names = await bucket.list();
      const own = new Set(ownFiles([...names, ...uploads.map(({ name }) => name)]));
      for (const upload of uploads) if (own.has(upload.name)) await bucket.dropUpload(upload);
      await bucket.remove(names.filter((name) => own.has(name) && !listed.has(name)));
    },
    remove: (names) => bucket.remove(names),
    async check() {
      await bucket.tryList();
      return `${location} can be read. A load also writes there, which was not tried.`;
    },
    async [Symbol.asyncDispose]() {
      bucket.close();
      await scratch[Symbol.asyncDispose]();
    },
  };
}
