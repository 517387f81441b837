/**
 * Settings of other Singer taps and targets that tapline does not have. A config may keep those that make no difference; one
 * whose absence would change the data is an error.
 */

interface ForeignSetting {
  /** How the data would differ if the setting were ignored; undefined: not at all. */
  changesData?: string;
  /** Whether the setting does nothing with this value. */
  off?: (value: unknown) => boolean;
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === false || value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);

export const foreignSettings: Readonly<Record<string, ForeignSetting>> = {
  stream_maps: { changesData: "streams and columns would arrive unmapped", off: isEmpty },
  stream_map_config: {},
  faker_config: {},
  flattening_enabled: { changesData: "nested objects would arrive as JSON, not as columns", off: isEmpty },
  flattening_max_depth: {},
  flattening_max_key_length: {},
  flattening_separator: {},
  batch_config: {},
  activate_version: {},
  process_activate_version_messages: {},
  data_flattening_max_level: {
    changesData: "nested objects would arrive as JSON, not as columns; targets of tapline have flattening_enabled and flattening_max_depth",
    off: (v) => v === 0 || isEmpty(v),
  },
  max_parallelism: {},
  flush_all_streams: {},
  parallelism: {},
  stream_buffer_size: {},
  on_schema_mismatch: {},
  use_copy: {},
  interpret_content_encoding: { changesData: "base64 text would arrive as text, not as bytes", off: isEmpty },
  sanitize_null_text_characters: {},
};
