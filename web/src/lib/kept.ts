// What the staff pages keep on this device for when there is no network is personal data, in one database of
// its own (docs/adr/0017-offline-day.md).

export const KEPT = 'openchair.kept';
/** A tab that doesn't let go is told to; nobody waits for it longer than this. */
const PATIENCE = 1000;

/** Forgets all of it, in every tab: whoever sits here next is somebody else. */
export function forgetKept(): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, PATIENCE);
    const over = () => {
      clearTimeout(timer);
      done();
    };
    try {
      const gone = indexedDB.deleteDatabase(KEPT);
      gone.onsuccess = over;
      gone.onerror = over;
    } catch {
      // A browser that keeps nothing has nothing to forget.
      over();
    }
  });
}
