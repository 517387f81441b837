/** Files whose outcome differs from what the plain reader finds, with the reason. All others load, with the rows that it finds. */
export interface Expectation {
  /** The code of the error that ends the load. */
  fails?: string;
  /** With these settings it loads all the same. */
  loadsWith?: Record<string, unknown>;
  /** The only target for which that is so. */
  only?: string;
}

/** By the name of the file, which means the same in every repository. */
export const expectations: Readonly<Record<string, Expectation>> = {
  record_before_schema: { fails: "record_before_schema" },
  "invalid-message-order": { fails: "record_before_schema" },
  "invalid-json": { fails: "invalid_json" },
  record_missing_key_property: { fails: "key_missing" },
  record_missing_required_property: { fails: "record_invalid" },
  // A text where the key is an integer.
  "messages-with-invalid-records": { fails: "record_invalid" },
  // The key is null.
  "messages-with-null-pk": { fails: "record_invalid" },
  // A number where the SCHEMA declares a time as text.
  "messages-with-unexpected-types": { fails: "record_invalid" },
  // A text that is longer than its maxLength. The target that it was written for does not check records.
  "messages-with-unicode-characters": { fails: "record_invalid", loadsWith: { validate_records: false } },
  // NUL characters, which PostgreSQL can't store.
  encoded_string_data: { fails: "nul_character", loadsWith: { nul_characters: "remove" }, only: "target-postgres" },
};
