import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { book, shopOf } from '../support/day';
import { change } from '../support/menu';
import { connect, deposit, moneyOf, take } from '../support/money';
import { call, owner } from '../support/people';
import { bookedVisit, openShop } from '../support/shop';
import type { Schema } from '../support/schema';

type Own = Schema<'OwnPaymentView'>;
const dollars = (minor: number) => `$${(minor / 100).toFixed(minor % 100 ? 2 : 0)}`;

/** Somebody comes, and their visit is open before one. */
async function visitOf(page: Page, name: string) {
  const shop = await shopOf(page);
  const { id } = await book(page, shop, 0, name);
  const money = await moneyOf(page, id);
  await page.goto(`/app/day/${shop.day}?visit=${id}`);
  const sheet = page.getByRole('dialog', { name });
  return { id, money, location: shop.location, panel: sheet.getByRole('region', { name: 'Money' }), sheet };
}

test('cash is taken for a visit with a tip, and a part of it given back', async ({ page }) => {
  await owner(page);
  const { id, money, panel } = await visitOf(page, 'Ines Duarte');
  const due = money.due_minor;
  await panel.getByRole('button', { name: `Take ${dollars(due)}` }).click();
  // By keyboard alone from here on.
  await expect(panel.getByText('How is it paid?')).toBeFocused();
  await expect(panel.getByRole('radio', { name: 'Cash' })).toBeChecked();
  await expect(panel.getByLabel('Amount')).toHaveValue(String(due / 100));
  await panel.getByLabel('Amount').fill(String(due / 100 + 1));
  await page.keyboard.press('Enter');
  await expect(panel.getByText(`${dollars(due)} at most.`)).toBeVisible();
  await expect(panel.getByLabel('Amount')).toBeFocused();
  await panel.getByLabel('Amount').fill(String(due / 100));
  await panel.getByLabel('Tip').fill('5');
  await panel.getByRole('button', { name: `Take ${dollars(due + 500)}` }).press('Enter');
  await expect(page.getByText(`${dollars(due + 500)} taken.`)).toBeVisible();
  await expect(panel.getByRole('heading', { name: 'Money' })).toBeFocused();
  await expect(panel.getByText('Nothing is open.')).toBeVisible();
  await expect(panel.getByText('$5 in tips besides')).toBeVisible();
  expect(await moneyOf(page, id)).toMatchObject({ paid_minor: due, tips_minor: 500, open_minor: 0 });

  await panel.getByRole('button', { name: /^Give back of/ }).click();
  await expect(panel.getByLabel('Amount')).toHaveValue(String((due + 500) / 100));
  await panel.getByLabel('Amount').fill('12.50');
  await panel.getByRole('button', { name: 'Give $12.50 back' }).click();
  await expect(panel.getByText('Please say why.')).toBeVisible();
  await expect(panel.getByLabel('Why?')).toBeFocused();
  // It is still to come: what goes back of it is paid in another way, unless somebody says so.
  const waive = panel.getByRole('checkbox', { name: /^They needn’t pay it again/ });
  await expect(waive).not.toBeChecked();
  await waive.check();
  await panel.getByLabel('Why?').fill('The towels were cold');
  await page.keyboard.press('Enter');
  await expect(page.getByText('$12.50 given back.', { exact: true })).toBeVisible();
  await expect(panel.getByRole('list', { name: 'What was paid so far' })).toContainText('The towels were cold');
  expect(await moneyOf(page, id)).toMatchObject({ refunded_minor: 1250, waived_minor: 1250, open_minor: 0 });
});

