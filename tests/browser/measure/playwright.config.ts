import { defineConfig } from '@playwright/test';
import common from '../playwright.config';

// By themselves, one after the other: what is measured must not share the machine.
export default defineConfig({ ...common, testDir: '.', outputDir: '../test-results/measured', workers: 1, fullyParallel: false, timeout: 300_000 });
