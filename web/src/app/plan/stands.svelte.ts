import { api, ask } from '$lib/api/client';
import { desk } from '../desk.svelte';
import type { OwnPlan } from './plan';

/** How the plan of the business that this tab looks at stands, as far as every page has to say so. */
class Stands {
  plan = $state.raw<OwnPlan>();
  readOnly = $state(false);
  #tenant: string | undefined;
  #asking = false;

  /** Somebody looks at this business: it is asked once. */
  async of(tenant: string | undefined): Promise<void> {
    if (tenant === this.#tenant) return;
    [this.#tenant, this.plan, this.readOnly] = [tenant, undefined, false];
    await this.again();
  }

  /** Asks how it stands now. It is only good to know: without an answer nothing is said. */
  async again(): Promise<void> {
    const tenant = this.#tenant;
    if (!tenant || this.#asking) return;
    this.#asking = true;
    try {
      if (desk.can('tenant:bill')) {
        const plan = await ask(api.GET('/v1/plan'));
        if (tenant === this.#tenant) this.take(plan);
      } else if (desk.can('tenant:read')) {
        const { read_only } = await ask(api.GET('/v1/tenant'));
        if (tenant === this.#tenant) this.readOnly = read_only;
      }
    } catch {
      // The pages themselves say what is amiss.
    } finally {
      this.#asking = false;
    }
    if (tenant !== this.#tenant) await this.again();
  }

  /** The plan's own page knows it anew. */
  take(plan: OwnPlan): void {
    [this.plan, this.readOnly] = [plan, plan.standing === 'read_only'];
  }
}

export const stands = new Stands();
