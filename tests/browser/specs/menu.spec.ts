import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { call, owner } from '../support/people';

interface List<T> {
  items: T[];
}
interface Service {
  id: string;
  name: string;
  category: { id: string; name: string };
  form_ids: string[];
}

const services = async (page: Page) => (await call<List<Service>>(page, 'GET', '/v1/services')).items;

test('a service with three fields is on the menu that customers see', async ({ page }) => {
  await owner(page);
  await page.goto('/app/services');
  await page.getByRole('link', { name: 'New service' }).click();
  await page.getByRole('button', { name: 'Put it on the menu' }).click();
  await expect(page.getByText('Please give it a name.')).toBeVisible();
  await page.getByLabel('What is it called?').fill('Moonlight facial');
  await page.getByRole('button', { name: '45 min' }).click();
  await page.getByLabel('What does it cost?').fill('72.50');
  const preview = page.getByRole('region', { name: 'What customers see' });
  await expect(preview).toContainText('Moonlight facial');
  await expect(preview).toContainText('$72.50');
  await page.getByRole('button', { name: 'Put it on the menu' }).click();
  await expect(page.getByRole('link', { name: 'Moonlight facial' })).toBeVisible();

  const { slug } = await call<{ slug: string }>(page, 'GET', '/v1/tenant');
  const shop = await call<{ services: object[] }>(page, 'GET', `/v1/public/${slug}`);
  expect(shop.services).toContainEqual(
    expect.objectContaining({ name: 'Moonlight facial', duration_minutes: 45, price_minor: 7250, max_customers: 1 }),
  );
});

test('services are put in order by keys, by buttons and by hand', async ({ page }) => {
  await owner(page);
  const all = await services(page);
  const within = (id: string) => all.filter(({ category }) => category.id === id);
  const names = within(all.find(({ category }) => within(category.id).length > 2)?.category.id ?? '').map(({ name }) => name);
  const [first = '', second = '', third = ''] = names;
  const saved = async () => (await services(page)).map(({ name }) => name).filter((name) => names.includes(name)).slice(0, 3);

  await page.goto('/app/services');
  await page.getByRole('button', { name: 'Reorder' }).click();
  const handle = (name: string) => page.getByRole('button', { name: `Order of ${name}:` });
  await handle(first).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('status').filter({ hasText: first })).toContainText(`${first}: place 2 of`);
  await expect(handle(first)).toBeFocused();
  await expect.poll(saved).toEqual([second, first, third]);

  await page.getByRole('button', { name: `Move ${third} up` }).click();
  await expect.poll(saved).toEqual([second, third, first]);

  const from = await handle(first).boundingBox();
  const to = await handle(second).boundingBox();
  if (!from || !to) throw new Error('the handles are not there');
  await page.mouse.move(from.x + 20, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(from.x + 20, to.y + 30, { steps: 5 });
  await page.mouse.move(to.x + 20, to.y - 5, { steps: 3 });
  await page.mouse.up();
  await expect.poll(saved).toEqual([first, second, third]);
});

test('what a service’s leaving would touch is said first, and it can come back', async ({ page }) => {
  await owner(page);
  const [service] = await services(page);
  if (!service) throw new Error('the kit has no services');
  await call(page, 'POST', '/v1/packages', {
    name: 'Half a day',
    category_id: service.category.id,
    mode: 'sequence',
    price_minor: 15000,
    service_ids: [service.id],
  });
  await page.goto(`/app/services/${service.id}`);
  await page.getByRole('button', { name: 'Take off the menu' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('No visits of it are booked.');
  await expect(dialog).toContainText('Half a day');
  await dialog.getByRole('button', { name: 'Take it off' }).click();
  await expect(page.getByText(`${service.name} is off the menu.`)).toBeVisible();
  await expect(page.getByRole('link', { name: service.name, exact: true })).toBeHidden();

  await page.getByText('What is off the menu?').click();
  await page.getByRole('button', { name: `Put back ${service.name}` }).click();
  await expect(page.getByRole('listitem').getByRole('link', { name: service.name, exact: true })).toBeVisible();
});

test('a form gets a question, a service asks it, and its versions are kept', async ({ page }) => {
  await owner(page);
  const [service] = await services(page);
  if (!service) throw new Error('the kit has no services');
  await page.goto('/app/forms');
  await page.getByRole('link', { name: 'New form' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Before a massage');
  await page.getByLabel('Question 1').fill('Do you have any allergies?');
  await page.getByRole('group', { name: 'Which services ask it?' }).getByRole('checkbox', { name: service.name }).first().check();
  await page.getByRole('button', { name: 'Make the form' }).click();
  await expect(page.getByRole('heading', { name: 'What does Before a massage ask?' })).toBeVisible();

  await page.getByRole('button', { name: 'Another question' }).click();
  await page.getByLabel('Question 2').fill('How firm do you like it?');
  await page.getByLabel('Answer', { exact: true }).nth(1).selectOption({ label: 'One of several' });
  await page.getByLabel('What can be chosen?').fill('Soft\nFirm');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();

  await page.getByRole('button', { name: 'Earlier versions' }).click();
  const history = page.getByRole('dialog');
  await history.getByText('Version 2').click();
  await expect(history.getByText('New: How firm do you like it?')).toBeVisible();

  const form = (await call<List<{ id: string; questions: { label: string; kind: string }[] }>>(page, 'GET', '/v1/forms')).items[0];
  expect(form?.questions.map(({ kind }) => kind)).toEqual(['yes_no', 'choice']);
  expect((await services(page)).find(({ id }) => id === service.id)?.form_ids).toEqual([form?.id]);
});

test('a change by somebody else is taken in, and one’s own stays', async ({ page, guard, another }) => {
  guard.allow(412);
  await owner(page);
  const [service] = await services(page);
  if (!service) throw new Error('the kit has no services');
  const other = await another({ storageState: await page.context().storageState() });
  await other.goto(`/app/services/${service.id}`);
  await expect(other.getByLabel('What is it called?')).toHaveValue(service.name);

  await page.goto(`/app/services/${service.id}`);
  await page.getByLabel('What does it cost?').fill('123');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();

  await other.getByLabel('What is it called?').fill('Under another name');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(other.getByRole('alert')).toBeVisible();
  await other.getByRole('button', { name: 'Load their change, keep mine' }).click();
  await expect(other.getByLabel('What does it cost?')).toHaveValue('123');
  await expect(other.getByLabel('What is it called?')).toHaveValue('Under another name');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(other.getByText('Saved.')).toBeVisible();
});
