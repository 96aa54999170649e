import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { Doing } from '$lib/doing.svelte';
import { Turns } from '$lib/turns';
import type { CardFormFacts } from './card_form';
import type CardForm from './CardForm.svelte';
import { isSettled, pauseAfter, type State } from './paying';

/** Something that is paid by its link: how it stands, the ways to pay it, and whether the money is there yet. */
export abstract class Door<View extends { state: State }, Wish = undefined> {
  now = $state.raw<View>();
  /** Somebody came back from the page for cards, or money is on its way: it is asked whether it is there. */
  looking = $state(false);
  /** It was asked often enough. */
  slow = $state(false);
  fault = $state.raw<Fault>();
  readonly leaving = new Doing();
  /** The provider's form for cards is open within the page. */
  form = $state.raw<CardFormFacts>();
  /** What shows it: it comes with the first one. */
  Form = $state.raw<typeof CardForm>();
  /** What is being paid there. */
  #wish: Wish;
  readonly #turns = new Turns();

  constructor(wish: Wish, now: View | undefined) {
    this.#wish = wish;
    this.now = now;
  }

  /** How it stands, as far as is known here. */
  protected abstract read(): Promise<View>;
  /** How it stands, as whoever takes cards says. */
  protected abstract look(): Promise<View>;
  /** The form for cards, where there is one and it is wanted, or else the page for them. */
  protected abstract open(wish: Wish, form: boolean): Promise<Schema<'DoorView'>>;

  async load(): Promise<void> {
    const last = this.#turns.next();
    this.fault = undefined;
    try {
      const now = await this.read();
      if (last()) this.now = now;
    } catch (error) {
      if (last()) this.fault = Fault.from(error);
    }
  }

  /** What somebody does here says how it stands then; whatever is asked meanwhile knows less. */
  async take(answer: Promise<View>): Promise<void> {
    const last = this.#turns.next();
    this.fault = undefined;
    const now = await answer;
    if (last()) this.now = now;
  }

  /** Asks whoever takes cards until there is nothing to wait for. Gives whether it came to that. */
  async follow(): Promise<boolean> {
    const last = this.#turns.next();
    [this.looking, this.slow, this.fault] = [true, false, undefined];
    let fault: Fault | undefined;
    for (let looks = 1, pause: number | undefined = 0; pause !== undefined; looks += 1) {
      await new Promise((done) => setTimeout(done, pause));
      if (!last()) return false;
      const found: View | undefined = await this.look().catch((error: unknown) => {
        fault = Fault.from(error);
        return undefined;
      });
      if (!last()) return false;
      if (found) [this.now, fault] = [found, undefined];
      pause = pauseAfter(found?.state, looks);
    }
    const done = isSettled(this.now?.state);
    [this.looking, this.slow, this.fault] = [false, !done, fault];
    return done;
  }

  /** Nobody looks at it any more. */
  leave(): void {
    this.#turns.next();
  }

  /** Whoever goes back by the browser's button may find the page as they left it. */
  async back(): Promise<void> {
    this.leaving.busy = false;
    await this.load();
  }

  /** To the form for cards, or to the page for them. */
  async pay(wish: Wish): Promise<void> {
    this.#wish = wish;
    await this.#go(true);
  }

  /** The form can't be shown, or isn't liked: to the page. */
  async apart(): Promise<void> {
    this.form = undefined;
    await this.#go(false);
  }

  /** The customer has done what is theirs in the form. */
  async filled(): Promise<boolean> {
    this.form = undefined;
    return this.follow();
  }

  async #go(within: boolean): Promise<void> {
    const gone = await this.leaving.run(async () => {
      const coming = within ? import('./CardForm.svelte').catch(() => undefined) : undefined;
      let door = await this.open(this.#wish, within);
      this.Form ??= (await coming)?.default;
      if (door.form && this.Form) {
        this.form = door.form;
        return;
      }
      // Nothing here can show it.
      if (door.form) door = await this.open(this.#wish, false);
      if (door.url) location.assign(door.url);
      // Until the page is gone, the button isn't to be pressed again.
      await new Promise(() => undefined);
    });
    // Somebody else paid, or nobody takes cards any more.
    if (!gone && this.leaving.fault?.status === 409) await this.load();
  }
}
