/** Asks for the token of the server. It stays in this tab of the browser, and never gets into an address. */
import { useEffect, useRef, useState } from "preact/hooks";
import { keepToken } from "../api.ts";

export function SignIn({ wasRefused, onToken }: { wasRefused: boolean; onToken: () => void }) {
  const [token, setToken] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Sign in · tapline";
    field.current?.focus();
  }, []);
  const signIn = (event: Event): void => {
    event.preventDefault();
    if (token.trim() === "") return;
    keepToken(token.trim());
    onToken();
  };
  return (
    <main class="lonely">
      <form class="box" onSubmit={signIn}>
        <h1>tapline</h1>
        {wasRefused && (
          <p class="bad" role="alert">
            The server does not know this token.
          </p>
        )}
        <label class="field">
          Token
          <input
            ref={field}
            type="password"
            autoComplete="current-password"
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p class="quiet">Whoever runs the server has it.</p>
        <button type="submit" class="main">
          Sign in
        </button>
      </form>
    </main>
  );
}
