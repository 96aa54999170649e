import { api, ask, manners } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { MeView, UserView } from '$lib/api/types';
import { known, leaveLater, leaving, remember, useHue } from '$lib/device';
import { i18n } from '$lib/i18n/index.svelte';
import { tab } from '$lib/store';
import { kept } from './kept/kept';
import { isAway } from './kept/record';
import type { Page } from './pages';
import type { Stay } from './platform/stay';

const TAB = 'openchair.tenant';
const STAY = 'openchair.support';
/** The colour where there is no business to have one. */
const HUE = 190;
/** How often it is tried whether somebody answers again. */
const TRY_EVERY = 15_000;

/** Who sits here, and which of their businesses this tab looks at. */
class Desk {
  me = $state.raw<MeView>();
  fault = $state.raw<Fault>();
  /** The business wants a second factor that this login does not have yet. */
  factorMissing = $state(false);
  /** Nobody answered since the page was opened: what is shown is what was kept, from then. */
  asOf = $state.raw<Date>();
  /** Where this tab looks in as platform support. */
  stay = $state.raw<Stay>();
  #tenant = $state<string | null>(tab.get(TAB));
  #leaving = false;
  readonly #waiting = new Set<() => void>();

  constructor() {
    manners.signedOut = () => void this.#signInAgain();
    manners.factorMissing = () => (this.factorMissing = true);
  }

  get membership() {
    return this.stay?.place ?? this.#membershipOf(this.me);
  }

  #membershipOf(me: MeView | undefined) {
    const all = me?.memberships ?? [];
    return (
      all.find(({ tenant }) => tenant.id === this.#tenant) ??
      all.find(({ tenant }) => tenant.id === me?.current_tenant) ??
      all[0]
    );
  }

  get tenant() {
    return this.membership?.tenant;
  }

  /** Hides what would be refused; the server is the one that refuses. */
  can(permission: string): boolean {
    return this.membership?.permissions.includes(permission) ?? false;
  }

  /** Whether a page is there for whoever sits here. */
  sees({ needs, platform, anywhere }: Pick<Page, 'needs' | 'platform' | 'anywhere'>): boolean {
    if (platform) return this.me?.platform_admin ?? false;
    if (!this.tenant) return anywhere ?? false;
    return needs.length === 0 || needs.some((each) => this.can(each));
  }

  async open(): Promise<void> {
    this.fault = undefined;
    try {
      if (leaving()) return await this.#leave();
      await this.#ask();
    } catch (error) {
      const fault = Fault.from(error);
      if (!isAway(fault) || this.me || !(await this.#recall())) this.fault = fault;
    }
    await i18n.follow(this.me?.user.locale ?? null);
  }

  async #ask(): Promise<void> {
    this.take(await ask(api.GET('/v1/me')));
    const looked = this.me?.platform_admin && !this.stay ? tab.get(STAY) : null;
    if (looked) await (await import('./platform/stay')).resume(looked);
    remember(true);
  }

  /** Opens with what was kept, until somebody answers. */
  async #recall(): Promise<boolean> {
    const me = known() ? await kept.recall((me) => this.#membershipOf(me)) : undefined;
    if (!me) return false;
    this.asOf = new Date((kept.get('day') ?? kept.get('me'))?.at ?? 0);
    this.#show(me);
    void this.#heal();
    return true;
  }

  async #heal(): Promise<void> {
    while (this.asOf && !this.#leaving) {
      await new Promise<void>((done) => {
        const timer = setTimeout(go, TRY_EVERY);
        function go() {
          clearTimeout(timer);
          removeEventListener('online', go);
          done();
        }
        addEventListener('online', go);
      });
      try {
        await this.#ask();
        this.asOf = undefined;
        this.#waiting.forEach((again) => again());
        this.#waiting.clear();
      } catch (error) {
        const fault = Fault.from(error);
        // What was kept isn't shown for ever.
        if (isAway(fault) && kept.get('me')) continue;
        [this.asOf, this.me, this.fault] = [undefined, undefined, fault];
      }
    }
  }

  /** Runs something as soon as somebody answers again. */
  whenBack(again: () => void): void {
    this.#waiting.add(again);
  }

  take(me: MeView): void {
    this.#show(me);
    // What one sees as support isn't kept on this device.
    const membership = this.stay ? undefined : this.membership;
    void (membership ? kept.own(me, membership) : kept.forget());
  }

  #show(me: MeView): void {
    this.me = me;
    const tenant = this.tenant;
    manners.tenant = tenant?.id ?? null;
    if (tenant) useHue(tenant.hue);
  }

  takeUser(user: UserView): void {
    if (this.me) this.me = { ...this.me, user };
    if (user.two_factor) this.factorMissing = false;
  }

  /** Looks at another business: in this tab from now on, in new tabs by default. */
  async switchTo(tenant: string): Promise<void> {
    if (this.stay) this.lookIn(undefined);
    const me = await ask(api.PUT('/v1/me/current-tenant', { body: { tenant_id: tenant } }));
    this.#tenant = tenant;
    tab.set(TAB, tenant);
    this.factorMissing = false;
    this.take(me);
  }

  /** Looks into a business as platform support, in this tab only; without one, looks in no longer. */
  lookIn(stay: Stay | undefined): void {
    this.stay = stay;
    tab.set(STAY, stay?.place.tenant.id ?? null);
    this.factorMissing = false;
    const tenant = this.tenant;
    manners.tenant = tenant?.id ?? null;
    useHue(tenant?.hue ?? HUE);
    if (this.me) this.take(this.me);
  }

  async signOut(): Promise<void> {
    this.#leaving = true;
    await this.#forget();
    try {
      await this.#leave();
    } catch (error) {
      // Nothing is shown or kept here any more; the server hears of it later.
      leaveLater();
      [this.me, this.asOf, this.fault] = [undefined, undefined, Fault.from(error)];
      this.#leaving = false;
    }
  }

  /** Tells the server; it's fine if it has ended the session itself. */
  async #leave(): Promise<void> {
    this.#leaving = true;
    await ask(api.POST('/v1/auth/sign-out')).catch((error: unknown) => {
      const fault = Fault.from(error);
      if (isAway(fault)) {
        this.#leaving = false;
        throw fault;
      }
    });
    location.assign('/sign-in?why=out');
  }

  async #forget(): Promise<void> {
    remember(false);
    tab.set(TAB, null);
    tab.set(STAY, null);
    await kept.forget();
  }

  async #signInAgain(): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    const was = this.me !== undefined;
    await this.#forget();
    const next = encodeURIComponent(location.pathname + location.search);
    location.replace(`/sign-in?next=${next}${was ? '&why=expired' : ''}`);
  }
}

export const desk = new Desk();
