import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** No violation of WCAG 2.2 AA on what is shown now. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // Moving things are looked at once they stand still.
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
  const axe = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
  const { violations } = await axe.analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${where}: ${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
  expect(found).toEqual([]);
}

/** Nothing is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((each) => each.getBoundingClientRect().right > width + 1 || each.getBoundingClientRect().left < -1)
      .slice(0, 5)
      .map((each) => `${each.tagName.toLowerCase()}.${each.className}`);
  });
  expect(wide, `${where} is wider than the screen`).toEqual([]);
}

/** Everything one can press is big enough for a thumb; links within a sentence are excepted. */
export async function expectThumbSized(page: Page, where: string): Promise<void> {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, .button, select, input:not([type=radio], [type=checkbox], [aria-hidden]), nav a')]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('[inert]'))
      .map((each) => ({ each, box: each.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(({ each, box }) => `${each.tagName.toLowerCase()} "${each.textContent?.trim()}" ${box.width}×${box.height}`),
  );
  expect(small, `${where} has targets under 44 px`).toEqual([]);
}
