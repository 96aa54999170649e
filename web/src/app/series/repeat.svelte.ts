import { api, ask, Attempts } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { t } from '$lib/i18n/index.svelte';
import { unsettled, type Remedies, type Remedy } from '$lib/series';
import { Turns } from '$lib/turns';
import type { Book } from '../day/book.svelte';
import { dateOf } from '../day/days';
import { nameOfVisit } from '../day/deeds.svelte';
import { desk } from '../desk.svelte';
import { said } from '../said.svelte';
import { seriesOf, shapeOf, wrongIn, type One, type Plan } from './plan';
import { whenText } from './words';

type Preview = Schema<'SeriesPreviewView'>;

/** A new visit that comes again: each time is looked at, and what can't be had needs a word, before anything
 *  is booked. */
export class Repeat {
  on = $state(false);
  plan = $state<Plan>({ every: 'week', step: '1', ends: 'count', count: '4', until: '' });
  remedies = $state.raw<Remedies>(new Map());
  preview = $state.raw<Preview>();
  fault = $state.raw<Fault>();
  looking = $state(false);
  readonly #attempts = new Attempts();
  readonly #turns = new Turns();
  #shape = '';
  #last: One | undefined;

  readonly open = $derived(unsettled(this.preview?.occurrences ?? []));
  readonly count = $derived((this.preview?.occurrences ?? []).filter(({ possible }) => possible).length);
  /** Nothing stands in the way of booking it. */
  readonly ready = $derived(!this.looking && this.preview?.possible === true && this.count > 0);

  get action(): string {
    return this.ready ? t('series.book', { count: this.count }) : t('series.book.all');
  }

  /** Looks at each time, as soon as nobody types any more. */
  look(one: One | undefined, zone: string): void {
    const last = this.#turns.next();
    this.fault = undefined;
    this.#last = one;
    if (!one || Object.keys(wrongIn(this.plan, dateOf(one.start, zone))).length > 0) {
      [this.preview, this.looking] = [undefined, false];
      return;
    }
    const shape = shapeOf(one, this.plan);
    if (shape !== this.#shape) [this.remedies, this.#shape] = [new Map(), shape];
    this.looking = true;
    const body = { ...seriesOf(one, this.plan, this.remedies), preview: true };
    setTimeout(() => {
      if (!last()) return;
      ask(api.POST('/v1/series', { body })).then(
        (found) => {
          if (!last()) return;
          this.looking = false;
          if ('occurrences' in found) this.preview = found;
        },
        (error: unknown) => {
          if (last()) [this.preview, this.looking, this.fault] = [undefined, false, Fault.from(error)];
        },
      );
    }, 250);
  }

  mend(place: number, remedy: Remedy | undefined): void {
    const next = new Map(this.remedies);
    if (remedy) next.set(place, remedy);
    else next.delete(place);
    this.remedies = next;
  }

  /** Books all of it or nothing. Throws why not. */
  async book(one: One, book: Book): Promise<void> {
    const body = seriesOf(one, this.plan, this.remedies);
    try {
      const made = await ask(api.POST('/v1/series', { body, params: { header: this.#attempts.header(body) } }));
      this.#attempts.done();
      if (!('visits' in made)) return;
      for (const visit of made.visits) if (dateOf(visit.starts_at, book.zone) === book.date) book.take(visit);
      const [first] = made.visits;
      if (!first) return;
      const words = { name: nameOfVisit(first), count: made.visits.length, time: whenText(first.starts_at, book.zone) };
      const noted = await noteAll(made.visits, one);
      said.say(t(noted ? 'series.booked' : 'series.booked.unnoted', words));
    } catch (error) {
      // Somebody was quicker for one of them: which, the next look says.
      if (Fault.from(error).code === 'series_conflicts') this.look(this.#last, book.zone);
      throw error;
    }
  }
}

/** Writes on each visit what was to be noted: a series itself has no notes. Says whether that went well. */
async function noteAll(visits: readonly Schema<'VisitView'>[], { note, staff_note }: One): Promise<boolean> {
  if ((!note && !staff_note) || !desk.can('booking:update')) return !note && !staff_note;
  try {
    for (const { id, version } of visits) {
      const body = { version, ...(note && { note }), ...(staff_note && { staff_note }) };
      await ask(api.PUT('/v1/appointments/{id}/notes', { params: { path: { id } }, body }));
    }
    return true;
  } catch {
    return false;
  }
}
