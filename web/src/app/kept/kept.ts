import type { MeView, Membership } from '$lib/api/types';
import { forgetKept, KEPT } from '$lib/kept';
import { isFresh, OWNER, ownerOf, shownOf, type Kept } from './record';

const STORE = 'kept';

/** What this device keeps of the last known day, so that it can be looked at without a network. Browsers
 *  can be told to keep nothing; then nothing is kept, and everything else works. */
class Keeper {
  /** As whom this page keeps things. */
  #owner: string | undefined;
  #base: Promise<IDBDatabase | undefined> | undefined;
  /** What was there when the page was opened without a network. */
  #recalled: ReadonlyMap<string, Kept> = new Map();

  /** From now on it is kept for this person in this business. What was another's is gone, and so is what is old. */
  async own(me: MeView, membership: Membership): Promise<void> {
    const owner = ownerOf(me, membership);
    this.#owner = owner;
    await this.#with((store) => {
      const before = store.get(OWNER);
      before.onsuccess = () => {
        if ((before.result as Kept | undefined)?.value !== owner) store.clear();
        else this.#prune(store);
        store.put({ at: Date.now(), value: owner } satisfies Kept, OWNER);
        store.put({ at: Date.now(), value: me } satisfies Kept, 'me');
      };
    });
  }

  #prune(store: IDBObjectStore): void {
    const walk = store.openCursor();
    walk.onsuccess = () => {
      if (!walk.result) return;
      if (walk.result.key !== OWNER && !isFresh(walk.result.value as Kept, Date.now())) walk.result.delete();
      walk.result.continue();
    };
  }

  /** Keeps something as it is now, unless another tab keeps things for somebody else by now. */
  async put(name: string, value: unknown): Promise<void> {
    const owner = this.#owner;
    if (!owner) return;
    await this.#with((store) => {
      const now = store.get(OWNER);
      now.onsuccess = () => {
        if ((now.result as Kept | undefined)?.value === owner) store.put({ at: Date.now(), value } satisfies Kept, name);
      };
    });
  }

  /** Reads what is there, for somebody who can't be asked who they are: whoever was here last. */
  async recall(membershipOf: (me: MeView) => Membership | undefined): Promise<MeView | undefined> {
    const all = new Map<string, Kept>();
    await this.#with((store) => {
      const walk = store.openCursor();
      walk.onsuccess = () => {
        if (!walk.result) return;
        all.set(String(walk.result.key), walk.result.value as Kept);
        walk.result.continue();
      };
    });
    const me = (all.get('me') as Kept<MeView> | undefined)?.value;
    const membership = me && membershipOf(me);
    const owner = membership && ownerOf(me, membership);
    this.#recalled = shownOf(all, owner, Date.now());
    return this.#recalled.has('me') ? me : undefined;
  }

  /** What was recalled under a name, if it may still be shown. */
  get<T>(name: string): Kept<T> | undefined {
    const kept = this.#recalled.get(name) as Kept<T> | undefined;
    return kept && isFresh(kept, Date.now()) ? kept : undefined;
  }

  /** Nobody is to find any of it here. */
  async forget(): Promise<void> {
    this.#owner = undefined;
    this.#recalled = new Map();
    const base = await this.#base;
    this.#base = undefined;
    base?.close();
    await forgetKept();
  }

  async #with(work: (store: IDBObjectStore) => void): Promise<void> {
    this.#base ??= opened(() => {
      // Another tab forgets: nothing more is kept from here either.
      this.#owner = undefined;
      this.#base = undefined;
    });
    const base = await this.#base;
    if (!base) return;
    await new Promise<void>((done) => {
      try {
        const turn = base.transaction(STORE, 'readwrite');
        turn.oncomplete = () => done();
        turn.onabort = () => done();
        work(turn.objectStore(STORE));
      } catch {
        done();
      }
    });
  }
}

function opened(gone: () => void): Promise<IDBDatabase | undefined> {
  return new Promise((done) => {
    try {
      const asked = indexedDB.open(KEPT, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
      asked.onerror = () => done(undefined);
      asked.onsuccess = () => {
        const base = asked.result;
        base.onversionchange = () => {
          base.close();
          gone();
        };
        done(base);
      };
    } catch {
      done(undefined);
    }
  });
}

export const kept = new Keeper();
