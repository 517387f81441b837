/** An instant as time ago, with the instant itself as title; and the clock that views share. */
import { useEffect, useState } from "preact/hooks";
import { formatInstant, formatRelative } from "../text/format.ts";

/** Draws again every few seconds. */
export function useNow(everyMs = 5000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function Ago({ at, fallback = "never" }: { at: string | null | undefined; fallback?: string }) {
  const now = useNow();
  if (!at) return <span class="quiet">{fallback}</span>;
  return (
    <time dateTime={at} title={`${formatInstant(at)} (${at})`}>
      {formatRelative(at, now)}
    </time>
  );
}

/** The instant in full, with time ago as title. */
export function Instant({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <>–</>;
  return (
    <time dateTime={at} title={`${formatRelative(at, now)} (${at})`}>
      {formatInstant(at)}
    </time>
  );
}
