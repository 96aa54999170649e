// What a topic shows, put together from messages.
import type { LiveItem } from './messages';

/** What is shown of a topic: everything by its id. */
export type Items = ReadonlyMap<string, LiveItem>;

export class Shown {
  /** Up to which event it is known; nothing before the first snapshot. */
  seq: number | null = null;
  /** As whom it is shown, as the snapshot said it. */
  audience: string | undefined;
  #items = new Map<string, LiveItem>();

  get items(): Items {
    return this.#items;
  }

  /** Everything afresh. */
  snapshot(seq: number, items: readonly LiveItem[], audience?: string): void {
    this.seq = seq;
    this.audience = audience;
    this.#items = new Map(items.map((item) => [item.id, item]));
  }

  /** As if nothing had ever been shown: it was somebody else's. */
  forget(): void {
    this.seq = null;
    this.audience = undefined;
  }

  /** What has changed. False: it doesn't lead on from what is known, and changes nothing. */
  change(seq: number, items: readonly LiveItem[], gone: readonly string[]): boolean {
    if (this.seq === null || seq < this.seq) return false;
    const next = new Map(this.#items);
    for (const id of gone) next.delete(id);
    for (const item of items) {
      const known = next.get(item.id);
      // The past is never shown over the present, whatever comes.
      if (!known || known.version <= item.version) next.set(item.id, item);
    }
    this.seq = seq;
    this.#items = next;
    return true;
  }

  /** It is known up to there that nothing else has changed. */
  upTo(seq: number): void {
    if (this.seq !== null && seq > this.seq) this.seq = seq;
  }
}
