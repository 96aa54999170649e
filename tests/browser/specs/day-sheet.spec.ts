import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { shopOf, visit, type Shop } from '../support/day';
import { asking } from '../support/menu';
import { call, owner } from '../support/people';

interface Visit {
  id: string;
  version: number;
}

/** A visit of somebody whom the business knows. */
const comes = (page: Page, { location, service, staff, slots }: Shop, at: number, customer: object, more: object = {}): Promise<Visit> =>
  call(page, 'POST', '/v1/appointments', {
    location: location.id,
    start: slots[at]?.start,
    wanted: { services: [{ service: service.id, staff: staff.id }] },
    customer,
    over: true,
    ...more,
  });

test('the day says who comes for the first time, who didn’t come before, and what isn’t filled in', async ({ page }) => {
  await owner(page);
  await asking(page);
  const shop = await shopOf(page);
  const known = async (name: string) => ({ id: (await call<{ id: string }>(page, 'POST', '/v1/customers', { name })).id });
  const [grace, omar, ines] = [await known('Grace Hill'), await known('Omar Farah'), await known('Ines Duarte')];
  // Somebody who was there, and somebody who wasn't.
  const was = await comes(page, shop, 0, grace);
  const { version } = await call<Visit>(page, 'POST', `/v1/appointments/${was.id}/start`, { version: was.version });
  await call(page, 'POST', `/v1/appointments/${was.id}/complete`, { version });
  const missed = await comes(page, shop, 2, omar);
  await call(page, 'POST', `/v1/appointments/${missed.id}/no-show`, { version: missed.version });
  await comes(page, shop, 4, grace);
  await comes(page, shop, 5, ines);
  await comes(page, shop, 6, omar);

  await page.goto(`/app/day/${shop.day}`);
  const booked = (name: RegExp) => visit(page, name).filter({ hasText: 'Booked' });
  await expect(booked(/Omar Farah/)).toContainText('Missed 1 visit before');
  await expect(booked(/Ines Duarte/)).toContainText('First visit');
  await expect(booked(/Ines Duarte/)).toContainText('Not filled in: Consent to treatment, Your health');
  await expect(booked(/Ines Duarte/)).not.toContainText('Missed');
  // She was looked up before the others.
  await expect(booked(/Grace Hill/)).toContainText('Not filled in');
  await expect(booked(/Grace Hill/)).not.toContainText('First visit');
  await expect(booked(/Grace Hill/)).not.toContainText('Missed');

  await booked(/Omar Farah/).click();
  await expect(page.getByRole('dialog', { name: 'Omar Farah' })).toContainText('Missed 1 visit before');
});

test('the day is printed as a list with what one needs by the door, and nothing else', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  for (let at = 0; at < 8; at += 1) {
    const customer = { name: `Ines Duarte ${at}`, ...(at === 3 && { phone: '+12025550143' }) };
    await comes(page, shop, at, customer, at === 3 ? { note: 'Comes with a pram.', staff_note: 'By the window.' } : {});
  }
  await page.goto(`/app/day/${shop.day}`);
  await expect(visit(page, /Ines Duarte 7/)).toBeVisible();
  const list = page.locator('.list').getByRole('listitem');
  await expect(list).toHaveCount(0);

  await page.emulateMedia({ media: 'print' });
  await expect(list).toHaveCount(8);
  await expect(list.nth(3)).toContainText('Ines Duarte 3');
  await expect(list.nth(3)).toContainText('+12025550143');
  await expect(list.nth(3)).toContainText('Comes with a pram. By the window.');
  for (const gone of [page.getByRole('button', { name: 'New visit' }), page.getByRole('navigation'), page.locator('.ledger')]) {
    await expect(gone.filter({ visible: true })).toHaveCount(0);
  }
  const pdf = (await page.pdf({ format: 'letter' })).toString('latin1');
  // Eight visits don't take a sheet each.
  expect(pdf.match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(2);
});
