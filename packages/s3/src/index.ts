/** What S3 needs before AWS's client is loaded, which takes 0.2 s of CPU: `@tapline/s3/bucket` has it. */
export { errors as s3Errors, s3ErrorCatalogue } from "./errors.ts";
export { isS3, type S3Location, s3Location } from "./location.ts";
