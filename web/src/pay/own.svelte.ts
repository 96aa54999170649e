import type { Schema } from '$lib/api/types';
import { Doing } from '$lib/doing.svelte';
import { api, ask } from '../book/wire';
import { Door } from './door.svelte';

export type OwnPayment = Schema<'OwnPaymentView'>;
/** What is wanted now, a card included, or all that is open and a tip. */
type Wish = Schema<'WishInput'>;
const NOW: Wish = { what: 'now' };

/** What one owes or has paid for one's own visit. */
export class Payment extends Door<OwnPayment, Wish> {
  readonly #params: { path: { token: string } };
  readonly removing = new Doing();
  /** The card was taken away here. */
  removed = $state(false);

  constructor(token: string, now: OwnPayment | undefined) {
    super(NOW, now);
    this.#params = { path: { token } };
  }

  protected override read(): Promise<OwnPayment> {
    return ask(api.GET('/v1/b/{token}/payment', { params: this.#params }));
  }

  protected override look(): Promise<OwnPayment> {
    return ask(api.POST('/v1/b/{token}/payment/look', { params: this.#params }));
  }

  protected override open(wish: Wish, form: boolean): Promise<Schema<'DoorView'>> {
    const body = form ? { ...wish, form } : wish;
    return ask(api.POST('/v1/b/{token}/payment', { params: this.#params, body }));
  }

  override pay(wish = NOW): Promise<void> {
    return super.pay(wish);
  }

  /** A voucher pays: what is asked for now, or all of the visit as far as it goes. */
  async redeem(code: string, what: 'now' | 'all'): Promise<void> {
    const last = this.turns.next();
    this.fault = undefined;
    const now = await ask(api.POST('/v1/b/{token}/voucher', { params: this.#params, body: { code, what } }));
    if (last()) this.now = now;
  }

  /** The card that is on file is taken away. Gives whether it is gone. */
  async removeCard(): Promise<boolean> {
    const gone = await this.removing.run(() => ask(api.DELETE('/v1/b/{token}/card', { params: this.#params })));
    if (gone) this.removed = true;
    // What was refused stands otherwise than was shown.
    if (gone || this.removing.fault?.status === 409) await this.load();
    return gone;
  }
}
