import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Page } from '@playwright/test';
import { owner } from '../support/people';
import { PARTS } from '../support/screens/index';
import type { Screen } from '../support/screens/screen';
import { speak } from '../support/speak';
import { busyOwner, FULL, FULL_OUTSIDE } from './full';
import { writeSheet } from './sheet';

const folder = process.env['OPENCHAIR_PICTURES'];
if (!folder) throw new Error('OPENCHAIR_PICTURES names the folder for the pictures');

const SIZES = [
  { name: 'phone', size: { width: 390, height: 844 } },
  { name: 'desk', size: { width: 1360, height: 900 } },
] as const;

const named = (name: string) => name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'front';

async function still(page: Page): Promise<void> {
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
}

/** Opens each screen once, and takes it in every size and light. */
async function take(page: Page, part: string, screens: Screen[], language: string, lights: ('light' | 'dark')[]): Promise<void> {
  page.setDefaultTimeout(30_000);
  const into = join(folder as string, part);
  await mkdir(into, { recursive: true });
  const missing: string[] = [];
  for (const [at, screen] of screens.entries()) {
    try {
      await page.setViewportSize(SIZES[1].size);
      await screen.open(page);
      for (const { name, size } of SIZES) {
        await page.setViewportSize(size);
        for (const colorScheme of lights) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await still(page);
          const file = `${String(at + 1).padStart(2, '0')}-${named(screen.name)}.${name}-${colorScheme}-${language}.png`;
          await page.screenshot({ path: join(into, file), fullPage: true });
        }
      }
    } catch (fault) {
      missing.push(`${screen.name}: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
  }
  if (missing.length > 0) throw new Error(missing.join('\n\n'));
}

const ALL = [
  ...PARTS,
  { name: 'busy-outside', screens: FULL_OUTSIDE, inside: false, enter: undefined },
  { name: 'busy', screens: FULL, inside: true, enter: busyOwner },
];

for (const part of ALL) {
  const enter = 'enter' in part ? part.enter : part.inside ? owner : undefined;
  for (const [language, lights] of [
    ['en', ['light', 'dark']],
    ['ar', ['light']],
  ] as const) {
    test(`${part.name}: ${language}`, async ({ page, context }) => {
      await speak(context, language);
      await enter?.(page);
      await take(page, part.name, part.screens, language, [...lights]);
    });
  }
}

test.afterAll(async () => writeSheet(folder as string));
