import { openLine, waiting } from '../queue';
import { call } from '../people';
import { at, type Screen } from './screen';

/** What customers see of a line, each in a business of its own. */
export const QUEUE: Screen[] = [
  {
    name: '/{shop}/queue',
    open: async (page) => {
      const { slug } = await openLine(page);
      await page.goto(`/${slug}/queue`);
      await page.locator('form').waitFor();
    },
  },
  {
    name: '/{shop}/queue with faults',
    open: async (page) => {
      const { slug } = await openLine(page);
      await page.goto(`/${slug}/queue`);
      await page.locator('form button[type=submit]').click();
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: '/q/{token}, waiting',
    open: async (page) => {
      const line = await openLine(page);
      await waiting(page, line, 'Ana Lima');
      const { ticket } = await waiting(page, line, 'Ben Osei');
      await page.goto(ticket);
      await page.locator('figure').waitFor();
    },
  },
  {
    name: '/q/{token}, called',
    open: async (page) => {
      const line = await openLine(page);
      const { ticket } = await waiting(page, line, 'Ana Lima');
      await call(page, 'POST', '/v1/queue/call-next', { staff: line.staff });
      await page.goto(ticket);
      await page.locator('section[role=alert]').waitFor();
    },
  },
  at('/q/oc_qt_nothing', 'h1'),
  {
    name: '/kiosk/{token}',
    open: async (page) => {
      await openLine(page);
      const { token } = await call<{ token: string }>(page, 'POST', '/v1/kiosks', { name: 'Door' });
      await page.goto(`/kiosk/${token}`);
      await page.locator('.start').waitFor();
    },
  },
  {
    name: '/kiosk/{token}, who',
    open: async (page) => {
      await openLine(page);
      const { token } = await call<{ token: string }>(page, 'POST', '/v1/kiosks', { name: 'Door' });
      await page.goto(`/kiosk/${token}`);
      await page.locator('.start').click();
      await page.locator('input[type=checkbox]').first().check();
      await page.locator('button[type=submit]').click();
      await page.locator('input[name=visitor]').waitFor();
    },
  },
  {
    name: '/{shop}/tv',
    open: async (page) => {
      const line = await openLine(page);
      await waiting(page, line, 'Ana Lima');
      await call(page, 'POST', '/v1/queue/call-next', { staff: line.staff });
      await waiting(page, line, 'Ben Osei');
      await page.goto(`/${line.slug}/tv`);
      await page.locator('.board li').first().waitFor();
    },
  },
];
