/** The settings of flattening, with the names and meanings of the Singer SDK. */
import { type Static, Type } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { FlatteningOptions } from "./flat-name.ts";

export const flatteningSettings = {
  flattening_enabled: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Makes a column of each property of nested objects: `{"address": {"zip": 1}}` loads into `address__zip`. Needs flattening_max_depth.',
    }),
  ),
  flattening_max_depth: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        "With flattening_enabled: how many levels of nested objects become columns. Objects below stay JSON; 0 flattens nothing.",
    }),
  ),
  flattening_separator: Type.Optional(
    Type.String({ default: "__", description: "With flattening_enabled: what is between the parts of a column's name." }),
  ),
  flattening_max_key_length: Type.Optional(
    Type.Integer({
      default: 255,
      minimum: 1,
      description: "With flattening_enabled: a name of so many characters or more is abbreviated, its first parts first.",
    }),
  ),
};

export type FlatteningSettings = { [name in keyof typeof flatteningSettings]?: Static<(typeof flatteningSettings)[name]> };

/** Undefined where nothing is to be flattened. @throws flattening_depth_missing */
export function flatteningOptions({
  flattening_enabled: isEnabled = false,
  flattening_max_depth: maxDepth,
  flattening_separator: separator = "__",
  flattening_max_key_length: maxKeyLength = 255,
}: FlatteningSettings): FlatteningOptions | undefined {
  if (!isEnabled) return undefined;
  if (maxDepth === undefined) throw errors.flattening_depth_missing({});
  return maxDepth === 0 ? undefined : { maxDepth, separator, maxKeyLength };
}
