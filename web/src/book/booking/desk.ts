import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { i18n } from '$lib/i18n/index.svelte';
import { agreedTo, filledIn, type Form } from '../../visit/answers';
import { nothing, wantedOf } from '../choice';
import type { Slot } from '../days';
import { Once } from '../once';
import { visitor } from '../shop';
import { api, ask } from '../wire';
import type { Flow } from './flow.svelte';

type Hold = Schema<'HoldView'>;

/** What is asked of the shop for a booking: time is kept, given back and taken up. */
export class Desk {
  readonly flow: Flow;
  readonly #holds = new Once();
  readonly #visits = new Once();
  readonly #codes = new Once();

  constructor(flow: Flow) {
    this.flow = flow;
  }

  /** Keeps a time, and goes on to who comes. Gives whether it was still free. What comes once somebody is elsewhere
   *  is given back. */
  async take(slot: Pick<Slot, 'start'>): Promise<boolean> {
    if (this.flow.taking) return false;
    const last = this.flow.turns.next();
    this.flow.taking = slot.start;
    try {
      const hold = await this.#kept(slot.start);
      if (!last()) {
        void this.#giveBack(hold);
        return false;
      }
      this.#hold(hold);
      this.flow.go('who');
      return true;
    } catch (error) {
      if (last()) this.flow.fault = Fault.from(error);
      return false;
    } finally {
      if (last()) this.flow.taking = undefined;
    }
  }

  #hold(hold: Hold): void {
    this.flow.hold = hold;
    this.flow.save();
  }

  async #kept(start: string): Promise<Hold> {
    const body = {
      start,
      visitor: visitor(),
      wanted: wantedOf(this.flow.choice),
      ...(this.flow.choice.location && { location: this.flow.choice.location }),
    };
    const path = { shop: this.flow.shop.slug };
    return this.#holds.send(body, (body, header) =>
      api.POST('/v1/public/{shop}/holds', { params: { path, header }, body }),
    );
  }

  /** Gives the time back that was kept. */
  async release(): Promise<void> {
    const hold = this.flow.hold;
    this.flow.hold = null;
    this.flow.save();
    if (hold) await this.#giveBack(hold);
  }

  async #giveBack({ hold }: Hold): Promise<void> {
    const path = { shop: this.flow.shop.slug };
    // Nobody is helped by knowing that this didn't work: it is free again in ten minutes.
    await ask(api.POST('/v1/public/{shop}/holds/release', { params: { path }, body: { hold } })).catch(() => undefined);
  }

  async sendCode(): Promise<boolean> {
    const body = { hold: this.flow.hold?.hold ?? '', email: this.flow.who.email.trim() };
    return this.#work(async () => {
      const path = { shop: this.flow.shop.slug };
      await this.#codes.send(body, (body, header) =>
        api.POST('/v1/public/{shop}/holds/code', { params: { path, header }, body }),
      );
    });
  }

  /** Takes the kept time up. A time that isn't kept any more is taken again, if it is still free. Gives whether it is
   *  booked. */
  async book(forms: Form[], code: string): Promise<boolean> {
    const done = await this.#work(async () => {
      if (this.flow.over()) await this.#again();
      try {
        this.flow.booked = await this.#visit(forms, code);
      } catch (error) {
        if (!['hold_over', 'lapsed'].includes(Fault.from(error).code)) throw error;
        await this.#again();
        this.flow.booked = await this.#visit(forms, code);
      }
    });
    if (!done) return false;
    this.flow.hold = null;
    this.flow.choice = nothing(this.flow.choice.location);
    this.flow.answers = {};
    this.flow.agreed = {};
    this.flow.save();
    this.flow.go('done', { replace: true });
    return true;
  }

  async #again(): Promise<void> {
    try {
      this.#hold(await this.#kept(this.flow.hold?.start ?? ''));
    } catch (error) {
      const fault = Fault.from(error);
      if (fault.status !== 409) throw fault;
      this.flow.hold = null;
      this.flow.go('when', { replace: true });
      throw fault;
    }
  }

  #visit(forms: Form[], code: string): Promise<Schema<'BookedView'>> {
    const { name, email, phone, note, news } = this.flow.who;
    const asks = this.flow.hold?.asks;
    const body = {
      hold: this.flow.hold?.hold ?? '',
      name: name.trim(),
      ...(email.trim() && asks?.email !== 'hidden' && { email: email.trim() }),
      ...(phone.trim() && asks?.phone !== 'hidden' && { phone: phone.trim() }),
      ...(note.trim() && asks?.note && { note: note.trim() }),
      ...(code.trim() && { code: code.trim() }),
      news,
      locale: i18n.language,
      answers: filledIn(forms, this.flow.answers),
      agreed: agreedTo(forms, this.flow.agreed),
    };
    const path = { shop: this.flow.shop.slug };
    return this.#visits.send(body, (body, header) =>
      api.POST('/v1/public/{shop}/appointments', { params: { path, header }, body }),
    );
  }

  async #work(work: () => Promise<void>): Promise<boolean> {
    if (this.flow.busy) return false;
    this.flow.busy = true;
    this.flow.fault = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.flow.fault = Fault.from(error);
      return false;
    } finally {
      this.flow.busy = false;
    }
  }
}
