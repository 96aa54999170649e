import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test, type Guard } from '../support/bench';
import type { Part } from '../support/screens/index';
import { showEach } from '../support/screens/screen';
import { speak } from '../support/speak';
import type { Picture } from './more';

const named = process.env['OPENCHAIR_PICTURES'];
if (!named) throw new Error('OPENCHAIR_PICTURES names the folder for the pictures');
export const folder = named;

const PHONE = { name: 'phone', size: { width: 390, height: 844 } };
const DESK = { name: 'desk', size: { width: 1360, height: 900 } };
interface Sight {
  name: string;
  size: { width: number; height: number };
  light: 'light' | 'dark';
}
/** Each language in the sizes and lights in which something could look wrong. */
const SIGHTS: Record<string, Sight[]> = {
  en: [PHONE, DESK].flatMap((each) => [{ ...each, light: 'light' }, { ...each, light: 'dark' }] satisfies Sight[]),
  ar: [{ ...PHONE, light: 'light' }, { ...PHONE, light: 'dark' }, { ...DESK, light: 'light' }],
};

const fileOf = (name: string) => name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'front';

async function still(page: Page): Promise<void> {
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
}

/** Opens each screen once, and takes it in every size and light. */
async function take(page: Page, guard: Guard, { name: part, screens, enter }: Pictured, language: string): Promise<void> {
  guard.allow(...screens.flatMap(({ refusal }) => refusal ?? []));
  if (screens.some(({ away }) => away)) guard.away();
  await enter?.(page);
  page.setDefaultTimeout(30_000);
  const into = join(folder, part);
  await mkdir(into, { recursive: true });
  const faults = await showEach(page, screens, async (screen: Picture, at) => {
    await page.setViewportSize(DESK.size);
    await screen.open(page);
    for (const { name, size, light } of SIGHTS[language] ?? []) {
      // Paper is as wide as it is, and never dark.
      if (screen.printed && (light === 'dark' || name === PHONE.name)) continue;
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: light, reducedMotion: 'reduce' });
      await still(page);
      const file = `${String(at + 1).padStart(2, '0')}-${fileOf(screen.name)}.${name}-${light}-${language}.png`;
      await page.screenshot({ path: join(into, file), fullPage: true });
    }
  });
  expect(faults).toBe('');
}

interface Pictured extends Part {
  screens: Picture[];
}

/** Takes all of a part, in each language. */
export function picture(part: Pictured): void {
  for (const language of Object.keys(SIGHTS)) {
    test(`${part.name}: ${language}`, async ({ page, context, guard }) => {
      await speak(context, language);
      await take(page, guard, part, language);
    });
  }
}
