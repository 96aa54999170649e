import { expect, test } from '../support/bench';
import { change, dayIn, deskOf, serviceOf, slots } from '../support/menu';
import { call } from '../support/people';

test('what nobody asked at the desk is filled in by the visit’s link, and the day says when it is', async ({ page, another }) => {
  const { slug, zone } = await deskOf(page);
  const health = {
    kind: 'intake',
    name: 'Health',
    questions: [{ key: 'well', kind: 'yes_no', label: 'Are you well?', required: true }],
  };
  const intake = await call<{ id: string }>(page, 'POST', '/v1/forms', health);
  const consent = await call<{ id: string }>(page, 'POST', '/v1/forms', { kind: 'consent', name: 'Peeling', text: 'It may sting.' });
  const service = await serviceOf(page);
  await change(page, 'PATCH', `/v1/services/${service.id}`, { form_ids: [intake.id, consent.id] });
  let [start, day] = ['', ''];
  for (let days = 2; days < 9 && !start; days += 1) {
    day = dayIn(days, zone);
    start = (await slots(page, slug, day))[0]?.start ?? '';
  }
  const body = { wanted: { services: [{ service: service.id }] }, start, customer: { name: 'Nina Two' } };
  const visit = await call<{ id: string }>(page, 'POST', '/v1/appointments', body);
  const { link } = await call<{ link: string }>(page, 'POST', `/v1/appointments/${visit.id}/link`);

  await page.goto(`/app/day/${day}`);
  await page.getByRole('link', { name: /Nina Two/ }).or(page.getByRole('button', { name: /Nina Two/ })).first().click();
  const sheet = page.getByRole('dialog', { name: 'Nina Two' });
  await expect(sheet.getByText('Not filled in: Health, Peeling')).toBeVisible();

  const guest = await another();
  await guest.goto(`/b/${link}`);
  await expect(guest.getByText('Please fill this in before you come: Health, Peeling.')).toBeVisible();
  await guest.getByRole('link', { name: 'Fill it in now' }).click();
  await expect(guest.getByRole('heading', { name: 'What should they know?' })).toBeFocused();
  // Nothing is sent as long as something is missing.
  await guest.getByRole('button', { name: 'Send' }).click();
  await expect(guest.getByRole('radio').first()).toBeFocused();
  await guest.getByRole('radio', { name: 'Yes' }).check();
  await guest.getByRole('checkbox').check();
  await guest.getByRole('button', { name: 'Send' }).click();
  await expect(guest.getByText('Thank you, that is all they need.')).toBeVisible();
  await expect(guest.getByText('Please fill this in before you come')).toHaveCount(0);
  // The desk hears of it by itself.
  await expect(sheet.getByText('Not filled in')).toHaveCount(0);
});
