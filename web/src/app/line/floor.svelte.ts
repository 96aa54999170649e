import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { Live, type Items } from '$lib/live';
import { desk } from '../desk.svelte';
import { over } from '../over';
import { sectionsOf, waitsById, type Entry, type Settings, type Wait } from './line';
import { send, type Step, type Steps } from './steps';

/** A press that was shown before the server has answered. */
interface Guess {
  entry: Entry;
  /** Not answered yet. */
  open: boolean;
}

const PATIENCE = 4000;

/** A location's line as staff see it: everything that is told of it, and what was pressed here since. */
export class Floor {
  settings = $state.raw<Settings>();
  waits = $state.raw<Map<string, Wait>>(new Map());
  fault = $state.raw<Fault>();
  /** Nothing has been heard for a while: what is shown may be old. */
  away = $state(false);
  readonly location: string;
  #told = $state.raw<Map<string, Entry>>();
  #guesses = $state.raw<Map<string, Guess>>(new Map());
  #live: Live;
  #patience: ReturnType<typeof setTimeout> | undefined;

  readonly entries = $derived.by(() => {
    const entries = new Map(this.#told);
    for (const [id, guess] of this.#guesses) {
      const told = entries.get(id);
      if (guess.open || !told || told.version <= guess.entry.version) entries.set(id, guess.entry);
    }
    return entries;
  });
  readonly sections = $derived(sectionsOf(this.entries.values()));

  constructor(location: string) {
    this.location = location;
    const tenant = desk.tenant?.id;
    this.#live = new Live({
      ...(tenant && { tenant }),
      state: (state) => {
        if (state === 'open') this.#back();
        if (state === 'over') over();
        if (state === 'waiting') this.#patience ??= setTimeout(() => (this.away = true), PATIENCE);
      },
    });
    this.#live.watch(
      { sub: 'queue', location },
      {
        shown: (items) => this.#show(items),
        refused: (error) => (this.fault = new Fault({ code: error.code, detail: error.detail })),
      },
    );
  }

  get known(): boolean {
    return this.#told !== undefined;
  }

  close(): void {
    clearTimeout(this.#patience);
    this.#live.close();
  }

  #back(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.away = false;
  }

  #show(items: Items): void {
    const told = new Map<string, Entry>();
    for (const item of items.values()) {
      if (item.kind === 'entry') told.set(item.id, item.entry);
      if (item.kind === 'queue' && (this.settings?.version ?? 0) <= item.queue.version) this.settings = item.queue;
      if (item.kind === 'waits') this.waits = waitsById(item.waits);
    }
    this.#told = told;
    // What was pressed has been told by now.
    const open = [...this.#guesses].filter(([id, guess]) => guess.open || (told.get(id)?.version ?? 0) < guess.entry.version);
    this.#guesses = new Map(open);
  }

  #guess(entry: Entry, open: boolean): void {
    this.#guesses = new Map(this.#guesses).set(entry.id, { entry, open });
  }

  #forget(id: string): void {
    const guesses = new Map(this.#guesses);
    guesses.delete(id);
    this.#guesses = guesses;
  }

  /** The same somebody as they are known now, for what is pressed later. */
  now(id: string): Entry | undefined {
    return this.entries.get(id);
  }

  /** What the server has said of somebody. */
  take(entry: Entry): void {
    this.#guess(entry, false);
  }

  /** Does something to somebody: shown at once, and put back if it is refused. Throws the reason. */
  async step<S extends Step>(entry: Entry, step: S, more: Steps[S], shown: Partial<Entry> = {}): Promise<Entry> {
    this.#guess({ ...entry, ...shown }, true);
    try {
      const answer = await send(entry, step, more);
      this.take(answer);
      return answer;
    } catch (error) {
      this.#forget(entry.id);
      throw Fault.from(error);
    }
  }

  /** Calls whoever is next for one of the staff. */
  async callNext(staff: string | undefined): Promise<Entry> {
    const body = { location: this.location, ...(staff && { staff }) };
    const entry = await ask(api.POST('/v1/queue/call-next', { body }));
    this.take(entry);
    return entry;
  }
}
