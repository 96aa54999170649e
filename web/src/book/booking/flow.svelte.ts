import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { i18n } from '$lib/i18n/index.svelte';
import { router } from '$lib/router.svelte';
import { device, tab } from '$lib/store';
import { agreedTo, filledIn, type Answers, type Form } from '../answers';
import { isEmpty, nothing, stillOffered, wantedOf, whoCan, type Choice, type Shop } from '../choice';
import type { Slot } from '../days';
import { kept } from '../kept';
import { Once } from '../once';
import { withStep } from '../routes';
import { visitor } from '../shop';
import { needsExtras, type Step } from './steps';

type Hold = Schema<'HoldView'>;
type Near = { start: string; end: string };

/** The times that the server names instead of one that is taken. */
const near = (fault: Fault): Near[] => (fault.particulars as { alternatives?: Near[] } | undefined)?.alternatives ?? [];

export const blank = () => ({ name: '', email: '', phone: '', note: '', news: false });

const placeOf = (slug: string) => `openchair.place.${slug}`;

/** One booking, from the menu to the visit. */
export class Flow {
  shop: Shop = $state.raw() as Shop;
  choice = $state<Choice>(nothing());
  who = $state(blank());
  answers = $state<Answers>({});
  agreed = $state<Record<string, boolean>>({});
  hold = $state.raw<Hold | null>(null);
  /** What the free times cost, as the server says. */
  quote = $state.raw<Schema<'QuoteView'> | null>(null);
  booked = $state.raw<Schema<'BookedView'> | null>(null);
  /** The time that is being taken. */
  taking = $state<string>();
  busy = $state(false);
  fault = $state.raw<Fault>();
  /** Times near one that somebody else was quicker for. */
  near = $state.raw<Near[]>([]);
  readonly #holds = new Once();
  readonly #visits = new Once();
  readonly #codes = new Once();

  constructor(shop: Shop) {
    this.shop = shop;
    this.#restore();
  }

  get location() {
    const { locations } = this.shop;
    return locations.find(({ id }) => id === this.choice.location) ?? locations[0];
  }

  get zone(): string {
    return this.location?.time_zone ?? this.shop.time_zone;
  }

  get staff() {
    return whoCan(this.choice, this.shop);
  }

  /** The steps of this booking, in their order. */
  get steps(): Step[] {
    const { locations } = this.shop;
    return [
      ...(locations.length > 1 ? (['where'] as const) : []),
      'what',
      ...(needsExtras(this.choice, this.shop) ? (['extras'] as const) : []),
      ...(this.staff.length > 1 ? (['whom'] as const) : []),
      'when',
      'who',
    ];
  }

  /** The step that the address names, or the last one before it that there is enough for. */
  get step(): Step {
    const wished = (router.query('step') ?? '') as Step;
    if (wished === 'done') return this.booked ? 'done' : this.#first();
    if (wished === 'where' && this.shop.locations.length > 1) return 'where';
    if (this.shop.locations.length > 1 && !this.choice.location) return 'where';
    if (isEmpty(this.choice)) return 'what';
    if (wished === 'who') return this.hold ? 'who' : 'when';
    return ['extras', 'whom', 'when', 'wait'].includes(wished) ? wished : 'what';
  }

