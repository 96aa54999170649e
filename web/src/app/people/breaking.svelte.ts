import { api, ask } from '$lib/api/client';
import type { Schema } from '$lib/api/types';
import { Doing } from '../loaded.svelte';

export type ImpactView = Schema<'ImpactView'>;
export type Affected = Schema<'AffectedView'>;
export type Offer = Schema<'AlternativeView'>;

export interface Moved {
  visit: Affected;
  to: Offer;
}

type Look = () => Promise<ImpactView>;
type Write = () => Promise<unknown>;

/**
 * A change that could break visits: it is looked at first and saved at once if nothing breaks. Else the
 * visits are shown, with times to move them to, until somebody saves it or lets it be.
 */
export class Breaking {
  /** What would break, while somebody decides. */
  impact = $state.raw<ImpactView>();
  moved = $state.raw<Moved[]>([]);
  /** The visit that is being moved. */
  moving = $state('');
  /** Looking and saving. */
  doing = new Doing();
  /** Moving visits. */
  shifting = new Doing();
  /** How many of all are moved, while that goes on. */
  progress = $state.raw<{ done: number; of: number }>();
  #look: Look | undefined;
  #write: Write | undefined;
  #settle: ((saved: boolean) => void) | undefined;

  get left(): Affected[] {
    return this.impact?.items ?? [];
  }

  /** Says whether it was saved, once that is decided. */
  async save(look: Look, write: Write): Promise<boolean> {
    this.shifting.fault = undefined;
    let found: ImpactView | undefined;
    const ok = await this.doing.run(async () => {
      found = await look();
      if (found.total === 0) await write();
    });
    if (!ok || !found || found.total === 0) return ok;
    this.moved = [];
    this.#look = look;
    this.#write = write;
    this.impact = found;
    return new Promise((settle) => (this.#settle = settle));
  }

  /** Saves it, whatever still breaks. */
  async go(): Promise<void> {
    const write = this.#write;
    if (write && (await this.doing.run(write))) this.#end(true);
    else if (this.doing.fault?.status === 412) this.#end(false);
  }

  /** Lets it be. What was moved stays moved. */
  stop(): void {
    this.#end(false);
  }

  async move(visit: Affected, to: Offer): Promise<void> {
    await this.shifting.run(() => this.#move(visit, to));
    await this.#again();
  }

  /** Moves each to the first time that is offered for it, one after the other. */
  async moveAll(): Promise<void> {
    await this.shifting.run(async () => {
      const of = this.left.filter(({ alternatives }) => alternatives.length > 0).length;
      const met = new Set<string>();
      for (let done = 0; done < of; done += 1) {
        this.progress = { done, of };
        const visit = this.left.find(({ id, alternatives }) => !met.has(id) && alternatives.length > 0);
        const to = visit?.alternatives[0];
        if (!visit || !to) break;
        met.add(visit.id);
        await this.#move(visit, to);
        // What one took is no longer offered to the next.
        await this.#again();
      }
    });
    this.progress = undefined;
    if (this.shifting.fault) await this.#again();
  }

  async #move(visit: Affected, to: Offer): Promise<void> {
    this.moving = visit.id;
    const body: Schema<'MoveInput'> = {
      start: to.start,
      version: visit.version,
      ...(to.staff && { staff: to.staff }),
      ...(to.room && { room: to.room }),
    };
    try {
      await ask(api.POST('/v1/appointments/{id}/move', { params: { path: { id: visit.id } }, body }));
      this.moved = [...this.moved, { visit, to }];
      if (this.impact) {
        const items = this.left.filter(({ id }) => id !== visit.id);
        this.impact = { ...this.impact, items, total: this.impact.total - 1 };
      }
    } finally {
      this.moving = '';
    }
  }

  /** The offers as they are now. */
  async #again(): Promise<void> {
    if (!this.#look || !this.impact) return;
    try {
      this.impact = await this.#look();
    } catch {
      // The list that is shown is still the best one known.
    }
  }

  #end(saved: boolean): void {
    this.impact = undefined;
    this.#look = this.#write = undefined;
    this.#settle?.(saved);
    this.#settle = undefined;
  }
}
