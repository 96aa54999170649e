/** Somebody is lifted out of a list and put down elsewhere: by mouse, by finger, or with the arrow keys. */
export class Lift {
  /** Who is held, and over which place. */
  held = $state<string>();
  over = $state(0);
  readonly #order: () => string[];
  readonly #drop: (id: string, to: number) => void;

  constructor(order: () => string[], drop: (id: string, to: number) => void) {
    this.#order = order;
    this.#drop = drop;
  }

  /** Where the line between two entries is drawn, as the place behind which it stands: -1 is above all. */
  gapAfter(): number | undefined {
    if (this.held === undefined) return undefined;
    const from = this.#order().indexOf(this.held);
    if (this.over === from) return undefined;
    return this.over > from ? this.over : this.over - 1;
  }

  /** For the handle of one entry. Its list's items carry `data-entry`. */
  readonly handle = (id: string) => (node: HTMLElement) => {
    const list = () => node.closest('[data-line]');
    const place = (y: number): number => {
      const items = [...(list()?.querySelectorAll<HTMLElement>('[data-entry]') ?? [])].filter(
        (item) => item.dataset['entry'] !== id,
      );
      return items.filter((item) => {
        const { top, height } = item.getBoundingClientRect();
        return y > top + height / 2;
      }).length;
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.preventDefault();
      node.focus();
      node.setPointerCapture(event.pointerId);
      this.over = this.#order().indexOf(id);
      this.held = id;
    };
    const move = (event: PointerEvent) => {
      if (this.held !== id) return;
      this.over = place(event.clientY);
      const edge = 72;
      if (event.clientY < edge) scrollBy(0, -12);
      if (event.clientY > innerHeight - edge) scrollBy(0, 12);
    };
    const up = () => {
      if (this.held !== id) return;
      const to = this.over;
      this.held = undefined;
      if (to !== this.#order().indexOf(id)) this.#drop(id, to);
    };
    const off = () => {
      if (this.held === id) this.held = undefined;
    };
    const key = (event: KeyboardEvent) => {
      const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
      if (event.key === 'Escape') off();
      if (by === 0) return;
      event.preventDefault();
      const to = this.#order().indexOf(id) + by;
      if (to >= 0 && to < this.#order().length) this.#drop(id, to);
    };
    node.addEventListener('pointerdown', down);
    node.addEventListener('pointermove', move);
    node.addEventListener('pointerup', up);
    node.addEventListener('pointercancel', off);
    node.addEventListener('keydown', key);
    // A page that scrolls takes the finger away, unless it is told at once that it may not.
    const still = (event: TouchEvent) => event.preventDefault();
    node.addEventListener('touchmove', still, { passive: false });
    return () => {
      node.removeEventListener('pointerdown', down);
      node.removeEventListener('pointermove', move);
      node.removeEventListener('pointerup', up);
      node.removeEventListener('pointercancel', off);
      node.removeEventListener('keydown', key);
      node.removeEventListener('touchmove', still);
    };
  };
}
