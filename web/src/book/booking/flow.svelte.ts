import type { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { router } from '$lib/router.svelte';
import { device, tab } from '$lib/store';
import { Turns } from '$lib/turns';
import type { Answers } from '../../visit/answers';
import { byAnyone, isEmpty, nothing, stillOffered, type Choice, type Shop } from '../choice';
import { kept } from '../kept';
import { withStep } from '../routes';
import { needsExtras, needsWhom, type Step } from './steps';

type Hold = Schema<'HoldView'>;

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
  readonly turns = new Turns();
  busy = $state(false);
  fault = $state.raw<Fault>();

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

  /** The steps of this booking, in their order. */
  get steps(): Step[] {
    const { locations } = this.shop;
    return [
      ...(locations.length > 1 ? (['where'] as const) : []),
      'what',
      ...(needsExtras(this.choice, this.shop) ? (['extras'] as const) : []),
      ...(needsWhom(this.choice, this.shop) ? (['whom'] as const) : []),
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
    if (step === this.step && router.query('step') === step) return;
    router.go(withStep(router.path, router.search, step === 'what' ? null : step), how);
  }

  /** On to what comes after this step. */
  next(after: Step): void {
    const rest = this.steps.slice(this.steps.indexOf(after) + 1);
    this.go(rest[0] ?? 'when');
  }

  place(location: string): void {
    device.set(placeOf(this.shop.slug), location);
    this.choice = { ...byAnyone(this.choice), location, day: null };
    this.go('what');
  }

  choose(more: Partial<Choice>): void {
    this.choice = { ...this.choice, ...more };
    this.quote = null;
  }

  /** Whatever is being taken isn't wanted any more. */
  leave(): void {
    this.turns.next();
    this.taking = undefined;
  }

  over(now = Date.now()): boolean {
    return this.hold !== null && Date.parse(this.hold.expires_at) <= now;
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
