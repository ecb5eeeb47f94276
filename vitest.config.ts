import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['server/**/*.test.ts', 'sdk/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/long/**'],
    // Files share their worker: loading the house anew for each took longer than testing it. No file relies on another.
    isolate: false,
    // Tests wait for the database as long as they work: on two cores two at a time take half as long as one.
    maxWorkers: Math.min(4, Math.max(2, availableParallelism())),
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
