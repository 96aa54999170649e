import { api, ask } from '../book/wire';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { Turns } from '$lib/turns';
import { Once } from '../book/once';
import { repeated, type Every, type Remedies, type Remedy } from './series';

/** A visit that one has come again: each time is looked at, and only what was looked at is booked. */
export class Repeat {
  every = $state<Every>('fourWeeks');
  count = $state('4');
  remedies = $state.raw<Remedies>(new Map());
  made = $state.raw<Schema<'RepeatedView'>>();
  fault = $state.raw<Fault>();
  #seen = $state.raw<{ asked: Schema<'RepeatInput'>; found: Schema<'SeriesPreviewView'> }>();
  #looking = $state(false);
  #booking = $state(false);
  readonly #token: string;
  readonly #once = new Once();
  readonly #turns = new Turns();

  constructor(token: string) {
    this.#token = token;
  }

  get preview(): Schema<'SeriesPreviewView'> | undefined {
    return this.#seen?.found;
  }

  get busy(): boolean {
    return this.#looking || this.#booking;
  }

  async look(): Promise<void> {
    const last = this.#turns.next();
    const asked = repeated(this.every, Number(this.count), this.remedies);
    [this.#looking, this.fault] = [true, undefined];
    try {
      const params = { path: { token: this.#token } };
      const found = await ask(api.POST('/v1/b/{token}/series/preview', { params, body: asked }));
      if (last()) this.#seen = { asked, found };
    } catch (error) {
      if (last()) [this.#seen, this.fault] = [undefined, Fault.from(error)];
    }
    if (last()) this.#looking = false;
  }

  /** Another rhythm, or other times of it: whatever was asked before is for nothing. */
  anew(): void {
    this.#turns.next();
    this.#looking = false;
    this.remedies = new Map();
    this.#seen = undefined;
    this.fault = undefined;
  }

  async mend(place: number, remedy: Remedy | undefined): Promise<void> {
    const next = new Map(this.remedies);
    if (remedy) next.set(place, remedy);
    else next.delete(place);
    this.remedies = next;
    await this.look();
  }

  async book(): Promise<void> {
    const seen = this.#seen;
    if (!seen || this.busy) return;
    [this.#booking, this.fault] = [true, undefined];
    try {
      this.made = await this.#once.send(seen.asked, (body, header) =>
        api.POST('/v1/b/{token}/series', { params: { path: { token: this.#token }, header }, body }),
      );
    } catch (error) {
      const fault = Fault.from(error);
      // Somebody was quicker for one of them: which, the next look says.
      if (fault.code === 'series_conflicts' && seen === this.#seen) await this.look();
      this.fault ??= fault;
    }
    this.#booking = false;
  }
}
