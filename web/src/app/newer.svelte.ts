import { isOld } from '$lib/release';

/** A page that stays open all day looks this often; more often when it is come back to. */
const LOOK_EVERY = 15 * 60_000;
const AT_MOST_EVERY = 60_000;
/** Whoever doesn't want it now is asked again after a while. */
const LATER = 2 * 3_600_000;

/** Whether there is a newer version of the staff pages. Nothing is loaded anew unless somebody says so: they
 *  may be in the middle of something. */
class Newer {
  #found = $state(false);
  #hushed = $state(false);
  #looked = Date.now();
  #watching = false;

  /** Whether to offer it. */
  get offered(): boolean {
    return this.#found && !this.#hushed;
  }

  get found(): boolean {
    return this.#found;
  }

  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    setInterval(() => void this.look(), LOOK_EVERY);
    const back = () => {
      if (!document.hidden && Date.now() - this.#looked > AT_MOST_EVERY) void this.look();
    };
    document.addEventListener('visibilitychange', back);
    addEventListener('online', back);
    // A part of this build can't be had: perhaps no server has it any more.
    addEventListener('vite:preloadError', () => void this.look());
  }

  async look(): Promise<void> {
    this.#looked = Date.now();
    if (this.#found || !(await isOld())) return;
    this.#found = true;
    // For when it is opened without a network the next time.
    const worker = await navigator.serviceWorker?.getRegistration('/app').catch(() => undefined);
    await worker?.update().catch(() => undefined);
  }

  load(): void {
    location.reload();
  }

  later(): void {
    this.#hushed = true;
    setTimeout(() => (this.#hushed = false), LATER);
  }
}

export const newer = new Newer();