test('what is too much goes back without a word about what is due', async ({ page }) => {
  await owner(page);
  await change(page, 'PATCH', '/v1/booking-policy', { no_show_fee_percent: 50 });
  const { id, money, panel } = await visitOf(page, 'Ines Duarte');
  const half = money.due_minor / 2;
  const written = dollars(half).slice(1);
  await take(page, id, { way: 'cash', amount_minor: money.due_minor });
  const { version } = await call<{ version: number }>(page, 'GET', `/v1/appointments/${id}`);
  await call(page, 'POST', `/v1/appointments/${id}/no-show`, { version });
  await page.reload();
  await expect(panel.getByText(`${dollars(half)} was paid that isn’t due any more.`)).toBeVisible();

  await panel.getByRole('button', { name: /^Give back of/ }).click();
  await expect(panel.getByLabel('Amount')).toHaveValue(written);
  const waive = panel.getByRole('checkbox', { name: /^They needn’t pay it again/ });
  await expect(waive).toHaveCount(0);
  // Whoever gives more back says what that means.
  await panel.getByLabel('Amount').fill(String(half / 100 + 1));
  await expect(waive).toBeChecked();
  await panel.getByLabel('Amount').fill(written);
  await panel.getByLabel('Why?').fill('They didn’t come');
  await page.keyboard.press('Enter');
  await expect(page.getByText(`${dollars(half)} given back.`, { exact: true })).toBeVisible();
  expect(await moneyOf(page, id)).toMatchObject({ due_minor: half, waived_minor: 0, open_minor: 0, excess_minor: 0 });
});

test('more than is open by now is refused with the reason, and what is open is shown', async ({ page, guard }) => {
  guard.allow(409);
  await owner(page);
  const { id, money, panel } = await visitOf(page, 'Ines Duarte');
  await panel.getByRole('button', { name: /^Take/ }).click();
  await panel.getByText('Terminal').click();
  // Somebody else takes a part of it meanwhile.
  await take(page, id, { way: 'cash', amount_minor: 1000 });
  await panel.getByRole('button', { name: `Take ${dollars(money.due_minor)}` }).click();
  await expect(panel.getByRole('alert')).toContainText('more than is still to be paid');
  await expect(panel.getByText(dollars(money.due_minor - 1000), { exact: true })).toBeVisible();
});

