import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';

/** Everything a page complained about: console errors, uncaught errors, refusals by the CSP. */
export class Guard {
  readonly faults: string[] = [];
  readonly #refusals = new Set<number>();

  /** This test provokes an answer of this status: the browser's line about it is no fault. */
  allow(...statuses: number[]): void {
    statuses.forEach((status) => this.#refusals.add(status));
  }

  #away = false;

  /** This test takes the network away: what can't be loaded then is no fault. */
  away(): void {
    this.#away = true;
  }

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      const text = message.text();
      const status = /^Failed to load resource: .*status of (\d+)/.exec(text)?.[1];
      if (status && this.#refusals.has(Number(status))) return;
      if (this.#away && /net::ERR_|WebSocket connection/.test(text)) return;
      this.faults.push(`console: ${text} (${message.location().url})`);
    });
    context.on('weberror', (error) => {
      const { message } = error.error();
      if (!this.#away || !/dynamically imported module/.test(message)) this.faults.push(`uncaught: ${message}`);
    });
    void context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`CSP refused ${event.violatedDirective}: ${event.blockedURI}`),
      );
    });
  }
}

interface Bench {
  guard: Guard;
  /** A browser of somebody else, watched like the first. */
  another: (options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<Bench>({
  guard: [
    async ({ context }, use) => {
      const guard = new Guard();
      guard.watch(context);
      await use(guard);
      expect(guard.faults, 'console errors and CSP violations').toEqual([]);
    },
    { auto: true },
  ],
  another: async ({ browser, guard }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      guard.watch(context);
      contexts.push(context);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect };
