import { expect, type Page } from '@playwright/test';

/** What the staff pages keep on this device for when there is no network, by name. */
export const keptHere = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    if (!(await indexedDB.databases()).some(({ name }) => name === 'openchair.kept')) return [];
    return new Promise<string[]>((done) => {
      const asked = indexedDB.open('openchair.kept');
      asked.onsuccess = () => {
        const all = asked.result.transaction('kept').objectStore('kept').getAllKeys();
        all.onsuccess = () => {
          asked.result.close();
          done(all.result.map(String));
        };
      };
    });
  });

const away = new WeakSet<Page>();
const watched = new WeakSet<Page>();

/** Nobody answers any more, neither questions nor the line; what the page is made of still comes. */
export async function takeAway(page: Page): Promise<void> {
  away.add(page);
  if (!watched.has(page)) {
    watched.add(page);
    await page.routeWebSocket(/\/v1\/live/, async (line) => {
      if (away.has(page)) await line.close();
      else line.connectToServer();
    });
  }
  await page.route('**/v1/**', (route) => route.abort('internetdisconnected'));
}

export async function giveBack(page: Page): Promise<void> {
  away.delete(page);
  await page.unrouteAll();
}

/** Once the day that is shown is kept. */
export const dayIsKept = (page: Page): Promise<void> => expect.poll(() => keptHere(page)).toContain('day');
