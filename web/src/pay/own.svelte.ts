import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { Doing } from '$lib/doing.svelte';
import { Turns } from '$lib/turns';
import { api, ask } from '../book/wire';
import type { CardFormFacts } from './card_form';
import { isSettled, pauseAfter } from './paying';

export type OwnPayment = Schema<'OwnPaymentView'>;
type Wish = Schema<'WishInput'>;

/** What one owes or has paid for one's own visit. */
export class Payment {
  readonly #path: { token: string };
  now = $state.raw<OwnPayment>();
  /** Somebody came back from the page for cards, or money is on its way: it is asked whether it is there. */
  looking = $state(false);
  /** It was asked often enough. */
  slow = $state(false);
  fault = $state.raw<Fault>();
  readonly leaving = new Doing();
  readonly removing = new Doing();
  /** The provider's form for cards is open within the page. */
  form = $state.raw<CardFormFacts>();
  /** What is being paid there. */
  #wish: Wish = { what: 'now' };
  /** The card was taken away here. */
  removed = $state(false);
  readonly #turns = new Turns();

  constructor(token: string, now: OwnPayment | undefined) {
    this.#path = { token };
    this.now = now;
  }

  /** How it stands, as far as is known here. */
  async load(): Promise<void> {
    const last = this.#turns.next();
    this.fault = undefined;
    try {
      const now = await ask(api.GET('/v1/b/{token}/payment', { params: { path: this.#path } }));
      if (last()) this.now = now;
    } catch (error) {
      if (last()) this.fault = Fault.from(error);
    }
  }

  /** Asks whoever takes cards until there is nothing to wait for. Gives whether it came to that. */
  async follow(): Promise<boolean> {
    const last = this.#turns.next();
    [this.looking, this.slow, this.fault] = [true, false, undefined];
    let fault: Fault | undefined;
    for (let looks = 1, pause: number | undefined = 0; pause !== undefined; looks += 1) {
      await new Promise((done) => setTimeout(done, pause));
      if (!last()) return false;
      const found: OwnPayment | undefined = await this.#look().catch((error: unknown) => {
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

  /** A voucher pays: what is asked for now, or all of the visit as far as it goes. */
  async redeem(code: string, what: 'now' | 'all'): Promise<void> {
    const last = this.#turns.next();
    this.fault = undefined;
    const now = await ask(api.POST('/v1/b/{token}/voucher', { params: { path: this.#path }, body: { code, what } }));
    if (last()) this.now = now;
  }

  /** Nobody looks at it any more. */
  leave(): void {
    this.#turns.next();
  }

  #look(): Promise<OwnPayment> {
    return ask(api.POST('/v1/b/{token}/payment/look', { params: { path: this.#path } }));
  }

  /** Whoever goes back by the browser's button may find the page as they left it. */
  async back(): Promise<void> {
    this.leaving.busy = false;
    await this.load();
  }

  /** The card that is on file is taken away. Gives whether it is gone. */
  async removeCard(): Promise<boolean> {
    const gone = await this.removing.run(() => ask(api.DELETE('/v1/b/{token}/card', { params: { path: this.#path } })));
    if (gone) this.removed = true;
    // What was refused stands otherwise than was shown.
    if (gone || this.removing.fault?.status === 409) await this.load();
    return gone;
  }

  /**
   * To the form for cards, or to the page for them: for what is wanted now, a card included, or for all that is open
   * and a tip.
   */
  async pay(wish: Wish = { what: 'now' }): Promise<void> {
    this.#wish = wish;
    await this.#go({ ...wish, form: true });
  }

  /** The form can't be shown, or isn't liked: to the page. */
  async apart(): Promise<void> {
    this.form = undefined;
    await this.#go(this.#wish);
  }

  /** The customer has done what is theirs in the form. */
  async filled(): Promise<boolean> {
    this.form = undefined;
    return this.follow();
  }

  async #go(body: Wish): Promise<void> {
    const gone = await this.leaving.run(async () => {
      const { url, form } = await ask(api.POST('/v1/b/{token}/payment', { params: { path: this.#path }, body }));
      if (form) {
        this.form = form;
        return;
      }
      if (url) location.assign(url);
      // Until the page is gone, the button isn't to be pressed again.
      await new Promise(() => undefined);
    });
    // Somebody else paid, or nobody takes cards any more.
    if (!gone && this.leaving.fault?.status === 409) await this.load();
  }
}
