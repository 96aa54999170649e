import { api, ask, manners } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { MeView, UserView } from '$lib/api/types';
import { remember, useHue } from '$lib/device';
import { i18n } from '$lib/i18n/index.svelte';
import { tab } from '$lib/store';

const TAB = 'openchair.tenant';

/** Who sits here, and which of their businesses this tab looks at. */
class Desk {
  me = $state.raw<MeView>();
  fault = $state.raw<Fault>();
  /** The business wants a second factor that this login does not have yet. */
  factorMissing = $state(false);
  #tenant = $state<string | null>(tab.get(TAB));
  #leaving = false;

  constructor() {
    manners.signedOut = () => this.#signInAgain();
    manners.factorMissing = () => (this.factorMissing = true);
  }

  get membership() {
    const all = this.me?.memberships ?? [];
    return (
      all.find(({ tenant }) => tenant.id === this.#tenant) ??
      all.find(({ tenant }) => tenant.id === this.me?.current_tenant) ??
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

  async open(): Promise<void> {
    this.fault = undefined;
    try {
      this.take(await ask(api.GET('/v1/me')));
      remember(true);
      await i18n.follow(this.me?.user.locale ?? null);
    } catch (error) {
      this.fault = Fault.from(error);
    }
  }

  take(me: MeView): void {
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
    const me = await ask(api.PUT('/v1/me/current-tenant', { body: { tenant_id: tenant } }));
    this.#tenant = tenant;
    tab.set(TAB, tenant);
    this.factorMissing = false;
    this.take(me);
  }

  async signOut(): Promise<void> {
    this.#leaving = true;
    await ask(api.POST('/v1/auth/sign-out')).catch(() => undefined);
    this.#forget();
    location.assign('/sign-in?why=out');
  }

  #forget(): void {
    remember(false);
    tab.set(TAB, null);
  }

  #signInAgain(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    const was = this.me !== undefined;
    this.#forget();
    const next = encodeURIComponent(location.pathname + location.search);
    location.replace(`/sign-in?next=${next}${was ? '&why=expired' : ''}`);
  }
}

export const desk = new Desk();