test('the day is closed with what was counted, once, and is there to be looked at', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  const { id } = await book(page, shop, 0, 'Grace Hill');
  await take(page, id, { way: 'cash', amount_minor: 3000 });
  await take(page, id, { way: 'terminal', amount_minor: 1000 });
  await page.goto('/app/payments');
  await expect(page.getByRole('link', { name: 'Grace Hill' })).toHaveCount(2);
  await page.getByLabel('How?').selectOption('Terminal');
  await expect(page.getByRole('link', { name: 'Grace Hill' })).toHaveCount(1);
  await page.getByRole('link', { name: 'Day’s close' }).click();
  await expect(page.getByRole('heading', { name: 'What is in the till?' })).toBeFocused();
  const cash = page.getByRole('region', { name: 'The cash' });
  await expect(cash.getByText('$30', { exact: true })).toBeVisible();
  await expect(page.getByRole('region', { name: 'What came in' })).toContainText('$40');
  await cash.getByLabel('Cash counted').fill('31');
  await expect(cash.getByRole('status')).toContainText('$1 too much');
  await cash.getByLabel('Cash counted').fill('30');
  await expect(cash.getByRole('status')).toContainText('That’s exactly right.');
  await cash.getByLabel('Cash counted').fill('29.50');
  await expect(cash.getByRole('status')).toContainText('$0.50 missing');
  await cash.getByLabel('Note').fill('Stamps');
  await cash.getByRole('button', { name: 'Close the day' }).click();
  const sure = page.getByRole('dialog');
  await expect(sure).toContainText('Expected: $30. Counted: $29.50.');
  await sure.getByRole('button', { name: 'Yes, close it' }).click();
  await expect(page.getByText('The day is closed.')).toBeVisible();
  await expect(cash).toContainText('Closed by Selma Haddad');
  await expect(cash.getByRole('button', { name: 'Close the day' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Earlier closes' })).toContainText('Stamps');

  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const lines = (await (await (await file).createReadStream()).toArray()).map(String).join('').trim().split('\n');
  // A line for each payment, and what the columns are.
  expect(lines).toHaveLength(3);
});

test('a deposit that nobody takes by card makes staff decide, and can be paid at the desk before', async ({ page, another }) => {
  const guest = await another();
  let slug = '';
  await owner(page);
  await deposit(page);
  ({ slug } = await call<{ slug: string }>(page, 'GET', '/v1/tenant'));
  await guest.goto('/sign-in');
  const path = await bookedVisit(guest, slug);
  await guest.goto(path);
  await expect(guest.getByText('to be paid now')).toBeHidden();

  const { items } = await call<{ items: { id: string; status: string; version: number; deposit_minor: number }[] }>(page, 'GET', '/v1/appointments?limit=1');
  const [visit] = items;
  expect(visit?.status).toBe('pending_approval');
  await take(page, visit?.id ?? '', { way: 'cash', amount_minor: visit?.deposit_minor ?? 0 });
  await call(page, 'POST', `/v1/appointments/${visit?.id ?? ''}/confirm`, { version: visit?.version });
  // Whoever is told yes has another link from then on.
  const after = await call<{ items: { status: string }[] }>(page, 'GET', '/v1/appointments?limit=1');
  expect(after.items[0]?.status).toBe('confirmed');
});

test('who comes back from the page for cards is told how it stands: not yet, and then that it is paid', async ({ page, guard }) => {
  // Stripe's pages have no picture of their own for the tab.
  guard.allow(404);
  const { slug } = await openShop(page, async (desk) => {
    await deposit(desk);
    await connect(desk);
  });
  const path = await bookedVisit(page, slug);
  let state: Own['state'] = 'due';
  const due: Own = {
    state,
    online: true,
    amount_minor: 1600,
    open_minor: 8000,
    may_pay_all: false,
    most_tip_minor: 0,
    card: 'none',
    may_remove_card: false,
    fee_declined: false,
    paid_minor: 0,
    refunded_minor: 0,
    currency: 'USD',
  };
  await page.route('**/v1/b/*/payment{,/look}', (route) =>
    route.fulfill({ json: { ...due, state, paid_minor: state === 'paid' ? 1600 : 0 } }),
  );
  await page.goto(`${path}?paying=1`);
  const own = page.getByRole('region', { name: 'Your payment' });
  await expect(own.getByText('We’re asking whether your payment has arrived…')).toBeVisible();
  await expect(own.getByText(/^No payment has arrived/)).toBeVisible();
  await expect(own.getByRole('button', { name: 'Pay $16' })).toBeVisible();

  state = 'processing';
  await page.reload();
  await expect(own.getByText('Your payment is on its way.')).toBeVisible();
  state = 'paid';
  await expect(own.getByText('$16 is paid. Thank you!')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${path}$`));
});

test('nobody takes money or gives it back who may not', async ({ page }) => {
  await owner(page);
  const { id, money } = await visitOf(page, 'Ines Duarte');
  await take(page, id, { way: 'cash', amount_minor: money.due_minor - 100 });
  await page.route('**/v1/me', async (route) => {
    const answer = await route.fetch();
    const me = (await answer.json()) as { memberships: { permissions: string[] }[] };
    for (const each of me.memberships) {
      each.permissions = each.permissions.filter((right) => !['payment:take', 'payment:refund', 'ledger:close', 'payment:connect'].includes(right));
    }
    await route.fulfill({ response: answer, json: me });
  });
  await page.reload();
  const panel = page.getByRole('region', { name: 'Money' });
  await expect(panel.getByText('$1', { exact: true })).toBeVisible();
  await expect(panel.getByRole('button')).toHaveCount(0);
  await page.goto('/app/payments/till');
  await expect(page.getByRole('region', { name: 'The cash' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Close the day' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Payment account' })).toHaveCount(0);
});
