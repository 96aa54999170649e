// The keys of every catalogue, as the compiler knows them. A catalogue is one part of the product, by the
// name of the folder that shows it.
import type app from '$messages/app/en.json';
import type book from '$messages/book/en.json';
import type customers from '$messages/customers/en.json';
import type day from '$messages/day/en.json';
import type front from '$messages/front/en.json';
import type line from '$messages/line/en.json';
import type look from '$messages/look/en.json';
import type menu from '$messages/menu/en.json';
import type messaging from '$messages/messaging/en.json';
import type palette from '$messages/palette/en.json';
import type pay from '$messages/pay/en.json';
import type payments from '$messages/payments/en.json';
import type people from '$messages/people/en.json';
import type places from '$messages/places/en.json';
import type plans from '$messages/plans/en.json';
import type platform from '$messages/platform/en.json';
import type queue from '$messages/queue/en.json';
import type regulars from '$messages/regulars/en.json';
import type rules from '$messages/rules/en.json';
import type series from '$messages/series/en.json';
import type ui from '$messages/ui/en.json';
import type visit from '$messages/visit/en.json';
import type waitlist from '$messages/waitlist/en.json';
import type webhooks from '$messages/webhooks/en.json';
import type welcome from '$messages/welcome/en.json';

type Catalogues = {
  app: typeof app;
  book: typeof book;
  customers: typeof customers;
  day: typeof day;
  front: typeof front;
  line: typeof line;
  look: typeof look;
  menu: typeof menu;
  messaging: typeof messaging;
  palette: typeof palette;
  pay: typeof pay;
  payments: typeof payments;
  people: typeof people;
  places: typeof places;
  plans: typeof plans;
  platform: typeof platform;
  queue: typeof queue;
  regulars: typeof regulars;
  rules: typeof rules;
  series: typeof series;
  ui: typeof ui;
  visit: typeof visit;
  waitlist: typeof waitlist;
  webhooks: typeof webhooks;
  welcome: typeof welcome;
};

export type PartName = keyof Catalogues;
export type MessageKey = { [P in PartName]: keyof Catalogues[P] }[PartName];
