type Undo = () => Promise<void> | void;

/** The last thing that was done, told once at the foot of the page and to screen readers; what can be taken
 *  back is offered there for a while. */
class Said {
  text = $state('');
  undo = $state.raw<Undo>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string, undo?: Undo): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.undo = undo;
    this.#timer = setTimeout(() => this.#hush(), undo ? 10_000 : 6000);
  }

  /** Takes it back, once. */
  take(undo: Undo): void {
    if (this.undo !== undo) return;
    this.#hush();
    void undo();
  }

  #hush(): void {
    clearTimeout(this.#timer);
    this.text = '';
    this.undo = undefined;
  }
}

export const said = new Said();
