import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/systems/**/*.test.ts', 'test/rehearsal/**/*.test.ts'],
        },
      },
      // Whole systems: one after the other, so that each has the machine to itself.
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.test.ts'],
          exclude: ['test/systems/**', 'test/rehearsal/**'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          globalSetup: ['test/support/setup.ts'],
        },
      },
    ],
  },
});
