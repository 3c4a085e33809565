/** What has changed the terminal, and is to give it back while this program is suspended, and in the end. */
export interface Suspendable {
  /** Leaves the terminal as a shell expects it. */
  suspend(): void;
  /** Takes it again, and draws anew. */
  resume(): void;
}

/** In the order in which they came. A process has one terminal. */
const added = new Set<Suspendable>();

/** Has something called at each suspension; answers how to stop that. */
export function onSuspension(suspendable: Suspendable): () => void {
  added.add(suspendable);
  return () => void added.delete(suspendable);
}

/** The last change comes first. */
export function suspendAll(): void {
  for (const suspendable of [...added].reverse()) suspendable.suspend();
}

export function resumeAll(): void {
  for (const suspendable of added) suspendable.resume();
}

/** Leaves the terminal as a shell expects it, for good. */
export function giveTerminalBack(): void {
  suspendAll();
  added.clear();
}
