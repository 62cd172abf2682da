import { homedir } from 'node:os';
import { join } from 'node:path';

/** Some tests take minutes on a machine that has nothing yet: they are named as left out unless everything is asked for. */
export const everything = process.env['FAIRWAY_TEST_ALL'] === '1';

/** The name of such a test. */
export const heavy = (name: string): string => (everything ? name : `${name} (needs FAIRWAY_TEST_ALL=1)`);

/** For XDG_CACHE_HOME: shared by all tests and kept between runs, and never the user's own. */
export const testCacheHome = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'fairway-tests',
);

/** Fairway's own folder in it. */
export const testCache = join(testCacheHome, 'fairway');
