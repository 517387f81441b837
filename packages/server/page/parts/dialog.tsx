/** A dialog of the browser's own: it keeps the focus inside, Esc closes it, and the focus goes back. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { tellProblem } from "./messages.tsx";

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    // What is asked for, else the button that changes nothing.
    dialog.current?.querySelector<HTMLElement>("input, textarea, .actions button:last-child")?.focus();
    return () => before?.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="icon" aria-label="Close" onClick={() => dialog.current?.close()}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface Question {
  title: string;
  /** What will happen, in a sentence. */
  children: ComponentChildren;
  /** The words of the button that does it. */
  yes: string;
  onYes: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that can't be taken back. */
export function Confirm({ title, children, yes, onYes, onClose }: Question) {
  const [isBusy, setBusy] = useState(false);
  const act = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    await onYes().catch(tellProblem);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={act}>
        <div>{children}</div>
        <div class="actions">
          <button type="submit" class="danger" disabled={isBusy}>
            {yes}
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
