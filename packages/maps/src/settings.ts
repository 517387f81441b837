/** The settings of stream maps, with the names and meanings of the Singer SDK. Reading them needs nothing of the language. */
import { Type } from "@tapline/protocol";

export interface MapSettings {
  stream_maps?: Readonly<Record<string, unknown>>;
  stream_map_config?: Readonly<Record<string, unknown>>;
  faker_config?: { seed?: number | string | null; locale?: unknown };
}

export const mapSettings = {
  stream_maps: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: "object",
      additionalProperties: true,
      description:
        "Renames, filters, drops, hashes and computes properties, and renames, drops and copies streams, before anything else is done with them: for each stream (or pattern such as `crm-*`) null, or an object of properties with expressions.",
    }),
  ),
  stream_map_config: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: "object",
      additionalProperties: true,
      secret: true,
      description: "Values that expressions read as `config['name']`, such as the salt of a hash.",
    }),
  ),
  faker_config: Type.Optional(
    Type.Unsafe<NonNullable<MapSettings["faker_config"]>>({
      type: "object",
      additionalProperties: true,
      description: "`seed` of the values that `fake` makes in expressions (default 0); `locale` is ignored, for all values are English.",
    }),
  ),
};

/** Whether the settings change anything. */
export function mapsStreams({ stream_maps: maps }: MapSettings): boolean {
  return maps !== undefined && maps !== null && Object.keys(maps).length > 0;
}
