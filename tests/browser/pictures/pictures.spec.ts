import { test } from '../support/bench';
import { FULL } from '../support/screens/full';
import { PARTS } from '../support/screens/index';
import { MORE } from './more';
import { writeSheet } from './sheet';
import { folder, picture } from './take';

[...PARTS, ...FULL, ...MORE].forEach(picture);

test.afterAll(async () => writeSheet(folder));
