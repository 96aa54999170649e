// A visit that is taken in the hand, by the mouse, a finger or the keyboard, and where it would be put; or
// somebody from the line, who has no visit yet.
import { barTo, type Bar, type Column } from './columns';
import { isGuest, type Held } from './guest';
import type { Place } from './hands';
import { snapped, stepped, type Block, type Kind } from './ledger';
import { handedOver } from './visits';

export type Hand = 'mouse' | 'finger' | 'keys';

interface Lifted {
  block: Held;
  hand: Hand;
  /** Minutes between where it was taken and where it begins. */
  hold: number;
}

export interface Drop {
  block: Held;
  column: Column;
  from: number;
}

export interface Surroundings {
  columns: readonly Column[];
  blocks: readonly Block[];
  kind: Kind;
  step: number;
  length: number;
}

export class Lift {
  #around: () => Surroundings;
  lifted = $state.raw<Lifted>();
  column = $state('');
  from = $state(0);
  /** The ledger, as long as there is one: where a point of the screen is in it, and what scrolls it. */
  sheet = $state.raw<{ place: (x: number, y: number) => Place | undefined; box: () => HTMLElement }>();

  constructor(around: () => Surroundings) {
    this.#around = around;
  }

  take(block: Held, hand: Hand, at = block.from): void {
    this.lifted = { block, hand, hold: at - block.from };
    this.column = block.column;
    this.from = block.from;
    // By keys one begins somewhere.
    if (isGuest(block) && hand === 'keys') this.column = this.#firstFor(block.guest.staff_wanted);
  }

  #firstFor(wanted: string | null | undefined): string {
    const { columns } = this.#around();
    const ids = columns.map(({ id }) => id).filter((id) => this.canGoTo(id));
    const free = ids.find((id) => {
      this.column = id;
      return this.bar === undefined;
    });
    return ids.find((id) => id === wanted) ?? free ?? ids[0] ?? '';
  }

  putBack(): void {
    this.lifted = undefined;
  }

  /** Over which column and minute the hand is. */
  over(column: string | undefined, minute: number): void {
    const { lifted } = this;
    if (!lifted) return;
    const { step, length } = this.#around();
    this.from = Math.max(0, Math.min(length - step, snapped(minute - lifted.hold, step)));
    if (column !== undefined && this.canGoTo(column)) this.column = column;
    // Who is carried back to the line stays there.
    else if (isGuest(lifted.block)) this.column = '';
  }

  later(direction: 1 | -1, step = this.#around().step): void {
    this.from = Math.max(0, Math.min(this.#around().length - step, stepped(this.from, step, direction)));
  }

  /** The next column in a direction that it can go to. */
  aside(direction: 1 | -1): void {
    const { columns } = this.#around();
    for (let at = columns.findIndex(({ id }) => id === this.column) + direction; at >= 0 && at < columns.length; at += direction) {
      const id = columns[at]?.id ?? '';
      if (this.canGoTo(id)) {
        this.column = id;
        return;
      }
    }
  }

  /** Whether the visit's shape lets it be there at all: one that several people share goes as a whole. */
  canGoTo(column: string): boolean {
    const { lifted } = this;
    if (!lifted || column === '') return false;
    if (column === lifted.block.column || isGuest(lifted.block)) return true;
    const { visit } = lifted.block;
    if (this.#around().kind === 'staff') return handedOver(visit, lifted.block.column, column) !== undefined;
    return new Set(visit.lines.map(({ room }) => room)).size === 1 && lifted.block.column !== '';
  }

  get target(): Column | undefined {
    return this.#around().columns.find(({ id }) => id === this.column);
  }

  /** What is known to stand in the way there. */
  get bar(): Bar | undefined {
    const { lifted, target } = this;
    if (!lifted || !target || this.#still) return undefined;
    return barTo(lifted.block, { column: target, from: this.from }, this.#around().blocks);
  }

  get #still(): boolean {
    return this.lifted?.block.column === this.column && this.lifted.block.from === this.from;
  }

  /** Lets go; says what is to be done, if that is anything. */
  drop(): Drop | undefined {
    const { lifted, target, from } = this;
    const still = this.#still;
    this.lifted = undefined;
    return lifted && target && !still ? { block: lifted.block, column: target, from } : undefined;
  }
}
