/** The last thing that was done, told once at the foot of the page and to screen readers. */
class Said {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.#timer = setTimeout(() => (this.text = ''), 6000);
  }
}

export const said = new Said();
