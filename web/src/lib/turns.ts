/** Of several questions only the last one counts: what comes back of those before it is nobody's answer any more. */
export class Turns {
  #last = 0;

  /** Begins the next; gives whether it is still the last. */
  next(): () => boolean {
    const turn = (this.#last += 1);
    return () => turn === this.#last;
  }
}
