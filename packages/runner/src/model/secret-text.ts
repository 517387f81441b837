/** A setting of tapline.yml whose value may be a secret: a text, best as a $VARIABLE, or the text of a file, or what a program prints. */
import { type Static, Type } from "@tapline/protocol";

export const secretText = (description: string) =>
  Type.Union(
    [
      Type.String({ minLength: 1 }),
      Type.Object({ $file: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
      Type.Object({ $command: Type.Array(Type.String(), { minItems: 1 }) }, { additionalProperties: false }),
    ],
    { description },
  );

export type SecretText = Static<ReturnType<typeof secretText>>;
