/** What tells this target's files from others. */

/** The names that files of this target have: the writer's id and a number. */
export const ownFile = /(^|\/)\d{8}T\d{6}Z-[0-9a-f]{8}-\d{6}\.parquet$/;
