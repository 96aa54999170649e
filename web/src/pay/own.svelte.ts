import type { Schema } from '$lib/api/types';
import { api, ask } from '../book/wire';
import { Door } from './door.svelte';

export type OwnPayment = Schema<'OwnPaymentView'>;
/** What is wanted now, a card included, or all that is open and a tip. */
type Wish = Schema<'WishInput'>;
const NOW: Wish = { what: 'now' };

/** What one owes or has paid for one's own visit. */
export class Payment extends Door<OwnPayment, Wish> {
  /** Whose visit it is, as every call about it says. */
  readonly params: { path: { token: string } };
  /** The card was taken away here. */
  removed = $state(false);

  constructor(token: string, now: OwnPayment | undefined) {
    super(NOW, now);
    this.params = { path: { token } };
  }

  protected override read(): Promise<OwnPayment> {
    return ask(api.GET('/v1/b/{token}/payment', { params: this.params }));
  }

  protected override look(): Promise<OwnPayment> {
    return ask(api.POST('/v1/b/{token}/payment/look', { params: this.params }));
  }

  protected override open(wish: Wish, form: boolean): Promise<Schema<'DoorView'>> {
    const body = form ? { ...wish, form } : wish;
    return ask(api.POST('/v1/b/{token}/payment', { params: this.params, body }));
  }

  override pay(wish = NOW): Promise<void> {
    return super.pay(wish);
  }
}
