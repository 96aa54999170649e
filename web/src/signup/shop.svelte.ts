import { api, ask } from '$lib/api/client';
import type { Kind, Proposal, SlugView } from '$lib/api/types';
import { guessCountry, guessZone } from './guess';

/** The business as it is being described, and what the server proposes for it. */
export class Shop {
  name = $state('');
  kind = $state<Kind | ''>('');
  country = $state(guessCountry(navigator.languages));
  slug = $state('');
  zone = $state('');
  currency = $state('');
  locale = $state('');
  proposal = $state.raw<Proposal>();
  /** What the server says about the web address; undefined while it is being asked. */
  address = $state.raw<SlugView>();
  #ownSlug = false;
  #proposedFor = '';

  /** Asks for proposals. Answers to older questions are dropped. */
  async propose(): Promise<void> {
    const { name, kind, country } = this;
    const query = { country, ...(name && { name }), ...(kind && { kind }) };
    const proposal = await ask(api.GET('/v1/signup/proposal', { params: { query } })).catch(() => undefined);
    if (!proposal || name !== this.name || country !== this.country) return;
    this.proposal = proposal;
    if (!this.#ownSlug) this.slug = name.trim() ? proposal.slug : '';
    if (this.#proposedFor === country) return;
    this.#proposedFor = country;
    const device = Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.zone = guessZone(device, proposal.time_zones, proposal.time_zone);
    this.currency = proposal.currency;
    this.locale = proposal.locale;
  }

  /** The web address was written by hand: proposals leave it alone from now on. */
  writeSlug(slug: string): void {
    this.#ownSlug = slug !== '';
    this.slug = slug
      .toLowerCase()
      .replace(/\s+/g, '-')
      .slice(0, 63);
    // An emptied field asks for a proposal again.
    if (!this.#ownSlug) void this.propose();
  }

  async checkSlug(): Promise<void> {
    const slug = this.slug;
    this.address = undefined;
    if (!slug) return;
    const address = await ask(api.GET('/v1/signup/slug/{slug}', { params: { path: { slug } } })).catch(
      () => undefined,
    );
    if (slug !== this.slug) return;
    // A proposal that is taken gives way by itself; what somebody wrote is theirs to change.
    if (!this.#ownSlug && address?.available === false && address.suggestion) this.slug = address.suggestion;
    else this.address = address;
  }

  body(kind: Kind) {
    return {
      name: this.name.trim(),
      kind,
      country: this.country,
      ...(this.slug && { slug: this.slug }),
      ...(this.zone && { time_zone: this.zone }),
      ...(this.currency && { currency: this.currency }),
      ...(this.locale && { locale: this.locale }),
    };
  }
}
