/** The whole page: asks who looks, shows the bar with the views, the view of the address, and what all views share. */
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../src/api/answers.ts";
import { forgetToken, hasToken, tokenRefused } from "./api.ts";
import { PlaceContext, useAddress } from "./location.ts";
import { Bar } from "./parts/bar.tsx";
import { ErrorBox } from "./parts/error-box.tsx";
import { Messages } from "./parts/messages.tsx";
import { routeOf } from "./router.ts";
import { SessionContext } from "./session.ts";
import { Shortcuts } from "./shortcuts.tsx";
import { forgetAnswers, useAnswer } from "./use-answer.ts";
import { SignIn } from "./views/sign-in.tsx";
import { View } from "./views/view.tsx";

export function App() {
  const place = useAddress();
  const { answer: session, error, again } = useAnswer<Session>("/api/session", 60_000);
  // Whichever question met it: the answer about the session then shows the form.
  useEffect(() => {
    const ask = (): void => void (error?.status !== 401 && again());
    window.addEventListener(tokenRefused, ask);
    return () => window.removeEventListener(tokenRefused, ask);
  }, [error?.status, again]);
  const route = routeOf(place.path);
  const signOut = (): void => {
    forgetToken();
    forgetAnswers();
    again();
  };
  if (error?.status === 401) return <SignIn wasRefused={hasToken()} onToken={again} />;
  if (session === undefined)
    return <main class="lonely">{error === undefined ? <p class="quiet">Loading …</p> : <ErrorBox error={error} />}</main>;
  return (
    <PlaceContext.Provider value={place}>
      <SessionContext.Provider value={session}>
        <a class="skip" href="#view">
          Skip to the view
        </a>
        <Bar view={route.view} onSignOut={hasToken() ? signOut : undefined} />
        {error && <ErrorBox error={error} />}
        <Main path={place.path}>
          <View key={place.path} route={route} />
        </Main>
        <Messages />
        <Shortcuts />
      </SessionContext.Provider>
    </PlaceContext.Provider>
  );
}

/** Takes the focus when another view is shown, so that readers of screens hear it and the keyboard starts there. */
function Main({ path, children }: { path: string; children: preact.ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path]);
  return (
    <main id="view" tabIndex={-1} ref={main}>
      {children}
    </main>
  );
}
