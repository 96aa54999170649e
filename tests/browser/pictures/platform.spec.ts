import { provenAdministrator } from '../support/administrator';
import { test } from '../support/bench';
import { PLATFORM } from '../support/screens/platform';
import { writeSheet } from './sheet';
import { folder, picture } from './take';

// There is one administrator.
test.describe.configure({ mode: 'serial' });

picture({ name: 'platform', screens: PLATFORM, enter: provenAdministrator });

test.afterAll(async () => writeSheet(folder));
