/** Secrets that the source changes, kept by the runner: requests on the control channel, each with its answer. */
import { type ReceivedControlMessage, readSecretAnswer, type SecretAnswer, type SecretRequest } from "@tapline/protocol";
import type { SecretPlace } from "../tap/session.ts";

/** An older runner does not answer. */
const patienceMs = 30_000;

/** A request without its id. */
type Asked<T = SecretRequest> = T extends SecretRequest ? Omit<T, "id"> : never;

export interface ControlSecrets extends SecretPlace {
  /** Takes each message of the runner. */
  receive(message: ReceivedControlMessage): void;
}

export function controlSecrets(send: (message: ReceivedControlMessage) => void): ControlSecrets {
  const waiting = new Map<number, (answer: SecretAnswer) => void>();
  let last = 0;
  async function ask(request: Asked): Promise<SecretAnswer> {
    const id = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<SecretAnswer>();
    const timer = setTimeout(() => reject(new Error("the runner keeps no secrets: it does not answer")), patienceMs);
    waiting.set(id, resolve);
    try {
      send({ ...request, id });
      const answer = await promise;
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  }
  return {
    receive(message) {
      const answer = readSecretAnswer(message);
      if (answer !== undefined) waiting.get(answer.id)?.(answer);
    },
    get: async (name) => (await ask({ type: "secret_get", name })).value,
    swap: async (name, before, next) =>
      (await ask({ type: "secret_swap", name, next, ...(before !== undefined && { before }) })).swapped === true,
  };
}
