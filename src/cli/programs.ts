import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the bundled programs: the one this program was loaded from. */
export const programs = dirname(fileURLToPath(import.meta.url));
