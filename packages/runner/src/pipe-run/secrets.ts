/** Keeps secrets of a tap that its source changes, such as a refresh token that is good for one use. They are facts of the store, and nothing else shows them. */
import { type ReceivedControlMessage, readSecretRequest, type SecretAnswer } from "@tapline/protocol";
import type { Facts } from "../state/facts.ts";

/** Answers a request; messages of other types are ignored. `owner` is the state id without its lane: each tap and environment has secrets of its own. */
export async function answerSecretRequest(
  facts: Facts,
  owner: string,
  message: ReceivedControlMessage,
  answer: (answer: SecretAnswer) => void,
): Promise<void> {
  const request = readSecretRequest(message);
  if (request === undefined) return;
  const { id, name } = request;
  const key = `${owner} ${name}`;
  try {
    if (request.type === "secret_get") {
      const value = await facts.get<string>("secret", key);
      answer({ type: "secret", id, ...(value !== undefined && { value }) });
      return;
    }
    const { before, next } = request;
    // The rule may be called again after its own write: what it wrote counts as swapped.
    const swapped = await facts.decide<string, boolean>("secret", [key], ([kept]) =>
      kept === before ? { answer: true, write: { [key]: next } } : { answer: kept === next },
    );
    answer({ type: "secret", id, swapped });
  } catch (error) {
    answer({ type: "secret", id, error: (error as Error).message });
  }
}
