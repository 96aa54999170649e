import { Fault } from '$lib/api/fault';
import { t } from '$lib/i18n/index.svelte';
import { said } from '../said.svelte';
import type { Floor } from './floor.svelte';
import type { Entry } from './line';
import { reason } from './reason';

/** What is pressed to call somebody, wherever a line is shown. Who has just been pressed isn't pressed twice. */
export class Calls {
  busy = $state.raw<ReadonlySet<string>>(new Set());
  readonly #line: Pick<Floor, 'now' | 'step'>;

  constructor(line: Pick<Floor, 'now' | 'step'>) {
    this.#line = line;
  }

  call(entry: Entry, staff: string | undefined): Promise<boolean> {
    return this.press(entry.id, async () => {
      const shown = { state: 'called', called_at: new Date().toISOString(), ...(staff && { staff }) } as const;
      this.called(await this.#line.step(entry, 'call', staff ? { staff } : {}, shown));
    });
  }

  protected called(entry: Entry): void {
    const undo = this.undo(entry.id, (now) => this.#line.step(now, 'return', {}, { state: 'waiting', staff: null }));
    said.say(t('line.did.called', { code: entry.code, name: entry.name }), undo);
  }

  protected async press(id: string, work: () => Promise<void>): Promise<boolean> {
    if (this.busy.has(id)) return false;
    this.busy = new Set([...this.busy, id]);
    try {
      await work();
      return true;
    } catch (error) {
      said.say(reason(Fault.from(error)));
      return false;
    } finally {
      this.busy = new Set([...this.busy].filter((other) => other !== id));
    }
  }

  /** Does the opposite to whoever that was, as they are known by then. */
  protected undo(id: string, work: (entry: Entry) => Promise<unknown>): () => Promise<void> {
    return async () => {
      const entry = this.#line.now(id);
      if (entry) await this.press(id, async () => void (await work(entry)));
    };
  }
}
