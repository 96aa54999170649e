import { defineConfig } from '@playwright/test';
import common from '../playwright.config';

// `cargo xtask pictures` starts a server with demo data, and says where the pictures go.
export default defineConfig({ ...common, testDir: '.', outputDir: '../test-results/pictured', timeout: 600_000 });
