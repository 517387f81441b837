/**
 * Files of Singer messages that the authors of other targets test with: where they are, and how a folder is filled with them. They are not
 * part of this repository.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface MessageFile {
  /** OWNER/NAME on GitHub. */
  repository: string;
  commit: string;
  path: string;
  /** The file's name without its extension. */
  name: string;
}

const files = (repository: string, commit: string, folder: string, extension: string, names: string): MessageFile[] =>
  names.split(/\s+/).map((name) => ({ repository, commit, path: `${folder}/${name}.${extension}`, name }));

export const messageFiles: readonly MessageFile[] = [
  ...files(
    "meltano/sdk",
    "136de07f042d1d1b63eb83ba5d510a43273bad02",
    "singer_sdk/testing/target_test_streams",
    "singer",
    `array_data camelcase camelcase_complex_schema duplicate_records encoded_string_data invalid_schema
    multiple_state_messages no_primary_keys no_primary_keys_append optional_attributes pk_updates record_before_schema
    record_missing_fields record_missing_key_property record_missing_required_property schema_no_properties schema_updates
    special_chars_in_attributes user_location_data user_location_upsert_data`,
  ),
  ...files(
    "MeltanoLabs/target-postgres",
    "2c307b41460fd8e11318914105dc8aad10f15cb3",
    "target_postgres/tests/data_files",
    "singer",
    `array_data base16_content_encoding_interpreted base16_content_encoding_not_interpreted camelcase
    camelcase_complex_schema commits duplicate_records encoded_strings invalid_schema jsonb_data large_int
    large_numeric_primary_key missing_value multiple_schema_messages multiple_state_messages new_array_column
    optional_attributes record_before_schema record_missing_key_property record_missing_required_property reserved_keywords
    schema_no_properties schema_updates special_chars_in_attributes tap_aapl tap_countries
    test_activate_version_deletes_data_properly test_activate_version_deletes_data_properly_2 test_activate_version_hard
    test_activate_version_soft test_activate_version_soft_with_delete test_activate_version_uppercase_stream_name test_no_pk
    test_no_pk_append test_no_type uppercase_stream_name_with_column_alter user_location_data user_location_upsert_data`,
  ),
  ...files(
    "MeltanoLabs/target-snowflake",
    "1d7589705783f4a038a96c624d0de4ac2dcfaa70",
    "tests/target_test_streams",
    "singer",
    `colons_in_col_name column_order_mismatch existing_table existing_table_alter reserved_words reserved_words_in_table
    reserved_words_no_key_props type_edge_cases`,
  ),
  ...files(
    "transferwise/pipelinewise-target-postgres",
    "a929acc5833278a990a61855690cbc10878bc8f9",
    "tests/integration/resources",
    "json",
    `invalid-json invalid-message-order messages-pg-logical-streams messages-pg-logical-streams-no-records messages-with-invalid-records messages-with-long-texts messages-with-multiple-streams messages-with-multiple-streams-modified-column
    messages-with-nested-schema messages-with-non-db-friendly-columns messages-with-reserved-name-as-table-name messages-with-space-in-table-name messages-with-unicode-characters`,
  ),
  ...files(
    "transferwise/pipelinewise-target-postgres",
    "a929acc5833278a990a61855690cbc10878bc8f9",
    "tests/unit/resources",
    "json",
    `logical-streams`,
  ),
  ...files(
    "transferwise/pipelinewise-target-snowflake",
    "f118c253dc51844c6dea000f74f71b1ae8a02c4b",
    "tests/integration/resources",
    "json",
    `invalid-json invalid-message-order messages-pg-logical-streams messages-pg-logical-streams-no-records messages-pg-with-invalid-records messages-pg-with-valid-records messages-simple-table messages-with-binary-columns messages-with-changing-pk messages-with-falsy-pk-values messages-with-invalid-records messages-with-multi-schemas messages-with-nested-schema messages-with-new-pk messages-with-non-db-friendly-columns messages-with-null-pk messages-with-reserved-name-as-table-name messages-with-space-in-table-name messages-with-three-streams messages-with-three-streams-modified-column messages-with-unexpected-types messages-with-unicode-characters`,
  ),
  ...files(
    "transferwise/pipelinewise-target-snowflake",
    "f118c253dc51844c6dea000f74f71b1ae8a02c4b",
    "tests/unit/resources",
    "json",
    `logical-streams messages-simple-table same-schemas-multiple-times streams_only_state`,
  ),
  ...files(
    "transferwise/pipelinewise-target-redshift",
    "6e118664fd74d6fa1fd54a44903a2434316978ed",
    "tests/integration/resources",
    "json",
    `invalid-json invalid-message-order messages-pg-logical-streams messages-pg-logical-streams-no-records messages-with-invalid-records messages-with-long-texts messages-with-multi-schemas messages-with-nested-schema messages-with-non-db-friendly-columns messages-with-reserved-name-as-table-name messages-with-space-in-table-name messages-with-three-streams
    messages-with-three-streams-modified-column messages-with-three-streams-upserts messages-with-unicode-characters`,
  ),
  ...files(
    "transferwise/pipelinewise-target-redshift",
    "6e118664fd74d6fa1fd54a44903a2434316978ed",
    "tests/unit/resources",
    "json",
    `logical-streams`,
  ),
  ...files(
    "transferwise/pipelinewise-target-bigquery",
    "f3bc0d69dcdff945fcaf52e3335df46f4b1e231c",
    "tests/integration/resources",
    "json",
    `invalid-json invalid-message-order messages-pg-logical-streams messages-pg-logical-streams-no-records messages-with-array-data messages-with-multi-schemas messages-with-nested-data messages-with-nested-schema messages-with-non-db-friendly-columns messages-with-three-streams messages-with-three-streams-modified-column messages-with-unicode-characters`,
  ),
  ...files(
    "transferwise/pipelinewise-target-bigquery",
    "f3bc0d69dcdff945fcaf52e3335df46f4b1e231c",
    "tests/unit/resources",
    "json",
    `logical-streams`,
  ),
  ...files(
    "transferwise/pipelinewise-target-s3-csv",
    "05def0b9e77a97f7cb316a96ba7ff3b59ce0beb0",
    "tests/integration/resources",
    "json",
    `invalid-json invalid-message-order messages-with-three-streams`,
  ),
];

/** Where a file is in the folder: `OWNER/NAME/PATH`. */
export const localPath = (folder: string, { repository, path }: MessageFile): string => join(folder, repository, path);

/** Downloads the files that the folder lacks. @throws Error that names those that can't be had */
export async function fillFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (const file of messageFiles.filter((each) => !existsSync(localPath(folder, each)))) {
    const url = `https://raw.githubusercontent.com/${file.repository}/${file.commit}/${file.path}`;
    const text = missing.length === 0 ? await download(url) : undefined;
    if (text === undefined) missing.push(`${url} -> ${localPath(folder, file)}`);
    else {
      mkdirSync(dirname(localPath(folder, file)), { recursive: true });
      writeFileSync(localPath(folder, file), text);
    }
  }
  if (missing.length > 0) throw new Error(`${missing.length} files can't be downloaded. Copy them by hand:\n${missing.join("\n")}`);
}

async function download(url: string): Promise<Buffer | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}
