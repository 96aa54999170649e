import type { Schema } from '$lib/api/types';
import { api, ask } from '../book/wire';
import { Door } from '../pay/door.svelte';

export type Gift = Schema<'GiftView'>;

/** A voucher that somebody buys, behind its link: to be paid, and then to be given. */
export class Bought extends Door<Gift> {
  readonly #params: { path: { token: string } };
  /** Who has just bought it wants to pay it, too. */
  readonly fresh: boolean;

  /** What was bought on the page before is paid on the one that takes its place. */
  static #next: Bought | undefined;

  static at(token: string): Bought {
    const next = Bought.#next;
    Bought.#next = undefined;
    return next?.now?.token === token ? next : new Bought(token);
  }

  /** Hands over what was just bought. Gives the path of its page. */
  static hand(gift: Gift): string {
    Bought.#next = new Bought(gift.token, gift);
    return `/g/${gift.token}`;
  }

  constructor(token: string, now?: Gift) {
    super(undefined, now);
    this.fresh = now !== undefined;
    this.#params = { path: { token } };
  }

  protected override read(): Promise<Gift> {
    return ask(api.GET('/v1/g/{token}', { params: this.#params }));
  }

  protected override look(): Promise<Gift> {
    return ask(api.POST('/v1/g/{token}/payment/look', { params: this.#params }));
  }

  protected override open(_: undefined, form: boolean): Promise<Schema<'DoorView'>> {
    return ask(api.POST('/v1/g/{token}/payment', { params: this.#params, body: { here: form } }));
  }
}
