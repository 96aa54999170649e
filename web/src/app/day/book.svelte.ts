import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Items } from '$lib/live';
import { kept } from '../kept/kept';
import { dateOf } from './days';
import { shownOf, stillNews, type Visits } from './known';
import { line } from './line.svelte';
import type { Visit } from './visits';

const NONE: Visits = new Map();

/** What is kept of the day for when there is no network. */
export interface KeptDay {
  location: string;
  date: string;
  visits: Visit[];
}

/** How often it is noted that the day is still as it was. */
const NOTE_EVERY = 60_000;

/** The days that were last looked at, for when the line is away. Kept as long as the page is open: they are
 *  personal data. */
const REMEMBERED = new Map<string, Visits>();
const MOST = 21;

/** The book of one day at one place, as it is written now. */
export class Book {
  readonly location: string;
  readonly date: string;
  readonly zone: string;
  #told = $state.raw<Visits>(NONE);
  #answered = $state.raw<Visits>(NONE);
  #hoped = $state.raw<Visits>(NONE);
  /** Whether anything is known of the day. */
  settled = $state(false);
  fault = $state.raw<Fault>();
  visits = $derived.by(() => shownOf(this.#told, this.#answered, this.#hoped, this));
  readonly #key: string;

  constructor(tenant: string, location: string, date: string, zone: string) {
    this.location = location;
    this.date = date;
    this.zone = zone;
    this.#key = `${tenant} ${location} ${date}`;
    const last = REMEMBERED.get(this.#key) ?? recalled(location, date);
    if (last) [this.#told, this.settled] = [last, true];
  }

  /** Follows the day until the function that this gives back is called. */
  follow(): () => void {
    const note = setInterval(() => this.#keep(), NOTE_EVERY);
    const leave = line.watch(
      { sub: 'schedule', location: this.location, date: this.date },
      {
        shown: (items) => this.#take(items),
        refused: ({ code, detail }) => (this.fault = new Fault({ code, detail })),
      },
    );
    return () => {
      clearInterval(note);
      leave();
    };
  }

  /** Today is kept, as of now. */
  #keep(): void {
    const { location, date } = this;
    if (!this.settled || !line.open || date !== dateOf(new Date(), this.zone)) return;
    void kept.put('day', { location, date, visits: [...this.#told.values()] } satisfies KeptDay);
  }

  #take(items: Items): void {
    const told = new Map<string, Visit>();
    for (const item of items.values()) if (item.kind === 'visit') told.set(item.id, item.visit);
    this.#answered = stillNews(this.#answered, this.#told, told);
    this.#told = told;
    this.settled = true;
    this.fault = undefined;
    this.#keep();
    REMEMBERED.delete(this.#key);
    REMEMBERED.set(this.#key, told);
    for (const key of [...REMEMBERED.keys()].slice(0, -MOST)) REMEMBERED.delete(key);
  }

  get(id: string): Visit | undefined {
    return this.visits.find((visit) => visit.id === id);
  }

  /** Shows what isn't certain yet. */
  hope(visit: Visit): void {
    this.#hoped = new Map(this.#hoped).set(visit.id, visit);
  }

  /** It was not to be. */
  unhope(id: string): void {
    const hoped = new Map(this.#hoped);
    hoped.delete(id);
    this.#hoped = hoped;
  }

  /** What an answer says of a visit. */
  take(visit: Visit): void {
    this.unhope(visit.id);
    this.#answered = new Map(this.#answered).set(visit.id, visit);
  }

  /** Asks how a visit stands now. */
  async again(id: string): Promise<void> {
    this.take(await ask(api.GET('/v1/appointments/{id}', { params: { path: { id } } })));
  }
}

function recalled(location: string, date: string): Visits | undefined {
  const day = kept.get<KeptDay>('day')?.value;
  return day?.location === location && day.date === date ? new Map(day.visits.map((visit) => [visit.id, visit])) : undefined;
}
