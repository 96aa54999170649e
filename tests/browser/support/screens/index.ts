import type { Page } from '@playwright/test';
import { owner } from '../people';
import { BOOK } from './book';
import { CUSTOMERS } from './customers';
import { DAY } from './day';
import { GIFT_PAGES } from './gift';
import { HOUSE } from './house';
import { LINE } from './line';
import { LOOK } from './look';
import { MENU } from './menu';
import { MESSAGING } from './messaging';
import { OUTSIDE } from './outside';
import { OWN_PAYMENTS, PAYMENTS } from './payments';
import { PEOPLE } from './people';
import { PLACES } from './places';
import { PAUSED, PLAN } from './plan';
import { QUEUE } from './queue';
import { REGULARS } from './regulars';
import { RULES } from './rules';
import { WAITLIST } from './waitlist';
import { SOLD_AHEAD } from './sold';
import { SERIES } from './series';
import { VISIT } from './visit';
import { WEBHOOKS } from './webhooks';
import { WELCOME } from './welcome';
import type { Screen } from './screen';

export interface Part {
  name: string;
  screens: Screen[];
  /** Who looks at it, if that isn't just anybody. */
  enter?: (page: Page) => Promise<unknown>;
}

const part = (name: string, screens: Screen[], inside: boolean): Part => ({ name, screens, ...(inside && { enter: owner }) });

/** All screens, in parts that are looked at side by side. */
export const PARTS: Part[] = [
  part('outside', OUTSIDE, false),
  part('book', BOOK, false),
  part('visit', VISIT, false),
  part('own-payments', OWN_PAYMENTS, false),
  part('gift', GIFT_PAGES, false),
  part('queue', QUEUE, false),
  part('paused', PAUSED, false),
  part('regulars', REGULARS, false),
  part('house', HOUSE, true),
  part('customers', CUSTOMERS, true),
  part('day', DAY, true),
  part('line', LINE, true),
  part('look', LOOK, true),
  part('menu', MENU, true),
  part('messaging', MESSAGING, true),
  part('payments', PAYMENTS, true),
  part('people', PEOPLE, true),
  part('places', PLACES, true),
  part('plan', PLAN, true),
  part('rules', RULES, true),
  part('waitlist', WAITLIST, true),
  part('series', SERIES, true),
  part('sold', SOLD_AHEAD, true),
  part('webhooks', WEBHOOKS, true),
  part('welcome', WELCOME, true),
].filter(({ screens }) => screens.length > 0);