  #first(): Step {
    return this.shop.locations.length > 1 && !this.choice.location ? 'where' : 'what';
  }

  go(step: Step, how: { replace?: boolean } = {}): void {
    this.fault = undefined;
    router.go(withStep(router.path, router.search, step === 'what' ? null : step), how);
  }

  /** On to what comes after this step. */
  next(after: Step): void {
    const rest = this.steps.slice(this.steps.indexOf(after) + 1);
    this.go(rest[0] ?? 'when');
  }

  place(location: string): void {
    device.set(placeOf(this.shop.slug), location);
    this.choice = { ...this.choice, location, staff: null, day: null };
    this.go('what');
  }

  choose(more: Partial<Choice>): void {
    this.choice = { ...this.choice, ...more };
    this.quote = null;
    this.near = [];
  }

  /** Keeps a time, and goes on to who comes. Gives whether it was still free. */
  async take(slot: Pick<Slot, 'start'>): Promise<boolean> {
    if (this.taking) return false;
    this.taking = slot.start;
    this.fault = undefined;
    this.near = [];
    try {
      await this.#keep(slot.start);
      this.go('who');
      return true;
    } catch (error) {
      this.#refused(Fault.from(error));
      return false;
    } finally {
      this.taking = undefined;
    }
  }

  async #keep(start: string): Promise<void> {
    const body = {
      start,
      visitor: visitor(),
      wanted: wantedOf(this.choice),
      ...(this.choice.location && { location: this.choice.location }),
    };
    const path = { shop: this.shop.slug };
    this.hold = await this.#holds.send(body, (body, header) =>
      api.POST('/v1/public/{shop}/holds', { params: { path, header }, body }),
    );
    this.save();
  }

  #refused(fault: Fault): void {
    this.fault = fault;
    this.near = near(fault);
  }

  /** Gives the time back that was kept. */
  async release(): Promise<void> {
    const hold = this.hold?.hold;
    this.hold = null;
    this.save();
    if (!hold) return;
    const path = { shop: this.shop.slug };
    // Nobody is helped by knowing that this didn't work: it is free again in ten minutes.
    await ask(api.POST('/v1/public/{shop}/holds/release', { params: { path }, body: { hold } })).catch(() => undefined);
  }

  over(now = Date.now()): boolean {
    return this.hold !== null && Date.parse(this.hold.expires_at) <= now;
  }

  async sendCode(): Promise<boolean> {
    const body = { hold: this.hold?.hold ?? '', email: this.who.email.trim() };
    return this.#work(async () => {
      const path = { shop: this.shop.slug };
      await this.#codes.send(body, (body, header) =>
        api.POST('/v1/public/{shop}/holds/code', { params: { path, header }, body }),
      );
    });
  }

  /** Takes the kept time up. A time that isn't kept any more is taken again, if it is still free. */
  async book(forms: Form[], code: string): Promise<void> {
    const done = await this.#work(async () => {
      if (this.over()) await this.#again();
      try {
        this.booked = await this.#visit(forms, code);
      } catch (error) {
        if (!['hold_over', 'lapsed'].includes(Fault.from(error).code)) throw error;
        await this.#again();
        this.booked = await this.#visit(forms, code);
      }
    });
    if (!done) return;
    this.hold = null;
    this.choice = nothing(this.choice.location);
    this.answers = {};
    this.agreed = {};
    this.save();
    this.go('done', { replace: true });
  }

  async #again(): Promise<void> {
    try {
      await this.#keep(this.hold?.start ?? '');
    } catch (error) {
      const fault = Fault.from(error);
      if (fault.status !== 409) throw fault;
      this.hold = null;
      this.go('when', { replace: true });
      throw fault;
    }
  }

  #visit(forms: Form[], code: string): Promise<Schema<'BookedView'>> {
    const { name, email, phone, note, news } = this.who;
    const asks = this.hold?.asks;
    const body = {
      hold: this.hold?.hold ?? '',
      name: name.trim(),
      ...(email.trim() && asks?.email !== 'hidden' && { email: email.trim() }),
      ...(phone.trim() && asks?.phone !== 'hidden' && { phone: phone.trim() }),
      ...(note.trim() && asks?.note && { note: note.trim() }),
      ...(code.trim() && { code: code.trim() }),
      news,
      locale: i18n.language,
      answers: filledIn(forms, this.answers),
      agreed: agreedTo(forms, this.agreed),
    };
    const path = { shop: this.shop.slug };
    return this.#visits.send(body, (body, header) =>
      api.POST('/v1/public/{shop}/appointments', { params: { path, header }, body }),
    );
  }

  async #work(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.fault = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.#refused(Fault.from(error));
      return false;
    } finally {
      this.busy = false;
    }
  }

  save(): void {
    const { choice, who, hold, booked } = this;
    tab.set(kept(this.shop.slug), JSON.stringify({ choice, who, hold, booked }));
  }

  #restore(): void {
    const text = tab.get(kept(this.shop.slug));
    const place = device.get(placeOf(this.shop.slug));
    try {
      const { choice, who, hold, booked } = JSON.parse(text ?? '{}') as Partial<Flow>;
      const offered = stillOffered({ ...nothing(place), ...choice }, this.shop);
      this.choice = offered;
      this.who = { ...blank(), ...who };
      this.hold = isEmpty(offered) ? null : (hold ?? null);
      this.booked = booked ?? null;
    } catch {
      this.choice = nothing(place);
    }
  }
}
