import { Fault } from '$lib/api/fault';
import { t } from '$lib/i18n/index.svelte';
import { said } from '../said.svelte';
import { Calls } from './calls.svelte';
import type { Floor } from './floor.svelte';
import { besides, rankAt, type Entry } from './line';

/** Everything that is pressed on the page of a line. */
export class Presses extends Calls {
  /** Calling the next was refused, and for whom. */
  refused = $state.raw<{ fault: Fault; staff: string | undefined }>();
  readonly #floor: Floor;

  constructor(floor: Floor) {
    super(floor);
    this.#floor = floor;
  }

  #back(id: string, shown: Partial<Entry>): () => Promise<void> {
    return this.undo(id, (entry) => this.#floor.step(entry, 'step-back', {}, shown));
  }

  /** Calls the next for one of the staff. Why that can't be done stays on the page, with what helps. */
  async next(staff: string | undefined): Promise<void> {
    this.refused = undefined;
    await this.press('next', async () => {
      try {
        const entry = await this.#floor.callNext(staff);
        this.called(entry);
      } catch (error) {
        this.refused = { fault: Fault.from(error), staff };
      }
    });
  }

  override call(entry: Entry, staff: string | undefined): Promise<boolean> {
    this.refused = undefined;
    return super.call(entry, staff);
  }

  start(entry: Entry, staff: string | undefined): Promise<boolean> {
    return this.press(entry.id, async () => {
      const hands = entry.staff ? {} : staff ? { staff } : {};
      const shown = { state: 'serving', started_at: new Date().toISOString(), ...hands } as const;
      const started = await this.#floor.step(entry, 'start', hands, shown);
      said.say(t('line.did.started', { code: started.code }), this.#back(entry.id, { state: 'waiting', staff: null }));
    });
  }

  finish(entry: Entry): Promise<boolean> {
    return this.press(entry.id, async () => {
      await this.#floor.step(entry, 'finish', {}, { state: 'done', ended_at: new Date().toISOString() });
      said.say(t('line.did.finished', { code: entry.code }), this.#back(entry.id, { state: 'serving', ended_at: null }));
    });
  }

  noShow(entry: Entry): Promise<boolean> {
    return this.press(entry.id, async () => {
      await this.#floor.step(entry, 'no-show', {}, { state: 'no_show', ended_at: new Date().toISOString() });
      said.say(t('line.did.no_show', { code: entry.code }), this.#back(entry.id, { state: 'waiting', staff: null }));
    });
  }

  leave(entry: Entry): Promise<boolean> {
    return this.press(entry.id, async () => {
      await this.#floor.step(entry, 'leave', {}, { state: 'left', ended_at: new Date().toISOString() });
      said.say(t('line.did.left', { code: entry.code }), this.#back(entry.id, { state: 'waiting' }));
    });
  }

  putBack(entry: Entry): Promise<boolean> {
    const { staff } = entry;
    return this.press(entry.id, async () => {
      await this.#floor.step(entry, 'return', {}, { state: 'waiting', staff: null });
      const undo = this.undo(entry.id, (now) => this.#floor.step(now, 'call', staff ? { staff } : {}, { state: 'called' }));
      said.say(t('line.did.returned', { code: entry.code }), undo);
    });
  }

  stepBack(entry: Entry): Promise<boolean> {
    const state = entry.state === 'done' ? 'serving' : 'waiting';
    return this.press(entry.id, async () => {
      await this.#floor.step(entry, 'step-back', {}, { state, ended_at: null });
      said.say(t('line.did.stepped_back', { code: entry.code }));
    });
  }

  /** To another place among those who wait: shown at once, put back with the reason if it is refused. */
  move(entry: Entry, to: number): Promise<boolean> {
    const before = this.#floor.sections.waiting;
    const place = besides(before, entry.id, to);
    if (!place) return Promise.resolve(false);
    const from = before.findIndex(({ id }) => id === entry.id);
    return this.press(entry.id, async () => {
      await this.#floor.step(entry, 'move', place, { rank: rankAt(before, entry.id, to) });
      const undo = this.undo(entry.id, async (now) => {
        const back = besides(this.#floor.sections.waiting, now.id, from);
        if (back) await this.#floor.step(now, 'move', back, { rank: rankAt(this.#floor.sections.waiting, now.id, from) });
      });
      said.say(t('line.did.moved', { code: entry.code, place: to + 1 }), undo);
    });
  }

  edit(entry: Entry, wish: { services: string[]; party: number; staff: string | null }): Promise<Entry> {
    const was = { services: entry.services.map(({ id }) => id), party: entry.party, staff: entry.staff_wanted ?? null };
    return this.#floor.step(entry, 'edit', wish, { party: wish.party, staff_wanted: wish.staff }).then((edited) => {
      said.say(t('line.did.edited', { code: entry.code }), this.undo(entry.id, (now) => this.#floor.step(now, 'edit', was)));
      return edited;
    });
  }
}
